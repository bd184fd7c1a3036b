"""Sending and what became of each copy, on the desk."""

from django.urls import URLPattern, path

from newsletters.views.desk import archive, controls, ledger, sending, statistics

_DESK = "desk/newsletters/"
_ISSUE = f"{_DESK}<public_id:public_id>/"

urlpatterns: list[URLPattern] = [
    path(f"{_DESK}statistics/", statistics.statistics, name="desk-statistics"),
    path(f"{_DESK}ledger/", ledger.ledger, name="desk-ledger"),
    path(f"{_DESK}ledger/find/", ledger.ledger_search, name="desk-ledger-search"),
    path(f"{_ISSUE}sending/", sending.sending, name="desk-sending"),
    path(f"{_ISSUE}sending/pause/", controls.pause, name="desk-sending-pause"),
    path(f"{_ISSUE}sending/resume/", controls.resume, name="desk-sending-resume"),
    path(f"{_ISSUE}sending/cancel/", controls.cancel, name="desk-sending-cancel"),
    path(f"{_ISSUE}sending/rest/", controls.resend, name="desk-sending-rest"),
    path(f"{_ISSUE}sending/doubts/<int:pk>/", controls.settle, name="desk-doubt-settle"),
    path(f"{_ISSUE}withdraw/", archive.withdraw, name="desk-issue-withdraw"),
    path(f"{_ISSUE}restore/", archive.restore, name="desk-issue-restore"),
    path(f"{_ISSUE}ledger/", ledger.issue_ledger, name="desk-issue-ledger"),
    path(f"{_ISSUE}ledger/file/", ledger.ledger_file, name="desk-ledger-file"),
]
