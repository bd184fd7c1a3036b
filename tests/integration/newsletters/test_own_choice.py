"""What somebody signed in sees and chooses for the address of their account, under /my/."""

import pytest
from django.urls import reverse

from members.models import Organization
from members.services.memberships import start_membership
from newsletters.models import (
    Consent,
    HowAsked,
    HowEnded,
    Subscriber,
    SubscriberState,
    Subscription,
    SuppressionReason,
)
from newsletters.services import subscribing
from newsletters.services.consent_texts import current_text
from newsletters.services.members import choose_for_account
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in, text_of
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.newsletters import (
    ConsentTextFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
    SuppressionFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/my/newsletters/choose/"
ADDRESS = "hana@example.jp"


@pytest.fixture
def for_all():
    return NewsletterFactory(name="県民だより")


@pytest.fixture
def for_members():
    return NewsletterFactory(name="会員だより", readership="members")


@pytest.fixture
def user():
    return MembershipFactory(user__email="Hana@example.jp").user


@pytest.fixture
def browser(user):
    return signed_in(user)


def current() -> set[str]:
    return set(Subscription.objects.current().values_list("newsletter__name", flat=True))


def sent(page, *chosen):
    """As a browser sends the form that `page` shows, with these ticked."""
    form = page.context["form"]
    return {
        "version": form["version"].value(),
        "seen": form["seen"].value(),
        "newsletters": [each.public_id for each in chosen],
    }


class TestAMember:
    def test_sees_and_chooses(self, browser, user, for_all, for_members, django_assert_max_num_queries):
        NewsletterFactory(name="おわった", is_active=False)
        browser.get(PAGE)  # writes the first version of the words
        with django_assert_max_num_queries(14):
            page = browser.get(PAGE)
        shown = text_of(page)
        assert "いま、hana@example.jp に届くメルマガはありません。" in shown
        assert "おわった" not in shown
        assert "行きちがい" in shown
        assert "次の号から届きます" in shown
        assert not Subscriber.objects.exists()  # looking makes nobody a subscriber

        first = sent(page, for_all, for_members)
        assert browser.post(PAGE, first).headers["Location"] == PAGE
        subscriber = Subscriber.objects.get()
        assert (subscriber.address, subscriber.user) == (ADDRESS, user)
        assert subscriber.state == SubscriberState.CONFIRMED
        for newsletter in (for_all, for_members):
            assert list(Subscriber.objects.reading(newsletter)) == [subscriber]
        consent = Consent.objects.get()
        assert (consent.how, consent.text) == (HowAsked.FORM, current_text())
        assert set(consent.newsletters.all()) == {for_all, for_members}
        # The same click once more, also of a page drawn before, is the same wish.
        assert browser.post(PAGE, first).status_code == 302
        assert (
            Consent.objects.count() == AuditEvent.objects.filter(type="newsletters.subscribed").count() == 1
        )
        assert AuditEvent.objects.get(type="newsletters.subscribed").actor_id == user.pk

        page = browser.get(PAGE)
        assert text_of(page).count("checked") == 2
        assert browser.post(PAGE, sent(page, for_all)).status_code == 302
        assert current() == {"県民だより"}
        assert Subscription.objects.get(newsletter=for_members).how_ended == HowEnded.PAGE
        with django_assert_max_num_queries(12):
            shown = text_of(browser.get(reverse("newsletters:my-archive")))
        assert "県民だより" in shown
        assert "会員だより" not in shown

    def test_finds_what_the_address_got_already(self, browser, user, for_all, for_members):
        reader = SubscriptionFactory(newsletter=for_all, subscriber__address=ADDRESS).subscriber
        assert "県民だより" in text_of(browser.get(reverse("newsletters:my-archive")))
        browser.post(PAGE, sent(browser.get(PAGE), for_all, for_members))
        reader.refresh_from_db()
        assert reader.user == user
        assert list(Subscriber.objects.reading(for_members)) == [reader]

    def test_is_not_a_member_any_more(self, browser, user, for_all, for_members):
        Organization.objects.update(state="left", left_on="2026-01-01")
        page = browser.get(PAGE)
        assert "会員だより" not in text_of(page)
        response = browser.post(PAGE, sent(page, for_members))
        assert response.status_code == 422
        assert not Subscriber.objects.exists()
        choose_for_account(chosen=[for_members], text=current_text(), by=user)
        assert current() == set()


class TestAPageThatLayOpen:
    def test_what_came_meanwhile_is_not_ended(self, browser, user, for_all):
        NewsletterFactory(name="はじめから", readership="members", is_for_new_members=True)
        page = browser.get(PAGE)
        start_membership(organization=OrganizationFactory(), user=user, role="manager", by=user)
        response = browser.post(PAGE, sent(page, for_all))
        assert response.status_code == 422
        shown = text_of(response)
        assert "画面を開いたあとに、届くメルマガが変わりました" in shown
        assert "はじめから" in shown
        assert current() == {"はじめから"}
        # Told of it, and pressed again.
        assert browser.post(PAGE, sent(response, for_all)).status_code == 302
        assert current() == {"県民だより"}

    def test_what_was_left_meanwhile_does_not_begin_anew(self, browser, for_all, for_members):
        browser.post(PAGE, sent(browser.get(PAGE), for_all))
        before = sent(browser.get(PAGE), for_all, for_members)
        browser.post(PAGE, sent(browser.get(PAGE)))
        assert current() == set()
        assert browser.post(PAGE, before).status_code == 422  # the button "back", and the old page
        assert current() == set()

    def test_new_words_are_read_first(self, browser, for_all):
        old = sent(browser.get(PAGE), for_all)
        ConsentTextFactory(version=9, text="新しい文です。")
        response = browser.post(PAGE, old)
        assert response.status_code == 422
        assert "新しい文です。" in text_of(response)
        assert not Subscriber.objects.exists()


class TestAStoppedAddress:
    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            (SuppressionReason.SOFT_BOUNCES, "リンクを押してください"),
            (SuppressionReason.STAFF, "事務局に知らせてください"),
        ],
    )
    def test_can_only_be_left(self, browser, user, for_all, for_members, reason, words):
        SubscriptionFactory(newsletter=for_all, subscriber__address=ADDRESS)
        SuppressionFactory(address=ADDRESS, reason=reason)
        assert "への配信は、止まっています" in text_of(browser.get(reverse("newsletters:my-archive")))
        page = browser.get(PAGE)
        assert words in text_of(page)
        assert browser.post(PAGE, sent(page, for_all, for_members)).status_code == 422
        choose_for_account(chosen=[for_all, for_members], text=current_text(), by=user)
        assert current() == {"県民だより"}
        browser.post(PAGE, sent(page))
        assert current() == set()
        assert "受け取るメルマガ" in text_of(browser.get(PAGE))


def test_somebody_of_the_prefecture_chooses_what_is_for_everybody(for_all, for_members):
    browser = signed_in(UserFactory())
    page = browser.get(PAGE)
    assert "会員だより" not in text_of(page)
    browser.post(PAGE, sent(page, for_all))
    assert current() == {"県民だより"}


def test_nothing_is_issued(browser):
    assert "選べるメルマガはありません" in text_of(browser.get(PAGE))
    assert browser.post(PAGE, {"version": current_text().version}).status_code == 302
    assert not Subscriber.objects.exists()


def test_nothing_at_all_also_ends_what_is_not_issued_just_now(for_all):
    resting = NewsletterFactory(is_active=False)
    reader = SubscriberFactory()
    for newsletter in (for_all, resting):
        SubscriptionFactory(subscriber=reader, newsletter=newsletter)
    assert subscribing.current_newsletters(reader) == [for_all]
    subscribing.choose_newsletters(subscriber=reader, chosen=[for_all], text=current_text())
    assert Subscription.objects.current().count() == 2
    subscribing.choose_newsletters(subscriber=reader, chosen=[], text=current_text())
    assert not Subscription.objects.current().exists()
