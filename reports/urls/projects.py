"""Projects tried out with the grant, and what they cost."""

from django.urls import URLPattern, path

from reports.views.desk import projects

_YEAR = "desk/record/<int:year>/projects/"
_ONE = "desk/record/projects/<public_id:public_id>/"

urlpatterns: list[URLPattern] = [
    path(_YEAR, projects.project_list, name="desk-project-list"),
    path(f"{_YEAR}new/", projects.project_create, name="desk-project-create"),
    path(f"{_YEAR}projects.xlsx", projects.project_workbook, name="desk-project-workbook"),
    path(f"{_YEAR}projects.tsv", projects.project_text, name="desk-project-text"),
    path(_ONE, projects.project_edit, name="desk-project"),
    path(f"{_ONE}remove/", projects.project_remove, name="desk-project-remove"),
]
