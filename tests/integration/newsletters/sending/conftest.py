"""An issue on its way, and the server that it goes to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newsletters.models import Delivery, Issue
from tests.factories.newsletters import (
    IssueFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
)
from tests.smtp_server import SmtpServer, smtp_server


@pytest.fixture
def server(settings: Any) -> Iterator[SmtpServer]:
    with smtp_server() as running:
        settings.PORTAL_MAIL_BACKEND = "platform_portal.mail.smtp.CarefulBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.PORTAL_NEWSLETTERS_PER_MINUTE = 600_000
        settings.PORTAL_NEWSLETTER_SENDERS = 1
        yield running


@pytest.fixture
def issue_to() -> Callable[..., Issue]:
    """`issue_to("a", "b")`: scheduled for now, with these readers."""

    def make(*names: str, **values: Any) -> Issue:
        newsletter = NewsletterFactory()
        for name in names:
            reader = SubscriberFactory(address=address(name))
            SubscriptionFactory(newsletter=newsletter, subscriber=reader)
        issue: Issue = IssueFactory(scheduled=True, newsletter=newsletter, **values)
        return issue

    return make


def address(name: str) -> str:
    return f"{name}@npo.example"


def state_of(name: str) -> str:
    return str(Delivery.objects.get(address=address(name)).state)


def row_of(name: str) -> Delivery:
    row: Delivery = Delivery.objects.get(address=address(name))
    return row
