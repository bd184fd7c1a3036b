"""The audit record in words."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from consultations import audit_labels, services
from consultations.workflow import MEMBER_WAYS, REVISION_WAYS, WINDOW_WAYS
from platform_portal.audit.models import AuditEvent


def types_in_use() -> set[str]:
    folder = Path(settings.BASE_DIR) / "consultations"
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path.name != "audit_labels.py"
    )
    written = set(
        re.findall(
            r'"(consultations\.(?:windows?|revision|report|category|override|word|rules)_[a-z]+)"', text
        )
    )
    steps = {f"consultations.window_{way.verb}" for way in [*WINDOW_WAYS.values(), *MEMBER_WAYS.values()]}
    steps |= {f"consultations.revision_{way.verb}" for way in REVISION_WAYS.values()}
    steps.add("consultations.revision_proposed")
    verbs = {"consultations.window_created", "consultations.window_changed"}
    return written | steps | verbs | {"consultations.override_added", "consultations.override_changed"}


def test_every_type_of_event_has_words():
    assert types_in_use() == set(audit_labels.LABELS)


@pytest.mark.parametrize("name", [*services.CONTENT_FIELDS, "channels", "exceptions", "fallbacks", "state"])
def test_every_field_has_a_japanese_name(name):
    assert re.search(r"[぀-ヿ一-鿿]|ID", audit_labels.field_label(name))


class TestDescribe:
    def line(self, **fields: Any) -> audit_labels.Line:
        event = AuditEvent(type="consultations.window_changed", **fields)
        names = audit_labels.Names(
            people={7: "県庁 あおい"}, categories={"living": "生活"}, windows={"abc234": "別の窓口"}
        )
        return audit_labels.describe(event, names)

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("fee", "free", "無料"),
            ("opening_hours", "Mo-Fr 08:30-17:15; PH off", "月〜金 8:30〜17:15 ／ 祝日 休み"),
            ("state", "published", "公開中"),
            ("is_women_only", True, "はい"),
            ("askers", ["self", "family"], "本人・家族"),
            ("categories", ["living", "gone"], "生活・gone"),
            ("fallbacks", ["abc234"], "別の窓口"),
            ("languages", ["en", "zh"], "英語・中国語"),
            ("verified_on", "2026-11-21", "2026年11月21日"),
            ("exceptions", [["2026-12-28", "", "棚おろし"]], "2026年12月28日 休み（棚おろし）"),
            ("name", "", "なし"),
            ("minimum_age", 18, "18"),
        ],
    )
    def test_values(self, name, value, words):
        assert self.line(new={name: value}).changes == [(audit_labels.field_label(name), "なし", words)]

    def test_channel(self):
        channel = {"kind": "phone", "value": "0120-000-000", "toll": "free", "accepts_ip_phone": False}
        ((_name, _old, new),) = self.line(new={"channels": [channel]}).changes
        assert new == "電話 0120-000-000 通話無料 IP電話からかけられる：いいえ"

    @pytest.mark.parametrize(("actor", "who"), [(7, "県庁 あおい"), (8, "利用者 8"), (None, "ポータル")])
    def test_people(self, actor, who):
        assert self.line(actor_id=actor).who == who

    def test_garbage_in_the_record_is_shown_as_it_is(self):
        assert self.line(new={"no_such_field": "x", "state": "?", "valid_from": "?"}).changes == [
            ("no_such_field", "なし", "x"),
            ("公開状態", "なし", "?"),
            ("開設期間（から）", "なし", "?"),
        ]
