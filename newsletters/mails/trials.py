"""試し送り: an issue as it would leave, with its files, to colleagues. It goes as a mail of the portal, and says what it
is."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletters.content import Content
from newsletters.links import leave_address, page_address
from newsletters.models import Issue
from platform_portal.mail.files import StoredFile
from platform_portal.mail.storing import marks

TRIAL = "newsletters.trial"
KINDS = {TRIAL: gettext_lazy("メルマガの試し送り")}


def send_trial(issue: Issue, content: Content, people: Sequence[Any]) -> None:
    note = _("これは試し送りです。購読者には届いていません。")
    # Where the page to leave is in a mail that counts: here a page on which nothing can be pressed.
    trial = page_address("trial")
    text = f"{note}\n\n" + content.text.replace(leave_address(), trial)
    banner = f'<p style="margin:0 0 16px"><strong>{escape(note)}</strong></p>'
    html = content.html.replace(leave_address(), trial).replace("<header>", f"<header>\n{banner}", 1)
    files = [
        StoredFile(row.file.name or "", row.name, row.content_type, row.sha256)
        for row in issue.attachments.order_by("pk")
    ]
    headers = marks(kind=TRIAL, about=issue, is_confidential=False, files=files)
    get_connection().send_messages(
        [_message(content, text, html, person.email, headers) for person in people]
    )


def _message(
    content: Content, text: str, html: str, to: str, headers: dict[str, str]
) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        _("【試し送り】%(subject)s") % {"subject": content.subject},
        text,
        to=[to],
        reply_to=[content.reply_address] if content.reply_address else None,
        headers=headers,
    )
    message.attach_alternative(html, "text/html")
    return message
