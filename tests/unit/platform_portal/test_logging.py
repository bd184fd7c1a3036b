"""What a resident typed does not reach the log."""

import io
import logging
import runpy
import sys
from types import SimpleNamespace

from celery.app.log import Logging
from django.conf import settings
from django.db import IntegrityError

from platform_portal.celery import app
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
        "/events/application/WzEsMV0:a-Secret_1/",
        "/meetings/confirm/WzEsMV0:a-Secret_1/",
        "/meetings/invitations/WzEsMV0:a-Secret_1/",
    ):
        record = logging.LogRecord("x", logging.WARNING, "f", 1, "Gone: %s", (path,), None)
        PrivacyFilter().filter(record)
        assert record.getMessage() == f"Gone: {path.rsplit('/', 2)[0]}/…/"


ADDRESS = "hanako@group.example"


def logged(error: Exception, message: str = "failed: %s") -> str:
    record = logging.LogRecord("x", logging.ERROR, "f", 1, message, (error,), _caught(error))
    assert PrivacyFilter().filter(record)
    return logging.Formatter("%(message)s").format(record)


def _caught(error):
    try:
        raise error from ValueError(f"{ADDRESS} is no number")
    except Exception:  # whatever the test hands in
        return sys.exc_info()


def test_of_an_error_its_place_and_class_are_kept_not_its_words():
    text = logged(IntegrityError(f"Key (lower(email))=({ADDRESS}) already exists."))
    assert ADDRESS not in text
    assert text.startswith("failed: IntegrityError\n")
    assert "builtins.ValueError" in text
    assert "django.db.utils.IntegrityError" in text
    assert "raise error from ValueError" in text  # the line of the program


def test_error_without_words_takes_nothing_from_the_message():
    assert logged(RuntimeError(), "left as it is %s").startswith("left as it is")


def test_complaints_of_the_web_server_are_cut_too():
    stream = io.StringIO()
    log = logging.Logger("gunicorn.error")
    log.addHandler(logging.StreamHandler(stream))
    runpy.run_path(str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py"))["on_starting"](
        SimpleNamespace(log=SimpleNamespace(error_log=log))
    )
    log.error("Error handling request %s", "/search/?q=しにたい")
    assert stream.getvalue() == "Error handling request /search/?…\n"


def test_workers_and_beat_write_through_the_same_filter(monkeypatch):
    monkeypatch.setattr(Logging, "_setup", False)
    before = list(logging.getLogger().handlers)
    assert any(PrivacyFilter in map(type, handler.filters) for handler in before)
    Logging(app).setup()
    assert logging.getLogger().handlers == before
