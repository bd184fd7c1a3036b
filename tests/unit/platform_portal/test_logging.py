"""What a resident typed does not reach the log."""

import logging

from platform_portal.logging import PrivacyFilter


def test_query_string_and_request_are_cut():
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "Not Found: %s", ("/search/?q=しにたい",), None)
    record.request = object()
    assert PrivacyFilter().filter(record)
    assert record.getMessage() == "Not Found: /search/?…"
    assert not hasattr(record, "request")


def test_secrets_of_mailed_links_are_cut():
    for path in (
        "/invitation/a-Secret_1/",
        "/join/application/WzEsMV0:a-Secret_1/",
        "/accounts/password/reset/key/3k-abc-123/",
    ):
        record = logging.LogRecord("x", logging.WARNING, "f", 1, "Gone: %s", (path,), None)
        PrivacyFilter().filter(record)
        assert record.getMessage() == f"Gone: {path.rsplit('/', 2)[0]}/…/"
