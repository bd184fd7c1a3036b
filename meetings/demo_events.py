"""Made-up events for showing and trying: this week, this month, past, cancelled, in review. None of them takes place."""

import datetime as dt
from typing import Any

from django.utils import timezone

from meetings.models import Event
from meetings.services import events as services
from members.models import Organization
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality

# (title, kind, days from today, from, to, who: None = the prefecture, else the n-th member; what becomes of it)
EVENTS: tuple[dict[str, Any], ...] = (
    {
        "title": "だれでも来られる居場所の日（試用）",
        "kind": "ibasho",
        "in_days": 5,
        "at": (13, 16),
        "member": 0,
        "description": "お茶を飲んで、すきなことをして過ごします。\n\n- 申し込まなくても来られます\n"
        "- 話さなくても大丈夫です\n- 途中で帰っても大丈夫です",
        "fee": "無料",
        "target_people": "どなたでも",
        "is_wheelchair_accessible": True,
        "accepts_applications": False,
    },
    {
        "title": "つながりサポーター養成講座（試用）",
        "kind": "training",
        "in_days": 12,
        "at": (10, 15),
        "member": None,
        "description": "孤独や孤立について学び、身近な人に気づいて声をかけるこつを練習します。\n\n"
        "## 内容\n\n1. 孤独と孤立はどうちがうか\n2. 話の聞き方\n3. 相談先へのつなぎ方",
        "fee": "無料",
        "target_people": "県内に住んでいる人、働いている人",
        "has_sign_language": True,
        "accepts_applications": True,
        "capacity": 30,
    },
    {
        "title": "家族のための交流会（試用）",
        "kind": "exchange",
        "in_days": 26,
        "at": (14, 16),
        "member": 1,
        "description": "ひきこもりの人の家族が、気持ちや工夫を話し合います。名前を言わなくても参加できます。",
        "fee": "200円（お茶代）",
        "target_people": "家族",
        "accepts_applications": True,
        "capacity": 12,
    },
    {
        "title": "孤独・孤立を考えるシンポジウム（試用）",
        "kind": "symposium",
        "in_days": -20,
        "at": (13, 16),
        "member": None,
        "description": "県内の取組を知り、これからを話し合いました。",
        "fee": "無料",
        "target_people": "どなたでも",
        "accepts_applications": False,
    },
    {
        "title": "海辺のさんぽ会（試用）",
        "kind": "other",
        "in_days": 9,
        "at": (9, 11),
        "member": 0,
        "description": "海辺をゆっくり歩きます。",
        "fee": "無料",
        "target_people": "どなたでも",
        "accepts_applications": True,
        "becomes": "cancelled",
    },
    {
        "title": "聞き方の練習会（試用）",
        "kind": "seminar",
        "in_days": 33,
        "at": (18, 20),
        "member": 1,
        "description": "話を最後まで聞く練習をします。",
        "fee": "無料",
        "target_people": "支援をしている人",
        "accepts_applications": True,
        "becomes": "in_review",
    },
)


def load_demo_events(*, by: Any, approver: Any) -> int:
    """Adds those whose title is not there yet. Returns how many."""
    members = list(Organization.objects.active().order_by("pk")[:2])
    town = Municipality.objects.own().first()
    made = 0
    for entry in EVENTS:
        if Event.objects.filter(title=entry["title"]).exists():
            continue
        host = members[entry["member"]] if entry["member"] is not None and members[1:] else None
        _load(entry, host=host, town=town, by=by, approver=approver)
        made += 1
    return made


def _load(entry: dict[str, Any], *, host: Any, town: Any, by: Any, approver: Any) -> None:
    day = timezone.localdate() + dt.timedelta(days=entry["in_days"])
    # Announced while it was still to come: what is over cannot be.
    coming = day if entry["in_days"] > 0 else timezone.localdate() + dt.timedelta(days=1)
    names = [name for name in services.FIELDS if name in entry]
    values = {
        **{name: entry[name] for name in names},
        **_times(coming, entry["at"]),
        "place": "市民センター 2階（試用）",
        "municipality": town,
        "contact_name": "試用の問い合わせ先",
        "contact_phone": "087-000-0000",
    }
    event = services.save_event(event=Event(organization=host), values=values, by=by, as_member=False).event
    services.move_event(event=event, to=State.IN_REVIEW, by=by)
    if entry.get("becomes") == "in_review":
        return
    services.move_event(event=event, to=State.PUBLISHED, by=approver)
    if entry.get("becomes") == "cancelled":
        services.cancel_event(
            event=event, by=by, reason="強い風の予報が出ているため（試用）", as_member=False
        )
    if coming != day:
        Event.objects.filter(pk=event.pk).update(**_times(day, entry["at"]))


def _times(day: dt.date, at: tuple[int, int]) -> dict[str, dt.datetime]:
    zone = timezone.get_current_timezone()
    first, last = (dt.datetime.combine(day, dt.time(hour), zone) for hour in at)
    return {"starts_at": first, "ends_at": last}
