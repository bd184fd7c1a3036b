"""The mail that asks somebody to confirm that they want newsletters.

Its subject says nothing of what they are about: others may read it on a locked screen. It leaves as the portal's
other mails do, from their address, not as a newsletter.
"""

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.mails import absolute, send_message
from newsletters.models import Consent
from newsletters.subscriber_links import UNCONFIRMED_DAYS, confirm_token

CONFIRM = "newsletters.subscription_confirm"
KINDS = {CONFIRM: gettext_lazy("メルマガの登録の確認のお願い")}


def send_confirm(consent: Consent) -> None:
    limit = consent.asked_at + dt.timedelta(days=UNCONFIRMED_DAYS)
    names = "、".join(consent.newsletters.values_list("name", flat=True))
    send_message(
        kind=CONFIRM,
        about=consent,
        dead_after=limit,
        is_confidential=True,
        subject=_("登録の確認のお願い"),
        to=consent.subscriber.address,
        text="newsletters/mail/confirm.txt",
        html="newsletters/mail/confirm.html",
        names=names,
        link=absolute(reverse("newsletters:confirm", args=[confirm_token(consent)])),
        limit=date_format(timezone.localtime(limit), "Y年n月j日 G:i"),
    )
