"""Records of ten years of meetings: 80,000 utterances with 12 million characters, always the same.

Sentences are put together from the words that such meetings use, common ones often and rare ones seldom: a word like
相談 is in two rows of five, a word like 伴走支援員 in some dozens out of 80,000.
"""

import datetime as dt
import itertools
import random
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from meetings.models import AgendaItem, Audience, Body, Edition, Meeting, MeetingState, Minutes, Utterance
from meetings.searching import MOST_COUNTED, PER_PAGE
from members.models import User
from platform_portal.identifiers import ALPHABET, LENGTH
from platform_portal.publishing.states import State

MEETINGS, PER_MEETING, SMALL = 160, 500, 50
TITLE = "発言{}の会議"

COMMON = [
    "相談",
    "支援",
    "地域",
    "市町村",
    "団体",
    "取組",
    "事業",
    "孤立",
    "窓口",
    "連携",
    "孤独・孤立対策",
    "当事者",
]
USUAL = [
    "居場所", "見守り", "ひきこもり", "若者", "高齢者", "民生委員", "社会福祉協議会", "研修", "予算", "調査結果", "SNS",
    "電話相談", "学校", "家族", "生活困窮", "子ども食堂", "こころの健康", "就労", "住まい", "情報発信", "個人情報", "広報紙",
    "ボランティア", "専門職", "医療機関", "地域包括支援センター", "重層的支援体制", "アンケート", "計画", "自治会", "図書館",
    "商店街", "中山間地域", "交通手段", "外国人", "ひとり親", "不登校", "依存症", "自殺対策", "フードバンク", "企業",
]  # fmt: skip
RARE = [
    "ヤングケアラー", "伴走支援員", "孤独死", "つながりサポーター", "社会的処方", "終活", "ダブルケア", "更生保護", "多頭飼育",
    "ペット", "銭湯", "移動販売", "傾聴", "遺族", "がん患者", "難病", "手話通訳", "点字", "防災無線", "空き家",
]  # fmt: skip
SUBJECTS = [
    "私どもの{}",
    "県内の{}",
    "今年度の{}",
    "この{}",
    "多くの{}",
    "現場の{}",
    "{}の担当者",
    "{}につながる方",
]
OBJECTS = [
    "{}のあり方",
    "{}の課題",
    "{}の場",
    "{}への参加",
    "{}の周知",
    "{}の仕組み",
    "{}の現状",
    "{}との関わり",
]
ENDS = [
    "を一緒に考えていきたいと思います。", "が十分に届いていないと感じています。", "については、次回までに整理してお示しします。",
    "を続けることが何より大切ではないでしょうか。", "について、皆さまの御意見をいただければ幸いです。", "が増えているという声を聞いています。",
    "を広げるには、人手も予算も足りないのが実情です。", "は、資料の三ページにあるとおりです。",
]  # fmt: skip
SURNAMES = [
    "山田",
    "佐藤",
    "大西",
    "森",
    "高橋",
    "田中",
    "齋藤",
    "渡邊",
    "小林",
    "中村",
    "加藤",
    "吉田",
    "松本",
    "井上",
]
ROLES = ["課長", "会長", "理事", "事務局長", "委員", "代表", "主任", "参与"]
OFFICES = ["県社協", "いのちの電話", "保護観察所", "県薬剤師会", "市", "若者支援の会", "民生児童委員協議会"]
# What is looked for: common, usual and rare words, two characters and more, several at once.
ASKED = [
    "相談", "孤立", "孤独", "支援", "居場所", "ひきこもり", "傾聴", "銭湯", "難病", "ヤングケアラー", "伴走支援員", "孤独・孤立対策",
    "民生委員", "地域包括支援センター", "居場所 銭湯", "相談 孤立", "不登校 家族 学校", "ＳＮＳ", "社会的処方", "空き家",
]  # fmt: skip


def _word(rng: random.Random) -> str:
    kind = rng.random()
    return rng.choice(COMMON if kind < 0.42 else USUAL if kind < 0.996 else RARE)


