import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from platform_portal.mail.models import SETTLED_STATES, MailState, OutgoingMail


class OutgoingMailFactory(DjangoModelFactory):
    """Waiting and open to be read; `state="…"` sets what belongs to it, `about=…` an object it speaks of."""

    class Meta:
        model = OutgoingMail

    class Params:
        about = None

    kind = "members.security_notice"
    address = factory.Sequence(lambda n: f"reader{n:05}@npo.example")
    to = factory.SelfAttribute("address")
    from_address = "portal@portal.example"
    subject = "アカウントの設定の変更"
    is_confidential = False
    message_id = factory.Sequence(lambda n: f"<{n:05}@portal.example>")
    state = MailState.WAITING
    about_type = factory.LazyAttribute(lambda mail: mail.about._meta.label_lower if mail.about else "")
    about_id = factory.LazyAttribute(lambda mail: str(mail.about.pk) if mail.about else "")
    next_attempt_at = factory.LazyAttribute(
        lambda mail: None if mail.state in SETTLED_STATES else timezone.now()
    )
    claim = factory.LazyAttribute(lambda mail: uuid.uuid4() if mail.state == MailState.SENDING else None)
    claimed_at = factory.LazyAttribute(lambda mail: timezone.now() if mail.claim else None)
    sent_at = factory.LazyAttribute(lambda mail: timezone.now() if mail.state == MailState.SENT else None)
    erased_at = factory.LazyAttribute(
        lambda mail: timezone.now() if mail.is_confidential and mail.state in SETTLED_STATES else None
    )
    text = factory.LazyAttribute(lambda mail: "" if mail.erased_at else "設定が変わりました。")
