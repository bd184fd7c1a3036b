"""What is done to every answer on its way out."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from platform_portal.middleware import HeadMiddleware


@pytest.mark.parametrize(("method", "body"), [("head", b""), ("get", b"page"), ("post", b"page")])
def test_only_head_goes_without_its_body(method, body):
    request = getattr(RequestFactory(), method)("/")
    response = HeadMiddleware(lambda request: HttpResponse(b"page"))(request)
    assert response.content == body
    if method == "head":
        assert response.headers["Content-Length"] == "4"
