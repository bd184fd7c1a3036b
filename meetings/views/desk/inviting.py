"""Choosing whom to ask to a meeting, looking at the list, and sending."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.forms.attendance import InviteForm
from meetings.models import Attendance, Meeting
from meetings.permissions.attendance import check_can_invite_to_meeting
from meetings.presenting.attendance import kind_words
from meetings.services.attendance import inviting
from meetings.views.desk.attendance import table_of
from meetings.views.desk.common import edits, get_meeting, led_back, section_steps
from members.models import Organization
from members.models.organizations import OrganizationKind
from platform_portal.access.checks import Refused, reason_against
from platform_portal.desk import Crumbs


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    """First the form, then who would be asked, then the sending: each only with a press of a button."""
    meeting = get_meeting(request, public_id)
    against = reason_against(check_can_invite_to_meeting, request.user, meeting)
    if answer := led_back(request, table_of(meeting), against):
        return answer
    if request.method != "POST":
        has_seats = meeting.body.organizations.exists()
        return _form(request, meeting, InviteForm(meeting=meeting, initial={"whole_body": has_seats}))
    form = InviteForm(request.POST, meeting=meeting)
    if not form.is_valid() or "change" in request.POST:
        return _form(request, meeting, form)
    if "send" in request.POST:
        return _send(request, meeting, form)
    return _preview(request, meeting, form)


def _form(request: HttpRequest, meeting: Meeting, form: InviteForm) -> HttpResponse:
    context = {
        "meeting": meeting,
        "form": form,
        "groups": _groups(meeting, form),
        "seats": meeting.body.organizations.active().count(),
        "crumbs": _crumbs(meeting),
    }
    return render(request, "meetings/desk/invite.html", context, status=422 if form.errors else 200)


def _crumbs(meeting: Meeting) -> Crumbs:
    return section_steps(meeting, "desk-attendance", _("案内と出欠"), (_("案内する"), ""))


def _groups(meeting: Meeting, form: InviteForm) -> list[dict[str, Any]]:
    """The members of today by kind, with those marked who sit in the body or are asked already. Three queries."""
    data: Any = form.data
    ticked = set(data.getlist("organizations")) if form.is_bound else set()
    ticked_kinds = set(data.getlist("kinds")) if form.is_bound else set()
    invited = set(meeting.attendances.invited().values_list("organization_id", flat=True))
    seats = set(meeting.body.organizations.values_list("pk", flat=True))
    groups: dict[str, list[dict[str, Any]]] = {kind: [] for kind in OrganizationKind.values}
    rows = Organization.objects.active().order_by("kana", "name", "pk").only("public_id", "name", "kind")
    for each in rows:
        groups[each.kind].append(
            {
                "organization": each,
                "is_ticked": each.public_id in ticked,
                "is_invited": each.pk in invited,
                "has_seat": each.pk in seats,
            }
        )
    return [
        {
            "kind": kind,
            "words": kind_words(kind),
            "rows": listed,
            "is_ticked": kind in ticked_kinds,
            "is_open": any(row["is_ticked"] for row in listed),
        }
        for kind, listed in groups.items()
        if listed
    ]


def _preview(request: HttpRequest, meeting: Meeting, form: InviteForm) -> HttpResponse:
    organizations, guests = form.chosen(), form.cleaned_data["guests"]
    planned = inviting.plan_invitations(meeting=meeting, organizations=organizations, guests=guests)
    context = {
        "meeting": meeting,
        "planned": planned,
        "new": sum(not each.is_invited for each in planned),
        "mails": sum(each.mails for each in planned),
        "unreachable": sum(1 for each in planned if each.trouble and not each.is_invited),
        "organizations": organizations,
        "guests": form.data.get("guests", ""),
        "message": form.cleaned_data["message"],
        "crumbs": _crumbs(meeting),
    }
    return render(request, "meetings/desk/invite_preview.html", context)


def _send(request: HttpRequest, meeting: Meeting, form: InviteForm) -> HttpResponse:
    try:
        asked = inviting.invite(
            meeting=meeting,
            organizations=form.chosen(),
            guests=form.cleaned_data["guests"],
            message=form.cleaned_data["message"],
            by=request.user,
        )
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        if asked:
            messages.success(request, _said(asked))
        else:
            messages.info(request, _("どの団体も、もう案内してあります。メールは送っていません。"))
    return redirect(table_of(meeting))


def _said(asked: list[Attendance]) -> str:
    words = _("%(count)s件を案内しました。") % {"count": len(asked)}
    if Attendance.objects.filter(pk__in=[row.pk for row in asked], letter__isnull=False).exists():
        words += _("メールは、これから順に作って送ります。")
    return words
