"""What took place, as offers: the facts in the words of the report. No names of people, nothing that is closed.

A report is for everybody. Closed meetings are therefore not offered at all, and of what is for members alone (a
meeting, an issue of a newsletter) or was taken out of the archive only date and numbers are put in.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import ApplicantState, Audience, Event, Meeting, MeetingState
from meetings.presenting.agenda import Node, arrange
from newsletters.models import Issue
from newsletters.statistics import Copies, copies_of
from platform_portal.japanese.calendar import fiscal_year_range
from platform_portal.japanese.tokens import morphemes
from platform_portal.sheets.values import half
from reports.models import SourceKind
from reports.sources import Offer, Source

MOST_ITEMS = 10
_PEOPLE = ("名", "人")
# What every meeting has says nothing about this one.
_FRAME = re.compile(
    r"(?:開会|閉会|挨拶|あいさつ|ご挨拶|開催挨拶|議事|議題|報告|協議|その他|休憩|事務連絡)(?:$|[\s　・（(])"
)


# --- Meetings -------------------------------------------------------------------------------------
def _meetings(user: Any, year: int) -> Any:
    held = Meeting.objects.on_desk_for(user).filter(fiscal_year=year)
    return held.filter(state__in=(MeetingState.HELD, MeetingState.PUBLISHED)).exclude(
        audience=Audience.CLOSED
    )


def _present_meetings(rows: Any) -> list[Offer]:
    """Three queries."""
    came = Q(attendances__attendees__has_come=True, attendances__withdrawn_at=None)
    counted = rows.annotate(
        people_came=Count("attendances__attendees", filter=came, distinct=True),
        organizations_came=Count("attendances", filter=came, distinct=True),
    )
    return [_meeting(each) for each in counted.prefetch_related("counts", "agenda")]


def _meeting(meeting: Any) -> Offer:
    is_public = meeting.audience == Audience.PUBLIC
    counts, people = _counts(meeting)
    items = _items(meeting) if is_public else []
    words = [_("%(day)sに開催した。") % {"day": _day(meeting)}]
    if counts:
        words.append(_("%(counts)sが出席した。") % {"counts": counts})
    if items:
        words.append(_("議題：%(items)s。") % {"items": "、".join(items)})
    notes = []
    if not is_public:
        notes.append(_("会員だけが見られる会議なので、次第は入れません。"))
    if not counts:
        notes.append(_("出席した人の数が記録されていません。"))
    return Offer(
        kind=SourceKind.MEETING,
        source_id=meeting.public_id,
        happened_on=timezone.localdate(meeting.starts_at),
        title=meeting.title,
        result="".join(words),
        attendee_count=people,
        address=reverse("meetings:desk-meeting", args=[meeting.public_id]),
        notes=tuple(notes),
    )


def _counts(meeting: Any) -> tuple[str, int | None]:
    """In words, and how many people. What was written down goes before what is counted from the list of those who came."""
    written = list(meeting.counts.all())
    if written:
        people = [each.count for each in written if each.unit in _PEOPLE]
        words = "、".join(f"{each.label}{each.count}{each.unit}" for each in written)
        # One number of people is that of all; several may overlap.
        return words, people[0] if len(people) == 1 else None
    if not meeting.people_came:
        return "", None
    values = {"organizations": meeting.organizations_came, "people": meeting.people_came}
    return _("%(organizations)s団体、%(people)s名") % values, meeting.people_came


def _items(meeting: Any) -> list[str]:
    """Titles of what was talked about: the innermost items, as far as everybody may read them."""
    nodes = [node for node in arrange(meeting.agenda.all()) if not node.children and not _is_closed(node)]
    titles = [node.item.title for node in nodes if not _FRAME.match(half(node.item.title))]
    return [title for title in titles if not _names_somebody(title)][:MOST_ITEMS]


def _is_closed(node: Node) -> bool:
    above: Node | None = node
    while above is not None:
        if above.item.is_closed:
            return True
        above = above.parent
    return False


def _names_somebody(title: str) -> bool:
    return any(each.is_person_name for each in morphemes(title))


# --- Events ---------------------------------------------------------------------------------------
def _events(_user: Any, year: int) -> Any:
    first, last = fiscal_year_range(year)
    held = Event.objects.published().filter(cancelled_at=None, last_moment__lt=timezone.now())
    return held.filter(starts_at__date__gte=first, starts_at__date__lte=last)


def _present_events(rows: Any) -> list[Offer]:
    """One query."""
    accepted = Q(applications__state=ApplicantState.ACCEPTED)
    counted = rows.select_related("organization").annotate(
        people=Sum("applications__people", filter=accepted)
    )
    return [_event(each) for each in counted]


def _event(event: Any) -> Offer:
    words = [_("%(day)sに開催した。") % {"day": _day(event)}]
    notes = [_("来た人の数は記録されていません。分かれば書き足してください。")]
    if event.people:
        words.append(_("%(people)s人が申し込んだ。") % {"people": event.people})
    if event.organization is not None:
        notes.insert(0, _("主催：%(name)s") % {"name": event.organization.name})
    return Offer(
        kind=SourceKind.EVENT,
        source_id=event.public_id,
        happened_on=timezone.localdate(event.starts_at),
        title=event.title,
        result="".join(words),
        attendee_count=None,
        address=reverse("meetings:desk-event", args=[event.public_id]),
        notes=tuple(notes),
    )


def _day(row: Any) -> str:
    """The month and the day, with the last one where it went on."""
    first = timezone.localdate(row.starts_at)
    last = timezone.localdate(row.ends_at) if row.ends_at else first
    words = f"{first.month}月{first.day}日"
    return words if last == first else f"{words}から{last.month}月{last.day}日まで"


# --- Newsletters ----------------------------------------------------------------------------------
def _issues(user: Any, year: int) -> Any:
    """By the day on which sending began: what was refused may go out once more long after."""
    first, last = fiscal_year_range(year)
    sent = Issue.objects.on_desk_for(user).completed()
    return sent.filter(frozen_at__date__gte=first, frozen_at__date__lte=last)


def _present_issues(rows: Any) -> list[Offer]:
    """Two queries."""
    public = Issue.objects.published().filter(pk=OuterRef("pk"))
    found = rows.annotate(is_public=Exists(public)).select_related("newsletter").defer("body", "content")
    issues = list(found)
    copies = copies_of(issues)
    return [_issue(each, copies[each.pk]) for each in issues]


def _issue(issue: Any, copies: Copies) -> Offer:
    day = timezone.localdate(issue.frozen_at)
    notes = []
    if copies.accepted:
        values = {"day": f"{day.month}月{day.day}日", "count": f"{copies.accepted:,}"}
        words = [_("%(day)sに%(count)s通を送った。") % values]
    else:
        words = [_("%(day)sに送った。") % {"day": f"{day.month}月{day.day}日"}]
        notes.append(_("送れたあて先がありません。"))
    if copies.bounced:
        notes.append(_("このうち%(count)s通は、あとで戻ってきました。") % {"count": f"{copies.bounced:,}"})
    if not issue.is_public:
        notes.append(_("だれでも読める号ではないので、件名は入れません。"))
    elif _names_somebody(issue.subject):
        notes.append(_("件名に人の名前があるかもしれないので、入れません。"))
    else:
        words.append(_("件名は「%(subject)s」。") % {"subject": issue.subject})
    return Offer(
        kind=SourceKind.NEWSLETTER,
        source_id=issue.public_id,
        happened_on=day,
        title=_("メルマガ「%(name)s」第%(number)s号")
        % {"name": issue.newsletter.name, "number": issue.number},
        result="".join(words),
        attendee_count=None,
        address=reverse("newsletters:desk-issue", args=[issue.public_id]),
        notes=tuple(notes),
    )


def sources() -> Iterable[Source]:
    yield Source(SourceKind.MEETING, "meetings", "starts_at", _meetings, _present_meetings)
    yield Source(SourceKind.EVENT, "events", "starts_at", _events, _present_events)
    yield Source(SourceKind.NEWSLETTER, "issues", "frozen_at", _issues, _present_issues)
