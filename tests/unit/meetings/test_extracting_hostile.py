"""Files that somebody made to hurt, or only by mistake: each gets a sentence, none costs the portal anything."""

import io
import re

import pytest

from meetings.confined import __main__ as child
from meetings.confined import running
from meetings.confined.errors import DeclinedError
from meetings.confined.running import ConfinedError, run_confined
from meetings.extracting import UnreadableFileError, extract_text
from tests.paper_files import HOSTILE, bare_pdf, entity_word, fetching_word, pdf, scanned_pdf, word


def refused(data: bytes, name: str = "議事録.docx") -> str:
    with pytest.raises(UnreadableFileError) as caught:
        extract_text(io.BytesIO(data), name)
    return caught.value.message


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_answered_in_words(name):
    make, words = HOSTILE[name]
    said = refused(make())
    assert words in said
    assert re.search(r"[ぁ-ん].*。$", said)
    assert not re.search(r"Error|Exception|Traceback|/work|0x", said)


def test_nothing_of_them_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for make, _words in HOSTILE.values():
        refused(make())
    assert list(tmp_path.iterdir()) == []


def test_too_large(settings):
    settings.PORTAL_PAPER_MB = 1
    assert "1 MB まで" in refused(b"a" * (1024 * 1024 + 1))


def test_a_pdf_of_pictures_says_what_to_do():
    assert "文字が入っていないPDFです。" in refused(scanned_pdf())
    assert "OCR" in refused(bare_pdf())


def test_word_without_a_word():
    assert "文字が入っていない" in refused(word(""))


def test_other_offices_are_named():
    from tests.hostile_files import workbook

    assert "Word の文書ではありません" in refused(workbook([["名称"]]))


def test_entities_do_not_unfold():
    data = entity_word()
    try:
        text = extract_text(io.BytesIO(data)).text
    except UnreadableFileError as error:
        text = error.message
    assert len(text) < 1_000


@pytest.mark.parametrize("target", ["file:///C:\\Users\\x\\Normal.dotx", "theme/theme1.xml"])
def test_what_does_no_harm_is_taken(target):
    assert "山田" in extract_text(io.BytesIO(fetching_word(target))).text


def test_links_are_taken():
    assert "山田" in extract_text(io.BytesIO(fetching_word("https://pref.example/", "hyperlink"))).text


def _declines(data: bytes, wanted: int) -> None:
    raise DeclinedError("pages")


def _runs_out(data: bytes, wanted: int) -> None:
    raise MemoryError


class TestChild:
    """What the kernel holds the child to."""

    @pytest.fixture
    def task(self, tmp_path, monkeypatch):
        """Runs a few lines of Python in the place of a reader."""

        def run(lines: str, **limits: int) -> running.Answer:
            package = tmp_path / "meetings" / "confined"
            package.mkdir(parents=True)
            for each in (running.ROOT / "meetings" / "confined").glob("*.py"):
                (package / each.name).write_text(each.read_text(encoding="utf-8"), encoding="utf-8")
            body = "\n".join(f"    {line}" for line in lines.splitlines())
            (package / "pdf.py").write_text(f"def read(data):\n{body}\n    return {{}}, b''\n")
            monkeypatch.setattr(running, "ROOT", tmp_path)
            return run_confined("pdf", b"x", **limits)

        return run

    def test_answers(self, task):
        assert task("return {'a': len(data)}, b'png'") == running.Answer({"a": 1}, b"png")

    @pytest.mark.parametrize(
        ("lines", "code"),
        [
            ("while True: pass", "slow"),
            ("import time; time.sleep(60)", "slow"),
            ("x = bytearray(3_000_000_000)", "memory"),
            ("import os; os.kill(os.getpid(), 11)", "crashed"),
            ("raise RuntimeError('secret')", "crashed"),
            ("import sys; sys.exit(3)", "crashed"),
            ("return {}, b'x' * 70_000_000", "crashed"),
        ],
    )
    def test_is_held(self, task, lines, code):
        with pytest.raises(ConfinedError) as caught:
            task(lines, seconds=2)
        assert caught.value.code == code

    def test_knows_nothing_of_ours(self, task, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
        names = task("import os; return {'names': sorted(os.environ)}, b''").facts["names"]
        assert not [name for name in names if name.startswith(("PORTAL", "DATABASE", "REDIS", "DJANGO"))]

    def test_takes_no_django_in(self):
        assert run_confined("pdf", pdf("<p>語</p>"), max_pages=1).facts["pages"] == 1
        sources = "".join(
            path.read_text(encoding="utf-8") for path in (running.ROOT / "meetings/confined").glob("*.py")
        )
        assert "import django" not in sources
        assert "from django" not in sources

    @pytest.mark.parametrize(
        ("read", "answer"),
        [
            (lambda data, wanted: ({"length": len(data) + wanted}, b"png"), b'{"length": 4}\npng'),
            (_declines, b'{"declined": "pages"}\n'),
            (_runs_out, b'{"declined": "memory"}\n'),
        ],
    )
    def test_what_it_writes(self, read, answer, monkeypatch):
        """The same steps without the bounds, which would hold the tests themselves."""
        bounds = {}
        monkeypatch.setattr(child, "bound", lambda **limits: bounds.update(limits))
        monkeypatch.setitem(child.TASKS, "pdf", "meetings.confined.pdf")
        monkeypatch.setattr("meetings.confined.pdf.read", read)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"abc")))
        written = io.TextIOWrapper(io.BytesIO())
        monkeypatch.setattr("sys.stdout", written)
        child.main("pdf", '{"seconds": 1}', '{"wanted": 1}')
        assert written.buffer.getvalue() == answer
        assert bounds == {"seconds": 1}

    def test_every_bound_is_hard(self, monkeypatch):
        held = {}
        monkeypatch.setattr("resource.setrlimit", lambda what, limits: held.update({what: limits}))
        child.bound(seconds=1, memory=2, answer=3)
        assert set(held.values()) == {(1, 1), (2, 2), (3, 3), (0, 0)}
        assert len(held) == 5
