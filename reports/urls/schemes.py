"""The years of the record, their grant and its categories."""

from django.urls import URLPattern, path

from reports.views.desk import doubts, imports, schemes

_YEAR = "desk/record/<int:year>/grant/"
_DOUBTS = "desk/record/<int:year>/doubts/"

urlpatterns: list[URLPattern] = [
    path("desk/record/", schemes.record, name="desk-record"),
    path("desk/record/years/", schemes.scheme_list, name="desk-scheme-list"),
    path("desk/record/years/new/", schemes.scheme_create, name="desk-scheme-create"),
    path("desk/record/import/", imports.import_file, name="desk-import"),
    path("desk/record/import/accept/", imports.import_accept, name="desk-import-accept"),
    path(_DOUBTS, doubts.doubt_list, name="desk-doubt-list"),
    path(f"{_DOUBTS}resolve/", doubts.resolve, name="desk-doubt-resolve"),
    path(f"{_DOUBTS}<public_id:public_id>/reopen/", doubts.reopen, name="desk-doubt-reopen"),
    path(_YEAR, schemes.scheme_page, name="desk-scheme"),
    path(f"{_YEAR}edit/", schemes.scheme_edit, name="desk-scheme-edit"),
    path(f"{_YEAR}categories/new/", schemes.category_create, name="desk-category-create"),
    path(f"{_YEAR}categories/<int:number>/", schemes.category_edit, name="desk-category"),
    path(f"{_YEAR}categories/<int:number>/confirm/", schemes.category_confirm, name="desk-category-confirm"),
    path(f"{_YEAR}categories/<int:number>/remove/", schemes.category_remove, name="desk-category-remove"),
]
