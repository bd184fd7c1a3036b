"""Case studies: for members under their meeting, and for the desk. There is nothing here for everybody."""

from django.urls import URLPattern, path

from meetings.views.desk import case_studies as desk
from meetings.views.my import case_studies as my

ONE = "<public_id:public_id>"
urlpatterns: list[URLPattern] = [
    path(f"my/meetings/{ONE}/cases/", my.case_list, name="my-case-list"),
    path(f"my/meetings/{ONE}/cases/new/", my.case_create, name="my-case-create"),
    path(f"my/meetings/cases/{ONE}/", my.case_page, name="my-case"),
    path(f"my/meetings/cases/{ONE}/edit/", my.case_edit, name="my-case-edit"),
    path(f"my/meetings/cases/{ONE}/justify/", my.case_justify, name="my-case-justify"),
    path(f"my/meetings/cases/{ONE}/move/<slug:to>/", my.case_move, name="my-case-move"),
    path("desk/cases/", desk.case_list, name="desk-case-list"),
    path(f"desk/meetings/{ONE}/cases/new/", desk.case_create, name="desk-case-create"),
    path(f"desk/cases/{ONE}/", desk.case_page, name="desk-case"),
    path(f"desk/cases/{ONE}/edit/", desk.case_edit, name="desk-case-edit"),
    path(f"desk/cases/{ONE}/justify/", desk.case_justify, name="desk-case-justify"),
    path(f"desk/cases/{ONE}/move/<slug:to>/", desk.case_move, name="desk-case-move"),
]
