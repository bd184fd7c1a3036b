"""A directory of any size that behaves like a real one: shared and own hours, areas, channels, words.

Always the same for the same size. Some 300 different rules of hours for 5,000 windows, as offices copy
each other's; one window in twenty has dates of its own and so a rule that nobody shares.
"""

import random
from collections.abc import Iterator

from consultations.models import Category, Channel, ConsultationWindow, Schedule
from platform_portal.identifiers import ALPHABET, LENGTH
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality, PortalSettings, Prefecture

SUBJECTS = [
    "くらし",
    "こころ",
    "子育て",
    "しごと",
    "介護",
    "住まい",
    "お金",
    "ひきこもり",
    "学校",
    "ことば",
    "人権",
    "女性",
]
PLACES = [
    "高松",
    "丸亀",
    "坂出",
    "善通寺",
    "観音寺",
    "さぬき",
    "東かがわ",
    "三豊",
    "土庄",
    "小豆島",
    "三木",
    "直島",
]
KINDS = ["相談センター", "ホットライン", "サポート窓口", "支援室", "電話相談", "よりあい"]


def rules() -> list[str]:
    """About 300 rules as they occur: offices, evenings, weekends, nights, nth weekdays, round the clock."""
    opens = ["08:30", "09:00", "09:30", "10:00", "13:00"]
    closes = ["16:00", "16:30", "17:00", "17:15", "18:00", "20:00", "21:00"]
    days = ["Mo-Fr", "Mo-Sa", "Tu-Su", "Mo-Su", "Mo,We,Fr", "Sa,Su", "We[2,4]", "Tu,Th"]
    found = [f"{day} {start}-{end}; PH off" for day in days for start in opens for end in closes]
    return [*found, "24/7", "Mo-Su 18:00-32:00", "Mo-Fr 10:00-12:00,13:00-17:00; PH off"]


def _public_id(number: int) -> str:
    """Drawn ids would meet at this size: 50,000 out of 30 to the power of 6."""
    places = (number // len(ALPHABET) ** power % len(ALPHABET) for power in range(LENGTH))
    return "".join(ALPHABET[place] for place in places)


def _window(number: int, rng: random.Random, rule: str) -> ConsultationWindow:
    subject, place, kind = rng.choice(SUBJECTS), rng.choice(PLACES), rng.choice(KINDS)
    return ConsultationWindow(
        public_id=_public_id(number),
        name=f"{place}{subject}{kind}{number}",
        kana=f"マドグチ{number:06d}",
        description=f"{subject}のことで困っている人の話を聞きます。{place}に住む人も、家族も相談できます。",
        operator=f"{place}の相談機関",
        area_scope=rng.choices(["municipality", "prefecture", "national"], [70, 25, 5])[0],
        fee=rng.choice(["free", "free", "unknown"]),
        anonymity=rng.choice(["yes", "partly", "no", "unknown"]),
        languages=rng.choice([[], ["ja"], ["ja", "en"], ["ja", "en", "zh"]]),
        askers=rng.choice([[], ["self"], ["self", "family"]]),
        opening_hours=rule,
        hours_text="案内のとおり",
        state=State.PUBLISHED,
    )


def _channels(window: ConsultationWindow, number: int, rng: random.Random) -> Iterator[Channel]:
    digits = f"0{rng.randint(100_000_000, 999_999_999)}"
    rule = window.opening_hours
    if number % 20 == 0:
        rule += f"; 2026 Dec {1 + number % 28:02d} off"
    yield Channel(
        window=window, kind="phone", value=digits, digits=digits, toll="charged", effective_hours=rule
    )
    if number % 3 == 0:
        yield Channel(window=window, position=1, kind="visit", value="", effective_hours=rule)
    if number % 10 == 0:
        yield Channel(
            window=window,
            position=1,
            kind="line",
            value=f"https://line.example/{number}",
            effective_hours=rule,
        )


def fill(count: int, seed: int = 20260401) -> None:
    """Fills an empty, migrated database with `count` published windows."""
    rng = random.Random(seed)
    categories = [
        Category.objects.create(
            slug=f"topic-{n}", name=f"分野{n}", description="こまったこと", icon="living", position=n
        )
        for n in range(15)
    ]
    prefecture = Prefecture.objects.create(code="370002", name="香川県", kana="カガワケン")
    towns = [
        Municipality.objects.create(code=code, name=name, kana=name, prefecture=prefecture)
        for code, name in [
            ("372013", "高松市"),
            ("372021", "丸亀市"),
            ("372030", "坂出市"),
            ("372048", "善通寺市"),
        ]
    ]
    PortalSettings.objects.create(
        pk=1, platform_name="プラットフォーム", secretariat_name="事務局", prefecture=prefecture
    )
    choices = rules()
    windows = [_window(n, rng, choices[int(rng.triangular(0, len(choices), 0))]) for n in range(count)]
    ConsultationWindow.objects.bulk_create(windows, batch_size=1000)
    channels = [channel for n, window in enumerate(windows) for channel in _channels(window, n, rng)]
    key_of = Schedule.objects.keys_of(channel.effective_hours for channel in channels)
    for channel in channels:
        channel.schedule_id = key_of[channel.effective_hours]
    Channel.objects.bulk_create(channels, batch_size=2000)
    through = ConsultationWindow.categories.through
    through.objects.bulk_create(
        [
            through(consultationwindow_id=window.pk, category_id=category.pk)
            for window in windows
            for category in rng.sample(categories, rng.randint(1, 3))
        ],
        batch_size=5000,
    )
    places = ConsultationWindow.municipalities.through
    places.objects.bulk_create(
        [
            places(consultationwindow_id=window.pk, municipality_id=rng.choice(towns).pk)
            for window in windows
            if window.area_scope == "municipality"
        ],
        batch_size=5000,
    )
