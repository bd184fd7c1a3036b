"""What the newsletters of a trial say. Made up for it; no name, number or address in it belongs to anybody."""

from dataclasses import dataclass
from typing import Any

from newsletters.models import Readership

NEWSLETTERS: tuple[dict[str, Any], ...] = (
    {
        "list_label": "kaiin",
        "name": "会員向けお知らせ",
        "description": "会議や研修の日程、会員どうしの連携のお知らせです。会員団体の担当の方に送ります。",
        "readership": Readership.MEMBERS,
        "is_for_new_members": True,
        "position": 10,
    },
    {
        "list_label": "tayori",
        "name": "県民向けつながりだより",
        "description": "だれでも来られる催しと、新しい相談窓口のお知らせです。月に1回ほど届きます。",
        "readership": Readership.PUBLIC,
        "position": 20,
    },
    {
        "list_label": "josei",
        "name": "助成・補助のお知らせ",
        "description": "団体の活動に使える助成金や補助金の募集を、見つけしだいお知らせします。",
        "readership": Readership.PUBLIC,
        "position": 30,
    },
)


@dataclass(frozen=True, slots=True)
class Sent:
    """An issue that was sent `days_ago`. Of its copies `refused` were refused, `came_back` came back later."""

    list_label: str
    subject: str
    body: str
    days_ago: int
    refused: int = 0
    came_back: int = 0
    doubtful: int = 0
    page_views: int = 0


SENT = (
    Sent(
        "tayori",
        "秋の夜長に、話せる場所があります",
        """こんにちは。つながりだよりです。

日が短くなってきました。夜になると気持ちがしずむ、という声をよく聞きます。話してみたいと思ったときに使える窓口と、だれでも来られる催しをお知らせします。

# 催し

{{催し}}

# 窓口の使い方

- 電話は、名前を言わなくてもかまいません。
- うまく話せなくても、だまっていても大丈夫です。
- 電話が苦手な方は、メールやチャットの窓口もあります。

相談窓口の一覧は、つながりポータルでいつでも見られます。""",
        days_ago=40,
        refused=1,
        came_back=1,
        page_views=28,
    ),
    Sent(
        "kaiin",
        "情報交換会の日程と、ケーススタディの持ち寄りのお願い",
        """会員のみなさまへ

いつもご協力をありがとうございます。

# 情報交換会

次の情報交換会では、**ケーススタディ**に時間をかけます。各団体で対応にまよった例を、1つずつお持ちください。どなたのことか分からないように直してからお願いします。

# お願い

1. 持ち寄る例の見出しだけ、前の週までに事務局にお知らせください。
2. 出欠は、会議の案内のメールからお答えください。

# 新しい議事録

{{議事録}}""",
        days_ago=12,
        doubtful=1,
    ),
)

DRAFT_SUBJECT = "3月は自殺対策強化月間です"
DRAFT_BODY = """3月は、自殺対策強化月間です。ポータルに載せている窓口と、県内の催しをまとめました。

# 催し

{{催し}}

# 新しい窓口

{{新しい窓口}}

（ここに、各課からの原稿を入れる）"""

REVIEW_SUBJECT = "居場所づくりに使える助成金のご案内"
REVIEW_BODY = """団体のみなさまへ

居場所づくりや、見守りの活動に使える助成金の募集が始まりました。

# 申し込む前に

- 募集の要項を、はじめから終わりまで読んでください。
- 分からないことは、事務局にお聞きください。書類の書き方も、いっしょに考えます。

# 過去に使われた例

子ども食堂の冷蔵庫の買いかえ、出張相談の交通費、チラシの印刷などに使われています。"""
