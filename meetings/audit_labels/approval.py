"""What the audit events about confirmation, approval, corrections and promises say in Japanese."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "meetings.confirmation_opened": _("発言者に確認を頼んだ"),
    "meetings.confirmation_sent_again": _("確認のリンクを送り直した"),
    "meetings.confirmation_link_withdrawn": _("確認のリンクを使えなくした"),
    "meetings.confirmation_reminded": _("確認を催促した"),
    "meetings.confirmation_answered": _("発言者が返事をした"),
    "meetings.confirmation_closed": _("発言者の確認を締め切った"),
    "meetings.change_proposed": _("発言者が修正案を出した"),
    "meetings.change_withdrawn": _("発言者が修正案を取り下げた"),
    "meetings.proposal_accepted": _("修正案を取り入れた"),
    "meetings.proposal_declined": _("修正案を取り入れなかった"),
    "meetings.minutes_submitted": _("承認を頼んだ"),
    "meetings.minutes_returned": _("下書きに戻した"),
    "meetings.minutes_published": _("認めて公開した"),
    "meetings.minutes_suspended": _("公開を止めた"),
    "meetings.minutes_resumed": _("もう一度公開した"),
    "meetings.minutes_pdf_asked_again": _("PDFをもう一度作るように頼んだ"),
    "meetings.minutes_audiences_changed": _("読める人を変えた"),
    "meetings.leak_judged_harmless": _("名前が残っていても問題がないとした"),
    "meetings.correction_proposed": _("訂正を書いた"),
    "meetings.correction_withdrawn": _("訂正を取り下げた"),
    "meetings.correction_published": _("訂正を認めて公開した"),
    "meetings.correction_returned": _("訂正を差し戻した"),
    "meetings.action_item_added": _("宿題を書いた"),
    "meetings.action_item_changed": _("宿題を直した"),
    "meetings.action_item_carried": _("宿題を次第に載せた"),
    "meetings.action_item_closed": _("宿題を終わりにした"),
    "meetings.action_item_reopened": _("宿題を、まだ終わっていないに戻した"),
}
