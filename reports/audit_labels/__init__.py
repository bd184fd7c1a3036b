"""What the events about reports are called."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "reports.scheme_begun": _("交付金の年度を始めた"),
    "reports.scheme_changed": _("交付金の内容を変えた"),
    "reports.category_written": _("区分の言葉を書いた"),
    "reports.category_confirmed": _("区分の言葉を確かめた"),
    "reports.category_removed": _("区分を消した"),
    "reports.activity_added": _("事業を書いた"),
    "reports.activity_changed": _("事業を直した"),
    "reports.activity_removed": _("事業を消した"),
    "reports.activities_ordered": _("事業を並べ替えた"),
    "reports.project_added": _("試行事業を書いた"),
    "reports.project_changed": _("試行事業を直した"),
    "reports.project_removed": _("試行事業を消した"),
    "reports.file_asked_for": _("報告書のファイルを頼んだ"),
    "reports.file_cancelled": _("報告書のファイル作りをやめた"),
    "reports.report_begun": _("報告書を始めた"),
    "reports.report_imported": _("前の年度の報告書や表を取り込んだ"),
    "reports.report_heading_written": _("報告書の事業名を書いた"),
    "reports.section_written": _("報告書の本文を書いた"),
    "reports.comment_written": _("報告書に意見を書いた"),
    "reports.comment_settled": _("報告書の意見を済みにした"),
    "reports.report_requested": _("報告書の確認を頼んだ"),
    "reports.report_returned": _("報告書を下書きに戻した"),
    "reports.report_approved": _("報告書を承認した"),
    "reports.report_submitted": _("報告書を提出済みにした"),
    "reports.report_reopened": _("報告書の書き直しを始めた"),
}
