"""Writing and approving issues, on the desk."""

from django.urls import URLPattern, path

from newsletters.views.desk import duties, issues, newsletters, parts, writing
from newsletters.views.public import trial

_DESK = "desk/newsletters/"
_ISSUE = f"{_DESK}<public_id:public_id>/"
_FILE = f"{_ISSUE}files/<public_id:attachment_id>/"
_KIND = f"{_DESK}kinds/<public_id:public_id>/"
_DUTY = f"{_DESK}duties/<public_id:public_id>/"

urlpatterns: list[URLPattern] = [
    path(_DESK, writing.issue_list, name="desk-issue-list"),
    path(f"{_DESK}new/", writing.issue_create, name="desk-issue-create"),
    path(f"{_DESK}preview/", writing.issue_preview, name="desk-issue-preview"),
    path(f"{_DESK}kinds/", newsletters.newsletter_list, name="desk-newsletter-list"),
    path(f"{_DESK}kinds/new/", newsletters.newsletter_create, name="desk-newsletter-create"),
    path(_KIND, newsletters.newsletter_page, name="desk-newsletter"),
    path(f"{_KIND}stop/", newsletters.newsletter_stop, name="desk-newsletter-stop"),
    path(f"{_DESK}duties/", duties.duty_list, name="desk-duty-list"),
    path(f"{_DESK}duties/new/", duties.duty_create, name="desk-duty-create"),
    path(f"{_DESK}duties/plan/", duties.duty_plan, name="desk-duty-plan"),
    path(_DUTY, duties.duty_page, name="desk-duty"),
    path(f"{_DUTY}swap/", duties.duty_swap, name="desk-duty-swap"),
    path(f"{_DUTY}remove/", duties.duty_remove, name="desk-duty-remove"),
    path(_ISSUE, issues.issue_page, name="desk-issue"),
    path(f"{_ISSUE}write/", writing.issue_write, name="desk-issue-write"),
    path(f"{_ISSUE}approve/", issues.issue_approve, name="desk-issue-approve"),
    path(f"{_ISSUE}schedule/", issues.issue_schedule, name="desk-issue-schedule"),
    path(f"{_ISSUE}trial/", parts.issue_trial, name="desk-issue-trial"),
    path(f"{_ISSUE}files/add/", parts.attachment_add, name="desk-attachment-add"),
    path(_FILE, parts.attachment_file, name="desk-attachment"),
    path(f"{_FILE}remove/", parts.attachment_remove, name="desk-attachment-remove"),
    path("newsletters/trial/", trial.trial, name="trial"),
]
