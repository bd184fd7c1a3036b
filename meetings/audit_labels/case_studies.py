"""What the audit events about case studies say in Japanese. Of the texts the record keeps nothing."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import CaseStudy
from meetings.models.case_studies import TEXTS
from meetings.scrubbing import LABELS as SIGNS
from platform_portal.audit import words
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.words import Line

LABELS = {
    "meetings.casestudy_created": gettext_lazy("書いた"),
    "meetings.casestudy_changed": gettext_lazy("直した"),
    "meetings.casestudy_submitted": gettext_lazy("確認を頼んだ"),
    "meetings.casestudy_withdrawn": gettext_lazy("確認を頼んだのを取り下げた"),
    "meetings.casestudy_published": gettext_lazy("認めて会員に見せた"),
    "meetings.casestudy_returned": gettext_lazy("下書きに戻した"),
    "meetings.casestudy_suspended": gettext_lazy("見せるのを止めた"),
    "meetings.casestudy_resubmitted": gettext_lazy("もう一度確認を頼んだ"),
    "meetings.casestudy_archived": gettext_lazy("保管した"),
    "meetings.casestudy_restored": gettext_lazy("下書きとして戻した"),
    "meetings.casestudy_sign_justified": gettext_lazy("残してよい理由を書いた"),
    "meetings.casestudy_read": gettext_lazy("読んだ"),
}


def text_label(name: str) -> str:
    field: Any = CaseStudy._meta.get_field(name)
    return str(field.verbose_name)


def history_of(case: CaseStudy) -> list[Line]:
    return words.history_of(case, describe)


def describe(event: AuditEvent, names: Mapping[int, str]) -> Line:
    what = event.get_type_display()
    changed = [text_label(name) for name in TEXTS if name in event.new]
    if changed:
        what = _("%(what)s（%(fields)s）") % {"what": what, "fields": "・".join(changed)}
    if "kind" in event.new:
        what = _("%(what)s（%(fields)s）") % {"what": what, "fields": SIGNS.get(event.new["kind"], "")}
    return Line(event.at, words.actor_words(event, names), what, [], event.note)
