"""A newsletter of about 14 kB as a mail; the others of the comparison send the same (peers.py)."""

SUBJECT = "11月のお知らせ"
_LEAVE = "http://127.0.0.1/newsletters/leave/%%token%%/"
TEXT = "お茶の会があります。どなたでもどうぞ。\n" * 50 + f"\n配信停止: {_LEAVE}\n"
HTML = "<p>お茶の会があります。どなたでもどうぞ。</p>\n" * 80 + f'<p><a href="{_LEAVE}">配信停止</a></p>'
