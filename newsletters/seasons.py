"""ひな形: what an issue may begin with, by the season. Data, to be written on; nothing here is sent as it stands."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Season:
    """`key` stands in addresses; never rename one."""

    key: str
    name: Any  # translated when it is shown
    months: tuple[int, ...]  # in which it is offered first; empty: always
    subject: str
    body: str


_MONTHLY = """いつもお読みいただき、ありがとうございます。
今月の催しと、新しく加わった相談窓口をお知らせします。

# これからの催し

{{催し 30日}}

# 新しい窓口・変わった窓口

{{新しい窓口}}

# 会議の記録

{{議事録}}

# 事務局から

（ここに、今月のひとことを書きます。）
"""

_MAY = """5月は、「孤独・孤立対策強化月間」です。
国や県、市町、たくさんの団体が、人と人とのつながりを考える催しを開きます。

# 「ちょっと気になる」から始まること

近ごろ顔を見ない人、話す相手が減ったように見える人はいませんか。
あいさつや短いひとことが、つながりの入り口になります。
くわしく聞き出したり、はげましたりしなくてかまいません。

# 強化月間の催し

{{催し 今月}}

# 話してみようと思ったら

名前を言わずに話せる窓口があります。家族や近所の人からの相談も受けています。

{{新しい窓口}}

# 会員団体の取り組み

（ここに、団体の取り組みを書きます。）
"""

_SEPTEMBER = """9月10日から16日は、「自殺予防週間」です。
こころが苦しいとき、ひとりでかかえなくてよいように、相談できるところをお知らせします。

# 身近な人のためにできること

- 気づく：眠れない、食べられない、ふさぎこんでいるなど、いつもとちがう様子に気づく
- 声をかける：「どうしたの」「眠れていますか」と、心配していることを伝える
- 聴く：さえぎらず、責めず、急いで答えを出さずに聴く
- つなぐ：ひとりで引き受けず、相談できるところにつなぐ
- 見守る：つないだあとも、あせらずに寄りそう

# いま、つらい気持ちの方へ

このメールを読んでいるあなた自身がつらいときも、電話やチャットで話せます。
夜や休みの日も、出る人がいる窓口があります。
名前は言わなくてかまいません。

# 研修・催し

{{催し 60日}}

# 新しい窓口・変わった窓口

{{新しい窓口}}
"""

_MARCH = """3月は、「自殺対策強化月間」です。
年度の変わり目は、進学や就職、異動、引っ越しで、くらしとつながりが変わる時期です。

# 変わり目に気をつけたいこと

- 眠れない日が続いていないか、自分にも、まわりの人にも、たずねてみましょう。
- 「だいじょうぶ」と言う人ほど、無理をしていることがあります。
- お金、仕事、家族のことは、早いうちの相談ほど、選べる道が多くあります。

# 相談できるところ

話す相手は、専門の人でなくてもかまいません。だれに話せばよいか分からないときも、窓口で一緒に考えます。

{{新しい窓口}}

# 今月の催し

{{催し 今月}}

# 1年の活動から

{{議事録 3か月}}

（ここに、1年のふりかえりを書きます。）
"""

SEASONS = (
    Season("monthly", _("毎月のお知らせ"), (), "今月の催しと新しい窓口", _MONTHLY),
    Season("may", _("5月 孤独・孤立対策強化月間"), (4, 5), "5月は孤独・孤立対策強化月間です", _MAY),
    Season("september", _("9月 自殺予防週間"), (8, 9), "9月10日からは自殺予防週間です", _SEPTEMBER),
    Season("march", _("3月 自殺対策強化月間"), (2, 3), "3月は自殺対策強化月間です", _MARCH),
)


def season_of(key: str) -> Season | None:
    return next((season for season in SEASONS if season.key == key), None)


def seasons_for(month: int) -> list[Season]:
    """All of them, those of this month first."""
    return sorted(SEASONS, key=lambda season: month not in season.months)
