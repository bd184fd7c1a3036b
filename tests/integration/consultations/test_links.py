"""The link checker: what it asks, what it refuses, when it raises the alarm."""

import datetime as dt
import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consultations.links import fetching, services
from consultations.links.fetching import Answer, ask, is_public
from consultations.models import LinkCheck
from consultations.tasks import check_links as task
from tests.conftest import signed_in, text_of
from tests.factories.consultations import ChannelFactory, LinkCheckFactory, WindowFactory

OK, BAD = Answer(True, "200"), Answer(False, "404")


class Office(BaseHTTPRequestHandler):
    """Answers by path and writes down what it was asked."""

    asked: list[tuple[str, str, str]] = []

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def _answer(self, method: str) -> None:
        Office.asked.append((method, self.path, self.headers["User-Agent"]))
        host = f"http://127.0.0.1:{self.server.server_address[1]}"
        status, location = {
            "/": (200, ""),
            "/gone": (404, ""),
            "/no-head": (405 if method == "HEAD" else 200, ""),
            "/odd-head": (500 if method == "HEAD" else 200, ""),
            "/moved": (301, "/"),
            "/moved-to-gone": (302, f"{host}/gone"),
            "/loop": (302, "/loop"),
            "/inside": (302, "http://10.0.0.1/admin"),
            "/metadata": (302, "http://169.254.169.254/latest/"),
            "/file": (302, "file:///etc/passwd"),
            "/members-only": (403, ""),
        }.get(self.path, (200, ""))
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def office() -> Iterator[str]:
    Office.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "is_ok", "status"),
    [
        ("/", True, "200"),
        ("/gone", False, "404"),
        ("/no-head", True, "405"),
        ("/odd-head", True, "200"),
        ("/moved", True, "200"),
        ("/moved-to-gone", False, "404"),
        ("/members-only", True, "403"),
        ("/loop", False, "too many redirects"),
        ("/inside", False, "not public"),
        ("/metadata", False, "not public"),
        ("/file", False, "not an address of the web"),
        ("/相談?q=くらし", True, "200"),
    ],
)
def test_answers(office: str, path: str, is_ok: bool, status: str) -> None:
    assert ask(f"http://{office}{path}", allowed={office}) == Answer(is_ok, status)
    assert all("TsunagariPortal-LinkCheck" in agent for _method, _path, agent in Office.asked)
    assert Office.asked[0][0] == "HEAD"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:6379/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://169.254.169.254/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "https:///nothing",
        "https://example.com:8443/",
        "https://example.com:99999/",
        "http://[::1",
    ],
)
def test_what_is_not_public_is_never_connected_to(url: str, monkeypatch: Any) -> None:
    def connected(*args: Any, **kwargs: Any) -> None:
        raise AssertionError(args)

    monkeypatch.setattr(fetching.socket, "create_connection", connected)
    assert not ask(url).is_ok


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: Any) -> None:
    """A name that answers with a public address first and with ours afterwards gains nothing."""
    answers = iter(["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(
        fetching.socket,
        "getaddrinfo",
        lambda *args, **kwargs: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))],
    )
    reached: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], timeout: float) -> None:
        reached.append(address)
        raise TimeoutError

    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    assert ask("http://rebinding.example/") == Answer(False, "timeout")
    assert reached == [("93.184.215.14", 80)]


def test_one_private_answer_among_public_ones_is_enough(monkeypatch: Any) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(fetching.socket, "getaddrinfo", lambda *args, **kwargs: both)
    assert ask("http://two-faced.example/") == Answer(False, "not public")


@given(st.ip_addresses(v=4))
def test_private_addresses_stay_private_in_other_clothes(address: ipaddress.IPv4Address) -> None:
    if not is_public(str(address)):
        assert not is_public(f"::ffff:{address}")
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(str(address))


# --- Runs -------------------------------------------------------------------------------------------------
@pytest.fixture
def switched_on(settings: Any) -> None:
    settings.PORTAL_CHECK_LINKS = True


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


def run(answer: Answer, **options: Any) -> list[str]:
    """The links that were asked, in order."""
    asked: list[str] = []

    def asker(url: str, *, allowed: Any) -> Answer:
        asked.append(url)
        return answer

    services.check_links(asker=asker, **({"pause": 0} | options))
    return asked


