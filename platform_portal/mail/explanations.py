"""What a stored failure means, in words that say what to do."""

from django.utils.translation import gettext as _

from platform_portal.mail.models import EXPIRED, IN_DOUBT, UNWRITABLE


def explain(last_error: str) -> str:
    """`last_error`: class and code, as the sender wrote them. An empty string stays empty."""
    name, _space, code = last_error.partition(" ")
    if not name:
        return ""
    if name == EXPIRED:
        return _("送れないうちに、リンクの期限が過ぎました。元の画面から、新しいメールを送ってください。")
    if name == UNWRITABLE:
        return _("メールの形にできませんでした。あて先のアドレスと、サーバーの設定を確かめてください。")
    if name in {IN_DOUBT, "NoReplyError"}:
        return _("渡している途中で返事がなくなりました。届いているかもしれません。本人に確かめてください。")
    if name == "SMTPRecipientsRefused" and code.startswith("5"):
        return _("あて先のサーバーが、このアドレスを断りました。アドレスが正しいか確かめてください。")
    if name == "SMTPDataError" and code.startswith("5"):
        return _("メールサーバーが、このメールを断りました。サーバーの担当者に聞いてください。")
    if name == "SMTPSenderRefused":
        return _("メールサーバーが、差出人のアドレスを断りました。サーバーの担当者に聞いてください。")
    return _("メールサーバーが、いまは受け取りませんでした。")
