"""Guards of public forms: token, origin, trap, limit. No cookie anywhere."""

import time

import pytest
import time_machine
from django.test import RequestFactory

from platform_portal.public_forms import (
    TOKEN_MAX_AGE,
    PublicForm,
    client_address,
    is_limited,
    is_same_origin,
    new_token,
)


class AskForm(PublicForm):
    purpose = "ask"


def filled(**data) -> AskForm:
    return AskForm({"token": new_token("ask"), **data})


def later(seconds: float):
    return time_machine.travel(time.time() + seconds, tick=False)


class TestToken:
    def test_after_some_seconds_it_is_good(self):
        form = filled()
        with later(5):
            assert form.is_valid()

    def test_at_once_is_too_fast_for_a_person(self):
        form = filled()
        assert not form.is_valid()
        assert form.errors.as_data()["token"][0].code == "too_fast"

    def test_next_morning_it_is_renewed_and_nothing_is_lost(self):
        form = filled()
        with later(TOKEN_MAX_AGE + 10):
            assert not form.is_valid()
            again = AskForm({"token": form.data["token"]})
        with later(TOKEN_MAX_AGE + 20):
            assert again.is_valid()

    @pytest.mark.parametrize("token", ["", "x", "a:b:c", "YXNr:1abc:zzz", "：：："])
    def test_forged(self, token):
        form = AskForm({"token": token})
        assert form.errors.as_data()["token"][0].code == "token"

    def test_of_another_form(self):
        form = AskForm({"token": new_token("other")})
        with later(5):
            assert not form.is_valid()

    def test_trap(self):
        assert filled(website_url="https://spam.example").is_trapped
        assert not filled().is_trapped

    def test_the_trap_says_so_where_the_page_does_not_answer_first(self):
        form = filled(website_url="https://pw.example")
        with later(5):
            assert not form.is_valid()
        assert form.errors.as_data()["token"][0].code == "trapped"
        assert "送る" in form.problem


class TestOrigin:
    @pytest.mark.parametrize(
        ("headers", "same"),
        [
            ({"HTTP_SEC_FETCH_SITE": "same-origin"}, True),
            ({"HTTP_SEC_FETCH_SITE": "none"}, True),
            ({"HTTP_SEC_FETCH_SITE": "cross-site"}, False),
            ({"HTTP_SEC_FETCH_SITE": "same-site"}, False),
            ({"HTTP_ORIGIN": "http://testserver"}, True),
            ({"HTTP_ORIGIN": "https://evil.example"}, False),
            ({"HTTP_ORIGIN": "null"}, False),
            ({}, True),
        ],
    )
    def test_what_the_browser_says(self, headers, same):
        assert is_same_origin(RequestFactory().post("/", **headers)) is same


class TestAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "expected"),
        [
            (0, "203.0.113.9", "192.0.2.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
            (2, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
            (2, "203.0.113.9", "192.0.2.1"),
            (1, "nonsense", "0.0.0.0"),
            (1, "", "192.0.2.1"),
        ],
    )
    def test_seen_through_trusted_proxies_only(self, settings, proxies, forwarded, expected):
        settings.PORTAL_TRUSTED_PROXIES = proxies
        request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
        assert client_address(request) == expected

    def test_limit_counts_per_sender(self):
        def post(address):
            return is_limited(RequestFactory().post("/", REMOTE_ADDR=address), group="test", rate="2/h")

        assert [post("192.0.2.1") for _ in range(3)] == [False, False, True]
        assert post("192.0.2.2") is False
