"""How the sending of one issue goes: bar, equation, what waits for a decision. Numbers that this page shows balance."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsletters.ledger import Counts, counts_of
from newsletters.models import Delivery, DeliveryState, Issue, IssueState
from newsletters.troubles import troubled_issues
from newsletters.views.desk.common import steps_of_issue
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.audit import words
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.words import Line
from platform_portal.desk import Crumbs, Step

sends = requires(Permission.SEND_ISSUES)
MOST_DOUBTS = 20  # the ledger has them all
SECONDS_BETWEEN_LOOKS = 5
_TO_BE_SENT = (IssueState.SCHEDULED, IssueState.SENDING)


def get_issue(public_id: str) -> Issue:
    """Raises Http404."""
    found: Issue = get_object_or_404(Issue.objects.select_related("newsletter"), public_id=public_id)
    return found


def sending_steps(issue: Issue, *more: Step) -> Crumbs:
    """Down to the sending of one issue; the last step has no address."""
    address = reverse("newsletters:desk-sending", args=[issue.public_id]) if more else ""
    return steps_of_issue(issue, (_("送信のようす"), address), *more)


@sends
@require_safe
def sending(request: HttpRequest, public_id: str) -> HttpResponse:
    """Looks again by itself while mails leave; without JavaScript a link does the same."""
    issue = get_issue(public_id)
    counts = counts_of(issue)
    context = {
        "issue": issue,
        "counts": counts,
        "terms": terms_of(counts, issue),
        "seconds": SECONDS_BETWEEN_LOOKS if issue.state == IssueState.SENDING else "",
        "is_still": issue.state in _TO_BE_SENT
        and troubled_issues().filter(pk=issue.pk, is_still=True).exists(),
        "is_public": issue.completed_at is not None
        and Issue.objects.published().filter(pk=issue.pk).exists(),
        "failed": counts.of(DeliveryState.FAILED),
        "doubts": _doubts(issue) if counts.of(DeliveryState.IN_DOUBT) else [],
        "more_doubts": counts.of(DeliveryState.IN_DOUBT) > MOST_DOUBTS,
        "history": words.history_of(issue, _line),
        "crumbs": sending_steps(issue),
    }
    response = render(request, "newsletters/desk/sending.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def terms_of(counts: Counts, issue: Issue) -> list[tuple[str, str, int, str]]:
    """(words, what they mean, how many, state that the ledger is narrowed to or empty) of each term of the equation."""
    terms = (
        (_("送りました"), _("相手のメールサーバーが受け取りました。"), DeliveryState.ACCEPTED),
        (_("これから送ります"), _("送信待ち、送信中、あとで送り直すものの合計です。"), ""),
        (_("送れませんでした"), _("相手のメールサーバーが断りました。"), DeliveryState.FAILED),
        (
            _("配信停止のため送りませんでした"),
            _("あて先を決めたあとに、本人か職員が止めました。"),
            DeliveryState.SUPPRESSED,
        ),
        (_("中止しました"), _("順番が来る前に、号の送信をやめました。"), DeliveryState.CANCELLED),
        (
            _("届いたか分かりません"),
            _("渡している途中で止まり、もう一度送っても分かりませんでした。")
            if issue.max_resends
            else _("渡している途中で止まりました。2通届くのを防ぐため、自動では送り直しません。"),
            DeliveryState.IN_DOUBT,
        ),
    )
    return [
        (name, meaning, count, str(state))
        for (name, meaning, state), count in zip(terms, counts.terms, strict=True)
    ]


def _line(event: AuditEvent, names: Mapping[int, str]) -> Line:
    """Who did what; the content of an issue is another page's."""
    return Line(event.at, words.actor_words(event, names), event.get_type_display(), note=event.note)


def _doubts(issue: Issue) -> list[Delivery]:
    rows: Any = Delivery.objects.filter(issue=issue, state=DeliveryState.IN_DOUBT).order_by("pk")
    return list(rows[:MOST_DOUBTS])