def _sentence(rng: random.Random) -> str:
    subject, topic = rng.choice(SUBJECTS).format(_word(rng)), rng.choice(OBJECTS).format(_word(rng))
    return f"{subject}では、{topic}{rng.choice(ENDS)}"


def _text(rng: random.Random) -> str:
    wanted, text = rng.randint(60, 230), ""
    while len(text) < wanted:
        text += _sentence(rng)
    return text


def _ids() -> Iterator[str]:
    for number in itertools.count():
        places = (number // len(ALPHABET) ** power % len(ALPHABET) for power in range(LENGTH))
        yield "".join(ALPHABET[place] for place in places)


def fill(seed: int = 20260401) -> None:
    """Fills an empty, migrated database with published records that everybody may read in both editions."""
    rng, ids = random.Random(seed), _ids()
    writer = User.objects.create(email="writer@portal.example", name="書記", role="secretariat")
    bodies = [Body.objects.create(name=f"会議体{n}", public_id=next(ids)) for n in range(8)]
    for number in range(MEETINGS):
        _fill_meeting(number, bodies[number % 8], writer, rng, ids, PER_MEETING)
    _fill_meeting(MEETINGS, bodies[0], writer, rng, ids, SMALL)


def is_complete() -> bool:
    return Utterance.objects.exclude(named_vector=None).count() == MEETINGS * PER_MEETING + SMALL


def address_of(count: int) -> str:
    """Of the newest record with so many utterances."""
    meeting = Meeting.objects.filter(title=TITLE.format(count)).latest("starts_at")
    return reverse("meetings:minutes", args=[meeting.public_id])


def find_with_like(words: str) -> tuple[list[int], int]:
    """What the search answers, the first page and the count to the limit, by LIKE: the newest first, of the same records."""
    found = Utterance.objects.published(Edition.NAMED)
    for word in words.split():
        found = found.filter(text__contains=word)
    newest = found.order_by("-minutes__meeting__starts_at", "-minutes", "position", "pk")
    return list(newest.values_list("pk", flat=True)[:PER_PAGE]), found[: MOST_COUNTED + 1].count()


def _fill_meeting(
    number: int, body: Body, writer: User, rng: random.Random, ids: Iterator[str], count: int
) -> None:
    starts_at = dt.datetime(2016, 4, 10, 13, 30, tzinfo=timezone.get_default_timezone()) + dt.timedelta(
        days=22 * number
    )
    meeting = Meeting.objects.create(
        public_id=next(ids),
        body=body,
        title=TITLE.format(count),
        starts_at=starts_at,
        state=MeetingState.PUBLISHED,
        created_by=writer,
    )
    minutes = Minutes.objects.create(
        meeting=meeting, author=writer, named_audience=Audience.PUBLIC, labels_audience=Audience.PUBLIC
    )
    items = [
        AgendaItem.objects.create(
            public_id=next(ids), meeting=meeting, number=str(n + 1), title=f"議題{n + 1}", position=n
        )
        for n in range(10)
    ]
    blocks = [
        Utterance(
            public_id=next(ids), minutes=minutes, position=n, organization_name=rng.choice(OFFICES),
            speaker=rng.choice(SURNAMES), role=rng.choice(ROLES), text=_text(rng),
        )
        for n in range(count)
    ]  # fmt: skip
    Utterance.objects.bulk_create(blocks)
    for earlier, later in itertools.pairwise(blocks):
        if rng.random() < 0.2:
            later.reply_to = earlier
    Utterance.objects.bulk_update(
        [block for block in blocks if block.reply_to_id], ["reply_to"], batch_size=100
    )
    through = Utterance.agenda_items.through
    through.objects.bulk_create(
        through(utterance_id=block.pk, agendaitem_id=items[n * len(items) // count].pk)
        for n, block in enumerate(blocks)
    )
    # Last: nothing is added to a published record.
    Minutes.objects.filter(pk=minutes.pk).update(
        state=State.PUBLISHED, published_at=timezone.now(), published_by=writer
    )
