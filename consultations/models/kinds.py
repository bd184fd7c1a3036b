"""Kinds of channel, and what they have in common. Apart from Channel: the reads of windows need them too."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelKind(models.TextChoices):
    PHONE = "phone", _("電話")
    LINE = "line", _("LINE")
    CHAT = "chat", _("チャット")
    WEB_FORM = "web_form", _("ウェブの入力欄")
    EMAIL = "email", _("メール")
    VISIT = "visit", _("会って話す")
    VIDEO = "video", _("ビデオ通話")
    FAX = "fax", _("FAX")
    LETTER = "letter", _("手紙")
    OUTREACH = "outreach", _("訪問してもらう")


# Somebody answers at once, so that "open now" means something.
LIVE_KINDS = (ChannelKind.PHONE, ChannelKind.LINE, ChannelKind.CHAT, ChannelKind.VIDEO)
# It matters when somebody is there; a letter or a mail can be sent at any hour.
KINDS_WITH_HOURS = (*LIVE_KINDS, ChannelKind.VISIT)
WRITTEN_KINDS = (ChannelKind.LINE, ChannelKind.CHAT, ChannelKind.WEB_FORM, ChannelKind.EMAIL)
LIVE_WRITTEN_KINDS = (ChannelKind.LINE, ChannelKind.CHAT)
TELEPHONE_KINDS = (ChannelKind.PHONE, ChannelKind.FAX)
LINK_KINDS = (ChannelKind.LINE, ChannelKind.CHAT, ChannelKind.WEB_FORM, ChannelKind.VIDEO)
