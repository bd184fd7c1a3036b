"""What should be mended before an issue leaves."""

import pytest
from django.urls import reverse

from newsletters.composing import compose_with_parts
from newsletters.lints import MANY_BYTES, MOST_BYTES, errors_in, lint
from tests.factories.consultations import WindowFactory
from tests.factories.events import EventFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.newsletters import IssueAttachmentFactory, IssueFactory, NewsletterFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def portal():
    return PortalSettingsFactory(secretariat_address="高松市番町四丁目1番10号")


def codes(body: str = "本文", **values: object) -> list[str]:
    issue = IssueFactory(body=body, **values)
    return [finding.code for finding in lint(issue, compose_with_parts(issue))]


def test_a_good_issue_has_none():
    assert codes("# 催し\n\n[県](https://www.example.jp/) [電話](tel:0120279338) 髙﨑①㈱") == []
    assert codes("**大事**なこと\n\n#8008 に電話できます") == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"subject": ""}, "no_subject"),
        ({"subject": "長" * 26}, "long_subject"),
        ({"body": " \n"}, "no_body"),
        ({"body": "{{天気}}"}, "unknown_block"),
        ({"body": "{{催し}}"}, "empty_block"),
        ({"body": "".join(f"{{{{催し {n}件}}}}\n" for n in range(1, 25))}, "many_blocks"),
        ({"body": "{{催し}}のお知らせ"}, "inline_block"),
        ({"body": "- くわしくは｛｛新しい窓口｝｝へ"}, "inline_block"),
        ({"body": "＊＊大事＊＊"}, "raw_bold"),
        ({"body": "**大事"}, "raw_bold"),
        ({"body": "はじめに\n#催し"}, "raw_heading"),
        ({"body": "（ここに、今月のひとことを書きます。）"}, "left_to_write"),
        ({"body": "<b>太字</b>"}, "tags"),
        ({"body": "[押す](javascript:alert)"}, "broken_link"),
        ({"body": "[押す](https://)"}, "broken_link"),
        ({"body": "[押す](https://a b)"}, "broken_link"),
        ({"body": "http://localhost:8000/"}, "inner_link"),
        ({"body": "https://127.0.0.1/"}, "inner_link"),
        ({"body": "https://192.168.0.1/"}, "inner_link"),
        ({"body": "https://intranet/"}, "inner_link"),
        ({"body": "http://www.example.jp/"}, "http_link"),
        ({"body": "http://testserver/nothing-here/"}, "lost_link"),
        ({"body": "http://testserver/desk/"}, "closed_link"),
        ({"body": "http://testserver/my/"}, "closed_link"),
        ({"body": "連絡は０９０－１２３４－５６７８まで"}, "mobile"),
        ({"body": "田中太郎さんが話します"}, "person"),
    ],
)
def test_what_is_found(values, code):
    assert code in codes(**values)


def test_members_have_pages_of_their_own():
    assert codes("http://testserver/my/", newsletter=NewsletterFactory(readership="members")) == []


def test_own_addresses_are_looked_up():
    window, event = WindowFactory(), EventFactory(draft=True)
    meeting = MeetingFactory(draft=True)
    good = reverse("consultations:window-detail", args=[window.public_id])
    assert codes(f"http://testserver{good} http://testserver") == []
    for bad in (
        reverse("meetings:event-detail", args=[event.public_id]),
        reverse("meetings:meeting-detail", args=[meeting.public_id]),
        reverse("consultations:window-detail", args=["zzzzzz"]),
    ):
        assert codes(f"http://testserver{bad}") == ["unpublished_link"]


@pytest.mark.parametrize(("size", "found"), [(MOST_BYTES, ["too_large"]), (MANY_BYTES, ["large"]), (10, [])])
def test_size(size, found):
    issue = IssueFactory()
    IssueAttachmentFactory(issue=issue, size=size)
    assert [finding.code for finding in lint(issue, compose_with_parts(issue))] == found


def test_the_sender_has_an_address_and_can_be_asked(portal):
    portal.secretariat_address = ""
    portal.save()
    newsletter = NewsletterFactory(reply_address="", is_active=False)
    issue = IssueFactory(newsletter=newsletter, subject="長" * 30)
    findings = lint(issue, compose_with_parts(issue))
    assert [finding.code for finding in errors_in(findings)] == ["stopped", "no_contact", "no_postal_address"]
    assert not findings[-1].is_error
