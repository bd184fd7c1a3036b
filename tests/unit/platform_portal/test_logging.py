"""What a resident typed does not reach the log."""

import logging

from platform_portal.logging import PrivacyFilter


def test_query_string_and_request_are_cut():
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "Not Found: %s", ("/search/?q=しにたい",), None)
    record.request = object()
    assert PrivacyFilter().filter(record)
    assert record.getMessage() == "Not Found: /search/?…"
    assert not hasattr(record, "request")