@pytest.mark.django_db
class TestRuns:
    def test_nothing_is_asked_while_it_is_off(self, capsys: Any) -> None:
        WindowFactory(website="https://a.example/")
        assert run(OK) == []
        task()
        call_command("check_links")
        assert "確かめません" in capsys.readouterr().out
        assert not LinkCheck.objects.exists()

    def test_every_published_link_once(self, switched_on: None) -> None:
        window = WindowFactory(website="https://a.example/")
        ChannelFactory(window=window, kind="line", value="https://line.example/a", position=1)
        WindowFactory(website="https://a.example/")
        WindowFactory(website="https://draft.example/", draft=True)
        assert sorted(run(OK)) == ["https://a.example/", "https://line.example/a"]
        assert run(OK) == [], "a week has not passed"

    def test_alarm_after_two_runs_and_all_clear_after_one(
        self, switched_on: None, clock: Any, owner: Any
    ) -> None:
        window = WindowFactory(website="https://a.example/", name="開けない窓口")
        run(BAD)
        assert not LinkCheck.objects.broken().exists()
        assert "開けない窓口" not in text_of(signed_in(owner).get("/desk/verification/links/"))
        assert "開けない窓口" in text_of(signed_in(owner).get("/desk/verification/links/", {"show": "once"}))
        assert run(BAD) == [], "not twice in one night"
        clock.shift(dt.timedelta(days=1))
        assert run(BAD) == ["https://a.example/"]
        page = text_of(signed_in(owner).get("/desk/verification/links/"))
        assert "開けない窓口" in page
        assert f"/desk/windows/{window.public_id}/edit/" in page
        clock.shift(dt.timedelta(days=1))
        run(OK)
        link = LinkCheck.objects.get()
        assert (link.failures, link.last_ok_at) == (0, timezone.now())

    def test_bounded_and_the_longest_waiting_first(self, switched_on: None, clock: Any) -> None:
        for number in range(5):
            WindowFactory(website=f"https://office{number}.example/")
        first = run(OK, limit=2)
        assert len(first) == 2
        clock.shift(dt.timedelta(minutes=10))
        assert len({*first, *run(OK, limit=10)}) == 5
        assert run(OK, seconds=0) == []

    def test_a_host_is_given_a_pause(self, switched_on: None, monkeypatch: Any) -> None:
        pauses: list[float] = []
        monkeypatch.setattr(services.time, "sleep", pauses.append)
        for path in ("a", "b"):
            WindowFactory(website=f"https://same.example/{path}")
        WindowFactory(website="https://other.example/")
        run(OK, pause=1.0)
        assert len(pauses) == 1
        assert 0.5 < pauses[0] <= 1.0

    def test_links_that_nobody_names_any_more_are_forgotten(self, switched_on: None) -> None:
        LinkCheckFactory(url="https://old.example/")
        run(OK)
        assert not LinkCheck.objects.exists()

    def test_the_whole_way(self, switched_on: None, office: str, settings: Any, capsys: Any) -> None:
        settings.PORTAL_LINK_CHECK_ALLOWED = [office]
        WindowFactory(website=f"http://{office}/")
        WindowFactory(website=f"http://{office}/gone")
        services.check_links(pause=0)
        assert dict(LinkCheck.objects.values_list("url", "last_status")) == {
            f"http://{office}/": "200",
            f"http://{office}/gone": "404",
        }
        call_command("check_links")
        assert "確かめたリンク 0件" in capsys.readouterr().out

    def test_list_says_in_words_what_came_of_asking(self, owner_client: Client) -> None:
        for name, status in {"slow": "timeout", "odd": "BadStatusLine", "gone": "404"}.items():
            WindowFactory(website=f"https://{name}.example/")
            LinkCheckFactory(url=f"https://{name}.example/", last_status=status)
        page = text_of(owner_client.get("/desk/verification/links/"))
        for words in ("時間のうちに答えがありません", "つながりません", "404"):
            assert words in page
        assert "timeout" not in page
        assert "BadStatusLine" not in page

    def test_list_has_constant_queries(self, owner_client: Client) -> None:
        counts = []
        for size in (0, 3, 57):
            for number in range(size):
                url = f"https://office{size}-{number}.example/"
                WindowFactory(website=url)
                LinkCheckFactory(url=url)
            with CaptureQueriesContext(connection) as captured:
                page = text_of(owner_client.get("/desk/verification/links/"))
            counts.append(len(captured))
        assert counts[1] == counts[2]
        assert page.count("を直す") == 50
        LinkCheck.objects.all().delete()
        assert "つながらないリンクはありません" in text_of(owner_client.get("/desk/verification/links/"))
