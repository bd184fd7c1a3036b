"""What the desk's pages about one meeting share: finding it, and where one is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.models import Meeting
from meetings.permissions.meetings import check_can_see_meeting_on_desk
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, Step, crumbs
from platform_portal.versions import number_in

sees = requires(Permission.SEE_MEETINGS)
edits = requires(Permission.EDIT_MEETINGS)


def get_meeting(request: HttpRequest, public_id: str) -> Meeting:
    """With its body. Refused for what is only the secretariat's; for the desk every state is there."""
    found: Meeting = get_object_or_404(Meeting.objects.select_related("body"), public_id=public_id)
    check_can_see_meeting_on_desk(request.user, found)
    return found


def version_seen(request: HttpRequest) -> int:
    """Of what this person had before them; 0, as no record counts, for who saw nothing."""
    return number_in(request.POST.get("version", "")) or 0


def address_of(meeting: Meeting) -> str:
    return reverse("meetings:desk-meeting", args=[meeting.public_id])


def meeting_steps(meeting: Meeting | None, *more: Step) -> Crumbs:
    """From the list of meetings down; the last step has no address."""
    steps = [(_("会議・議事録"), reverse("meetings:desk-meeting-list"))]
    if meeting is not None:
        steps.append((meeting.title, address_of(meeting) if more else ""))
    return crumbs(*steps, *more)


def section_steps(meeting: Meeting, name: str, words: str, *more: Step) -> Crumbs:
    """Below the meeting, to the page called `words` and on; `name`: that page's URL."""
    address = reverse(f"meetings:{name}", args=[meeting.public_id]) if more else ""
    return meeting_steps(meeting, (words, address), *more)


def led_back(request: HttpRequest, address: str, against: str) -> HttpResponse | None:
    """To `address`, which then says what is against it; None when nothing is."""
    if not against:
        return None
    messages.error(request, against)
    return redirect(address)
