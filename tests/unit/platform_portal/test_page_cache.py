"""Kept pages: served while fresh, dropped when something is published, never with somebody's cookie."""

import pytest
from django.core.cache import cache
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from platform_portal.page_cache import PublicPageCacheMiddleware, forget_public_pages

PUBLIC = {"Cache-Control": "public, max-age=60", "ETag": '"abc"'}


class View:
    """Counts how often it was really asked."""

    def __init__(self, make=lambda: HttpResponse("ページ", headers=PUBLIC)) -> None:
        self.asked = 0
        self.make = make

    def __call__(self, request):
        self.asked += 1
        return self.make()


def ask(view, path="/windows/", method="get", **headers):
    return PublicPageCacheMiddleware(view)(getattr(RequestFactory(), method)(path, **headers))


def test_second_request_is_answered_from_the_cache():
    view = View()
    first, second = ask(view), ask(view)
    assert view.asked == 1
    assert second.content == first.content
    assert second.headers["Cache-Control"] == "public, max-age=60"


def test_other_query_is_another_page():
    view = View()
    ask(view, "/windows/?now=1")
    ask(view, "/windows/?now=0")
    assert view.asked == 2


def test_htmx_fragment_is_not_mistaken_for_the_page():
    view = View()
    ask(view)
    ask(view, HTTP_HX_REQUEST="true")
    assert view.asked == 2


def test_other_host_is_another_page(settings):
    settings.ALLOWED_HOSTS = ["*"]
    view = View()
    ask(view, HTTP_HOST="a.example")
    ask(view, HTTP_HOST="b.example")
    assert view.asked == 2


def test_publishing_makes_every_kept_page_stale():
    view = View()
    ask(view)
    forget_public_pages()
    ask(view)
    assert view.asked == 2


def test_etag_answers_not_modified_without_a_body():
    view = View()
    ask(view)
    answer = ask(view, HTTP_IF_NONE_MATCH='"abc"')
    assert (answer.status_code, answer.content, view.asked) == (304, b"", 1)
    assert answer.headers["ETag"] == '"abc"'


def test_head_may_use_a_kept_page_but_does_not_make_one():
    view = View()
    ask(view, method="head")
    ask(view)
    ask(view, method="head")
    assert view.asked == 2


def with_cookie():
    response = HttpResponse("ページ", headers=PUBLIC)
    response.set_cookie("a", "b")
    return response


@pytest.mark.parametrize(
    "make",
    [
        with_cookie,
        lambda: HttpResponse("x", headers={"Cache-Control": "no-store"}),
        lambda: HttpResponse("x", headers={"Cache-Control": "private, max-age=60"}),
        lambda: HttpResponse("x", headers={"Cache-Control": "public, max-age=0"}),
        lambda: HttpResponse("x"),
        lambda: HttpResponse("x", status=404, headers=PUBLIC),
        lambda: StreamingHttpResponse(["x"], headers=PUBLIC),
    ],
)
def test_never_kept(make):
    view = View(make)
    ask(view)
    ask(view)
    assert view.asked == 2


def test_post_passes_by():
    view = View()
    ask(view, method="post")
    ask(view, method="post")
    assert view.asked == 2


def test_overlong_address_is_not_worth_memory():
    view = View()
    for _ in range(2):
        ask(view, "/windows/?" + "a" * 400)
    assert view.asked == 2


def test_without_redis_every_request_reaches_the_view(monkeypatch):
    monkeypatch.setattr(cache._connections["default"], "get_many", lambda keys: {})
    view = View()
    ask(view)
    ask(view)
    assert view.asked == 2
