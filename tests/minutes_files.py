"""A record as somebody might hand it in, of our own making: names and matters are invented."""

import io
from html import escape

import docx
import weasyprint

RECORD = """\
しおかぜ県孤独・孤立対策連絡会 第3回 議事録（要旨）

日時：令和7年6月18日（水）13:30～15:00
場所：県庁 3階第1会議室
出席者：しおかぜ大学 浜口 千尋 教授
　　　　あかり電話 井川 理事
　　　　幹事団体 9団体

次第
1 開会
2 議事
(1) 居場所の調査について 【資料1】
(2) 広報の進め方について 【資料2】
3 閉会

2 議事
(1) 居場所の調査について
【事務局から資料に基づき説明】
（あかり電話・井川理事）
居場所に来られない人には、どのように声をかけるのか。
（事務局）
電話と訪問で声をかけます。来年度の調査で確かめます。
（しおかぜ大学・浜口教授）
井川さんのお話に賛成です。調査票は短くしてください。
(2) 広報の進め方について
（あかり電話・井川理事）
広報紙は字が小さいので、大きくしてほしい。
（事務局）
次の号から大きくします。
"""
LATER = RECORD.replace("どのように声をかけるのか。", "どのように声をかけるのでしょうか。").replace(
    "次の号から大きくします。\n", "次の号から大きくします。\n（議長）\nそれでは、本日の協議を終わります。\n"
)


def as_word(text: str) -> bytes:
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_pdf(text: str) -> bytes:
    lines = "".join(f"<p style='margin: 0'>{escape(line) or '&nbsp;'}</p>" for line in text.splitlines())
    pdf: bytes = weasyprint.HTML(string=f"<html lang='ja'>{lines}").write_pdf()
    return pdf
