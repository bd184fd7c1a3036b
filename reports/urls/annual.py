"""The annual report: on the desk, and what everybody may read of it."""

from django.urls import URLPattern, path

from reports.views import public
from reports.views.desk import annual, files

_DESK = "desk/annual-reports/"
_YEAR = f"{_DESK}<int:year>/"
_SECTION = f"{_YEAR}<slug:kind>/"
_FILE = f"{_YEAR}files/<public_id:public_id>/"

urlpatterns: list[URLPattern] = [
    path(_DESK, annual.report_list, name="desk-report-list"),
    path(_YEAR, annual.report, name="desk-report"),
    path(f"{_YEAR}begin/", annual.report_begin, name="desk-report-begin"),
    path(f"{_YEAR}files/", files.ask, name="desk-report-ask"),
    path(_FILE, files.progress, name="desk-report-file"),
    path(f"{_FILE}cancel/", files.cancel, name="desk-report-file-cancel"),
    path(f"{_FILE}download/", files.download, name="desk-report-download"),
    path(f"{_SECTION}comments/", annual.comment, name="desk-report-comment"),
    path(
        f"{_SECTION}comments/<public_id:public_id>/settle/",
        annual.comment_settle,
        name="desk-report-comment-settle",
    ),
    path(_SECTION, annual.section, name="desk-report-section"),
    path("annual-reports/", public.report_list, name="report-list"),
    path("annual-reports/<int:year>/", public.report, name="report-detail"),
    path("annual-reports/<int:year>/report.pdf", public.report_pdf, name="report-pdf"),
    path("annual-reports/<int:year>/data.json", public.report_json, name="report-json"),
]
