"""How far the records of a body or a meeting go, in plain words."""

from django.utils.translation import gettext as _

from meetings.models import Audience, Body


def _who(audience: str) -> str:
    return {
        Audience.PUBLIC: _("だれでも見られます。"),
        Audience.MEMBERS: _("この会議体の団体と、会議に案内した団体だけが見られます。"),
        Audience.CLOSED: _("事務局だけが見られます。"),
    }[Audience(audience)]


def policy_of(body: Body) -> list[str]:
    return [
        _("会議の日時・場所・次第は、%(who)s") % {"who": _who(body.audience)},
        _("氏名入りの議事録は、%(who)s") % {"who": _who(body.named_audience)},
        _("役職名だけの議事要旨は、%(who)s") % {"who": _who(body.labels_audience)},
    ]
