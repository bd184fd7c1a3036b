"""Whom a thing may be shown to. The one place that turns a person into what that person may see."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.models import Organization
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission


class Audience(models.TextChoices):
    PUBLIC = "public", _("だれでも")
    # Of the body, or invited to the meeting: not every member of the platform.
    MEMBERS = "members", _("この会議の会員団体")
    CLOSED = "closed", _("事務局だけ")


ALWAYS, NEVER = Q(pk__isnull=False), Q(pk__isnull=True)


def inside(user: Any, *, meeting: str = "") -> Q:
    """Whether `user` is one of those for whom a meeting's members-only things are: the desk, and the people of
    organisations of its body or invited to it. `meeting`: path to the meeting with its two underscores.
    """
    if has(user, Permission.SEE_MEETINGS):
        return ALWAYS
    return sits_in(user, meeting=meeting)


def sits_in(user: Any, *, meeting: str = "") -> Q:
    """Whether an organisation of `user` has a seat in the meeting's body or is invited to the meeting."""
    from meetings.models.attendance import Attendance
    from meetings.models.bodies import Body

    if not user.is_authenticated:
        return NEVER
    own = Organization.objects.acted_for_by(user).values("pk")
    seats = Body.organizations.through._default_manager.filter(
        body=OuterRef(f"{meeting}body"), organization__in=own
    )
    invitations = Attendance.objects.invited().filter(meeting=OuterRef(f"{meeting}pk"), organization__in=own)
    return Q(Exists(seats)) | Q(Exists(invitations))


def visible(user: Any, audience: str, *, meeting: str = "") -> Q:
    """Condition on the field `audience`. The secretariat sees everything, other desk users all that is not closed."""
    if has(user, Permission.SEE_CLOSED_RECORDS):
        return ALWAYS
    public, members = Q(**{audience: Audience.PUBLIC}), Q(**{audience: Audience.MEMBERS})
    if not user.is_authenticated:
        return public  # nothing else to be asked of the database, for most of those who read
    return public | (members & inside(user, meeting=meeting))
