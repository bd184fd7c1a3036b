"""What the audit events of this app say in Japanese."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import MembershipRole
from members.profile import BY_STAFF, Words
from platform_portal.access.roles import Role
from platform_portal.audit import words
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.services import WITHHELD
from platform_portal.audit.words import Line

LABELS = {
    "members.invitation_sent": gettext_lazy("招待した"),
    "members.invitation_resent": gettext_lazy("招待をもう一度送った"),
    "members.invitation_withdrawn": gettext_lazy("招待を取り消した"),
    "members.invitation_accepted": gettext_lazy("招待を受け取った"),
    "members.membership_started": gettext_lazy("担当者になった"),
    "members.application_written": gettext_lazy("申込を書いた（まだ確定していない）"),
    "members.application_rewritten": gettext_lazy("申込を書き直した"),
    "members.application_confirmed": gettext_lazy("申込を確定した"),
    "members.application_returned": gettext_lazy("質問して返した"),
    "members.application_answered": gettext_lazy("質問に返事をした"),
    "members.application_approved": gettext_lazy("入会を認めた"),
    "members.application_refused": gettext_lazy("入会を断った"),
    "members.application_withdrawn": gettext_lazy("申込を取り下げた"),
    "members.application_noted": gettext_lazy("メモを変えた"),
    "members.application_erased": gettext_lazy("期限までに確定されず、消した"),
    "members.organization_joined": gettext_lazy("入会した"),
    "members.membership_changed": gettext_lazy("担当を変えた"),
    "members.membership_ended": gettext_lazy("担当を外れた"),
    "members.organization_left": gettext_lazy("退会した"),
    "members.organization_came_back": gettext_lazy("再び加入した"),
    "members.organization_revision_proposed": gettext_lazy("変更を申し出た"),
    "members.organization_revision_replaced": gettext_lazy("申し出た変更を直した"),
    "members.organization_revision_approved": gettext_lazy("申し出の変更を認めた"),
    "members.organization_revision_returned": gettext_lazy("申し出の変更を差し戻した"),
    "members.organization_revision_withdrawn": gettext_lazy("申し出の変更を取り下げた"),
    "members.charter_consented": gettext_lazy("設置要綱に同意した"),
    "members.charter_added": gettext_lazy("下書きを作った"),
    "members.charter_changed": gettext_lazy("下書きを変えた"),
    "members.charter_deleted": gettext_lazy("下書きを消した"),
    "members.charter_published": gettext_lazy("公開した"),
    "members.charter_told": gettext_lazy("会員団体の管理担当にメールで知らせた"),
    "members.offer_put_up": gettext_lazy("掲示板に載せた"),
    "members.offer_changed": gettext_lazy("掲示を直した"),
    "members.offer_prolonged": gettext_lazy("掲示の期限をのばした"),
    "members.offer_settled": gettext_lazy("「決まった」にした"),
    "members.offer_withdrawn": gettext_lazy("掲示を取り下げた"),
    "members.offer_expired": gettext_lazy("期限が過ぎた"),
    "members.offer_moved": gettext_lazy("統合先の団体に移した"),
    "members.conversation_moved": gettext_lazy("統合先の団体に移した"),
    "members.conversation_begun": gettext_lazy("「話を聞きたい」を送った"),
    "members.conversation_introduced": gettext_lazy("引き合わせた"),
    "members.conversation_closed": gettext_lazy("やりとりを終えた"),
    "members.conversation_reported": gettext_lazy("事務局に知らせた"),
    "members.conversation_read_by_staff": gettext_lazy("知らせを受けて、やりとりを読んだ"),
    "members.conversation_report_handled": gettext_lazy("知らせに対応した"),
    "members.message_written": gettext_lazy("メッセージを送った"),
    "members.master_added": gettext_lazy("足した"),
    "members.master_changed": gettext_lazy("変えた"),
    "members.joining_rules_changed": gettext_lazy("入会のきまりを変えた"),
    "members.organization_created": gettext_lazy("団体を登録した"),
    "members.organization_changed": gettext_lazy("団体の情報を変えた"),
    "members.organization_merged": gettext_lazy("ほかの団体に統合した"),
    "members.organization_absorbed": gettext_lazy("ほかの団体を統合した"),
    "members.marked_different": gettext_lazy("「別の団体です」と記録した"),
    "members.difference_taken_back": gettext_lazy("「別の団体です」を取り消した"),
    "members.membership_moved": gettext_lazy("統合で、担当する団体が変わった"),
    "members.invitation_moved": gettext_lazy("統合で、招待の団体が変わった"),
    "members.consent_moved": gettext_lazy("統合で、同意の団体が変わった"),
    "members.application_moved": gettext_lazy("統合で、申込の団体が変わった"),
    "members.organizations_imported": gettext_lazy("ファイルから団体を取り込んだ"),
    "members.organizations_exported": gettext_lazy("団体の一覧を書き出した"),
    "members.user_created": gettext_lazy("利用者として登録した"),
    "members.personal_data_exported": gettext_lazy("個人のデータを書き出した"),
    "members.person_erased": gettext_lazy("個人のデータを消した"),
    "members.organization_scrubbed": gettext_lazy("退会から時間がたち、連絡先などを消した"),
    "members.application_scrubbed": gettext_lazy("終わってから時間がたち、個人情報を消した"),
    "members.user_changed": gettext_lazy("登録を変えた"),
    "members.user_deactivated": gettext_lazy("利用を止めた"),
    "members.user_reactivated": gettext_lazy("利用を再開した"),
    "members.second_factor_reset": gettext_lazy("2段階認証を消した"),
    "members.second_factor_changed": gettext_lazy("2段階認証を変えた"),
    "members.sessions_ended": gettext_lazy("すべての端末からサインアウトした"),
    "members.password_changed": gettext_lazy("パスワードを変えた"),
    "members.password_reset": gettext_lazy("パスワードを決め直した"),
}
# Done through the mailed link, by nobody who signs in.
BY_APPLICANT = {
    f"members.application_{verb}" for verb in ("written", "rewritten", "confirmed", "answered", "withdrawn")
}
FIELD_LABELS = {
    "different_from": gettext_lazy("別の団体とした相手"),
    "merged_from": gettext_lazy("統合した団体"),
    "email": gettext_lazy("メールアドレス"),
    "name": gettext_lazy("名前"),
    "section": gettext_lazy("所属"),
    "role": gettext_lazy("権限"),
    "is_active": gettext_lazy("利用"),
    "expires_at": gettext_lazy("期限"),
    "second_factors": gettext_lazy("2段階認証"),
    "text_hash": gettext_lazy("本文のハッシュ"),
    "organization": gettext_lazy("会員団体"),
    "membership_role": gettext_lazy("担当の権限"),
    "user": gettext_lazy("利用者"),
    "rows": gettext_lazy("データ"),
    "is_contact": gettext_lazy("事務局からの連絡"),
}
VALUE_LABELS = {
    "totp": gettext_lazy("認証アプリ"),
    "webauthn": gettext_lazy("パスキー"),
    "recovery_codes": gettext_lazy("予備コード"),
    **{role.value: role.label for role in Role},
    **{role.value: role.label for role in MembershipRole},
}


def history_of(obj: models.Model, only: Collection[str] | None = None) -> list[Line]:
    """`only`: for eyes outside the office: just these fields, without names and notes."""
    values = Words()

    def say(event: AuditEvent, names: Mapping[int, str]) -> Line:
        for side in (event.old, event.new) if only is not None else ():
            for name in set(side) - set(only or ()):
                del side[name]
        return describe(event, names, values)

    lines = words.history_of(obj, say)
    if only is None:
        return lines
    return [replace(line, who=_("ほかの人"), note="") for line in lines if line.changes]


def describe(event: AuditEvent, names: Mapping[int, str], values: Words | None = None) -> Line:
    """`names`: names of users by key. `values`: shared by the lines of one page, to look up each kind once."""
    values = values or Words()
    is_applicant = event.actor_id is None and event.type in BY_APPLICANT
    who = _("申込者") if is_applicant else words.actor_words(event, names)
    changes = [
        (_label(event, name), _value(event, name, old, values), _value(event, name, new, values))
        for name, old, new in event.changed_fields
        if not (_is_empty(old) and _is_empty(new))  # a new row names all its fields
    ]
    return Line(event.at, who, event.get_type_display(), changes)


def _label(event: AuditEvent, name: str) -> str:
    field = _field(event, name)
    if field is None or event.object_type == "members.user":
        return str(FIELD_LABELS.get(name, name))
    return str(field.verbose_name)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _value(event: AuditEvent, name: str, value: Any, values: Words) -> str:
    if _is_empty(value):
        return _("なし")
    if value == WITHHELD:
        return _("（個人情報）")
    if event.object_type == "members.organization" and name in BY_STAFF:
        return values.of(name, value)
    if name == "rows":
        return _("%(count)s件") % {"count": sum(value.values())}
    if isinstance(value, bool):
        if event.object_type == "members.user":
            return _("利用中") if value else _("停止中")
        return _("はい") if value else _("いいえ")
    if isinstance(value, list):
        return "・".join(_value(event, name, item, values) for item in value)
    if str(value) in VALUE_LABELS:
        return str(VALUE_LABELS[str(value)])
    field = _field(event, name)
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    return str(choices.get(value, value))


def _field(event: AuditEvent, name: str) -> "models.Field[Any, Any] | None":
    """The model's field of this name, if model and field are still there."""
    try:
        field = apps.get_model(event.object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None
