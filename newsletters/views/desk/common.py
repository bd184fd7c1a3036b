"""What the desk's pages about issues share: finding one, where one is, and a mail as it is shown here."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from newsletters.composing.html import page_html
from newsletters.content import TOKEN_MARK, AttachedFile, Content
from newsletters.lints import Finding, Place
from newsletters.models import Issue, IssueState
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, Step, crumbs

writes = requires(Permission.EDIT_ISSUES)
keeps = requires(Permission.EDIT_NEWSLETTERS)


@dataclass(frozen=True, slots=True)
class Shown:
    """A content on a page of the desk. Its links to the page to leave lead nowhere here."""

    subject: str
    sender: str
    text: str
    html: SafeString
    attachments: tuple[AttachedFile, ...]
    sha256: str


def shown(content: Content, *, top: int = 3) -> Shown:
    return Shown(
        content.subject or _("（件名なし）"),
        f"{content.sender_name} <{content.sender_address}>",
        content.text.replace(TOKEN_MARK, _("（読む人ごとに変わります）")),
        page_html(content.html, top=top, with_footer=True),
        content.attachments,
        content.sha256,
    )


def get_issue(public_id: str) -> Issue:
    """Raises Http404."""
    rows = Issue.objects.select_related(
        "newsletter", "author", "requested_by", "approved_by", "scheduled_by", "cancelled_by"
    )
    found: Issue = get_object_or_404(rows, public_id=public_id)
    return found


def address_of(issue: Issue, name: str = "desk-issue") -> str:
    return reverse(f"newsletters:{name}", args=[issue.public_id])


def issue_steps(*more: Step) -> Crumbs:
    """From the list of issues down; the last step has no address."""
    return crumbs((_("メルマガ"), reverse("newsletters:desk-issue-list") if more else ""), *more)


def steps_of_issue(issue: Issue, *more: Step) -> Crumbs:
    return issue_steps((str(issue), address_of(issue) if more else ""), *more)


def addressed(findings: list[Finding], issue: Issue) -> list[tuple[Finding, str]]:
    """Each with the place where it is mended."""
    write = address_of(issue, "desk-issue-write") if not issue._state.adding else ""
    places = {
        Place.SUBJECT: f"{write}#id_subject",
        Place.BODY: f"{write}#id_body",
        Place.ATTACHMENTS: f"{address_of(issue)}#attachments" if write else "#id_body",
        Place.NEWSLETTER: reverse("newsletters:desk-newsletter", args=[issue.newsletter.public_id]),
        Place.SETTINGS: reverse("region:settings"),
    }
    return [(finding, places[finding.place]) for finding in findings]


def returned_with(issue: Issue, history: list[Any]) -> Any | None:
    """The line of the record that says why a draft has to be mended, with its reason."""
    if issue.state != IssueState.DRAFT:
        return None
    return next((line for line in history if line.note), None)


def posted(request: HttpRequest) -> Any:
    """What a form is bound to; also when nothing at all was sent."""
    return request.POST if request.method == "POST" else None


def posted_with_files(request: HttpRequest) -> tuple[Any, Any]:
    return posted(request), request.FILES if request.method == "POST" else None
