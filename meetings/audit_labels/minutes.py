"""What the audit events about records and their imports say."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "meetings.minutes_started": _("議事録の下書きを作った"),
    "meetings.utterance_added": _("発言を増やした"),
    "meetings.utterance_changed": _("発言を直した"),
    "meetings.utterance_moved": _("発言を動かした"),
    "meetings.utterance_split": _("発言を2つに分けた"),
    "meetings.utterance_merged": _("後ろの発言と合わせた"),
    "meetings.utterance_deleted": _("下書きの発言を消した"),
    "meetings.utterance_restored": _("消した発言を元に戻した"),
    "meetings.flag_resolved": _("確かめるところを片付けた"),
    "meetings.flag_reopened": _("確かめるところをもう一度開いた"),
    "meetings.import_uploaded": _("議事録のファイルを読み取った"),
    "meetings.import_changed": _("取り込みの案を直した"),
    "meetings.import_accepted": _("取り込みの案を受け入れた"),
    "meetings.import_dismissed": _("取り込みの案を使わないことにした"),
    "meetings.alias_learnt": _("発言者の呼び名を覚えた"),
    "meetings.alias_forgotten": _("発言者の呼び名を消した"),
}
