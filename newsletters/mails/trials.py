"""試し送り: an issue as it would leave, to colleagues. It goes as a mail of the portal, and says what it is."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletters.content import Content
from newsletters.links import leave_address, page_address
from newsletters.models import Issue
from platform_portal.mail.storing import marks

TRIAL = "newsletters.trial"
KINDS = {TRIAL: gettext_lazy("メルマガの試し送り")}


def send_trial(issue: Issue, content: Content, people: Sequence[Any]) -> None:
    notes = [_("これは試し送りです。購読者には届いていません。")]
    if content.attachments:
        names = "、".join(file.name for file in content.attachments)
        notes.append(_("添付（試し送りには付きません）：%(names)s") % {"names": names})
    # Where the page to leave is in a mail that counts: here a page on which nothing can be pressed.
    trial = page_address("trial")
    text = "\n".join(notes) + "\n\n" + content.text.replace(leave_address(), trial)
    banner = "".join(f'<p style="margin:0 0 16px"><strong>{escape(note)}</strong></p>' for note in notes)
    html = content.html.replace(leave_address(), trial).replace("<header>", f"<header>\n{banner}", 1)
    get_connection().send_messages([_message(issue, content, text, html, person.email) for person in people])


def _message(issue: Issue, content: Content, text: str, html: str, to: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        _("【試し送り】%(subject)s") % {"subject": content.subject},
        text,
        to=[to],
        reply_to=[content.reply_address] if content.reply_address else None,
        headers=marks(kind=TRIAL, about=issue, is_confidential=False),
    )
    message.attach_alternative(html, "text/html")
    return message
