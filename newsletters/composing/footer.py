"""What the law asks of every mail to many, and what a reader wants to know: from whom, why, and how to stop it."""

from urllib.parse import quote

from django.utils.translation import gettext as _

from newsletters.composing.source import Block, Line, Paragraph, Rule, Run, tidy
from newsletters.links import archive_address, leave_address
from newsletters.models import Newsletter, Readership
from platform_portal.region.models import PortalSettings


def footer_of(newsletter: Newsletter, portal: PortalSettings) -> list[Block]:
    return [
        Rule(),
        Paragraph(((Run(_why(newsletter)),),)),
        Paragraph(
            (
                (Run(_("配信は、いつでもやめられます。次のページを開いてください。")),),
                (Run(_("配信をやめる"), address=leave_address()),),
            )
        ),
        Paragraph(((Run(_("これまでの号を読む"), address=archive_address(newsletter.readership)),),)),
        Paragraph(tuple(_sender(newsletter, portal))),
    ]


def _why(newsletter: Newsletter) -> str:
    name = {"name": _one_line(newsletter.name)}
    if newsletter.readership == Readership.MEMBERS:
        return _("このメールは、会員団体の担当の方に「%(name)s」としてお送りしています。") % name
    return _("このメールは、「%(name)s」をお申し込みになった方にお送りしています。") % name


def _sender(newsletter: Newsletter, portal: PortalSettings) -> list[Line]:
    office = _one_line(portal.secretariat_name)
    sender = _one_line(newsletter.sender_name)
    lines: list[Line] = [(Run(_("発行：%(name)s") % {"name": sender}),)]
    if office and office != sender:
        lines.append((Run(f"　　　{office}"),))
    if portal.secretariat_address:
        code = f"〒{portal.secretariat_postal_code} " if portal.secretariat_postal_code else ""
        lines.append(
            (Run(_("住所：%(address)s") % {"address": code + _one_line(portal.secretariat_address)}),)
        )
    if newsletter.reply_address:
        mail = _one_line(newsletter.reply_address)
        lines.append((Run(_("お問い合わせ：")), Run(mail, address=f"mailto:{quote(mail, safe='@+')}")))
    if portal.secretariat_phone:
        lines.append((Run(_("電話：%(phone)s") % {"phone": _one_line(portal.secretariat_phone)}),))
    return lines


def _one_line(text: str) -> str:
    return " ".join(tidy(text).split("\n"))
