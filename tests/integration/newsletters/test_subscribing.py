"""Asking, confirming, choosing and leaving: what readers do, and what somebody does in their name."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import OrganizationState
from newsletters.links import leave_token
from newsletters.models import (
    Consent,
    ConsentText,
    HowAsked,
    HowEnded,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
    SuppressionReason,
)
from newsletters.services import subscribing
from newsletters.services.consent_texts import current_text
from newsletters.subscriber_links import choose_token, confirm_token
from platform_portal import public_forms
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import MailState, OutgoingMail
from platform_portal.public_forms import new_token
from tests.conftest import text_of
from tests.factories.members import MembershipFactory, OrganizationFactory
from tests.factories.newsletters import (
    ConsentTextFactory,
    DeliveryFactory,
    IssueFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
    SuppressionFactory,
)
from tests.factories.region import PortalSettingsFactory
from tests.outbox import delivered
from tests.racing import at_once

pytestmark = pytest.mark.django_db
ADDRESS = "hana@example.jp"
SUBSCRIBE = "/newsletters/subscribe/"
LINK = re.compile(r"/newsletters/confirm/[^\s\"<]+")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    PortalSettingsFactory()
    monkeypatch.setattr(public_forms, "TOKEN_MIN_AGE", 0)


@pytest.fixture
def newsletter():
    return NewsletterFactory(name="県民だより")


def written(newsletter, **values):
    return {
        "token": new_token("newsletter-subscribe"),
        "version": current_text().version,
        "newsletters": [newsletter.public_id],
        "address": ADDRESS,
        "agrees": "on",
        **values,
    }


def press(client, address, purpose="newsletter-confirm", **values):
    return client.post(address, {"token": new_token(purpose), **values})


class TestTheWholeWay:
    def test_from_the_form_to_the_choice(self, client, newsletter, django_assert_max_num_queries):
        other = NewsletterFactory(name="催し")
        members_only = NewsletterFactory(readership="members", name="会員向け")
        ConsentTextFactory(version=7, text="この文に同意します。")
        shown = text_of(client.get(SUBSCRIBE))
        assert "この文に同意します。" in shown
        assert members_only.name not in shown
        response = client.post(SUBSCRIBE, written(newsletter, address=" ＨＡＮＡ＠example.jp "))
        assert response.headers["Location"] == f"{SUBSCRIBE}sent/"
        assert "確認のメールを送りました" in text_of(client.get(response.headers["Location"]))
        subscriber = Subscriber.objects.get()
        assert (subscriber.address, subscriber.state) == (ADDRESS, SubscriberState.UNCONFIRMED)
        assert not Subscription.objects.exists()

        (mail,) = delivered()
        assert mail.to == [ADDRESS]
        assert newsletter.name in mail.body
        assert "県民だより" not in mail.subject
        link = LINK.search(mail.body)[0]
        # A program that opens the links of a mail confirms nothing.
        page = client.get(link)
        assert "この文に同意します。" in text_of(page)
        assert page.headers["Cache-Control"] == "no-store"
        client.head(link)
        assert not Subscription.objects.exists()

        response = press(client, link)
        choose = response.headers["Location"]
        consent = Consent.objects.get()
        assert (consent.text.version, consent.how) == (7, HowAsked.FORM)
        assert consent.confirmed_at is not None
        assert subscriber.subscriptions.get().newsletter == newsletter
        assert list(Subscriber.objects.reading(newsletter)) == [subscriber]
        # A second press, a reload and the mail opened once more change nothing.
        assert press(client, link).status_code == 302
        assert client.get(link).status_code == 302
        assert AuditEvent.objects.filter(type="newsletters.subscribed").count() == 1

        with django_assert_max_num_queries(10):
            page = text_of(client.get(choose))
        assert newsletter.name in page
        assert "登録しました。次の号から届きます。" in page
        response = press(
            client,
            choose,
            "newsletter-choose",
            version=7,
            newsletters=[other.public_id, members_only.public_id],
        )
        assert response.status_code == 400  # members only, and nobody's member
        response = press(client, choose, "newsletter-choose", version=7, newsletters=[other.public_id])
        assert response.status_code == 302
        assert "届くメルマガを変えました。" in text_of(client.get(response.headers["Location"]))
        assert list(subscriber.newsletters.filter(pk__in=Subscription.objects.current_of(subscriber))) == [
            other
        ]
        ended = Subscription.objects.get(newsletter=newsletter)
        assert ended.how_ended == HowEnded.PAGE
        assert Consent.objects.filter(confirmed_at__isnull=False).count() == 2
        # Nothing ticked: nothing is sent any more, and the links of before are dead.
        response = press(client, choose, "newsletter-choose", version=7)
        assert not Subscription.objects.current().exists()
        assert client.get(choose).status_code == 410
        assert "配信を止めました。" in text_of(client.get(response.headers["Location"]))
        assert client.get(link).status_code == 410
        assert not client.cookies

    def test_a_member_gets_what_is_for_members(self, client, newsletter):
        membership = MembershipFactory(user__email=ADDRESS)
        own = NewsletterFactory(readership="members")
        client.post(SUBSCRIBE, written(newsletter))
        subscribing.confirm(consent=Consent.objects.get())
        subscriber = Subscriber.objects.get()
        assert (subscriber.user, subscriber.organization) == (membership.user, membership.organization)
        subscribing.choose_newsletters(subscriber=subscriber, chosen=[newsletter, own], text=current_text())
        assert list(Subscriber.objects.reading(own)) == [subscriber]
        membership.organization.state, membership.organization.left_on = (
            OrganizationState.LEFT,
            timezone.localdate(),
        )
        membership.organization.save()
        subscriber.refresh_from_db()
        assert list(subscribing.newsletters_for(subscriber)) == [newsletter]


class TestTheSameAnswer:
    @pytest.mark.parametrize("known", ["nobody", "unconfirmed", "confirmed", "suppressed", "complained"])
    def test_whoever_asks_learns_nothing(self, client, newsletter, known):
        if known in {"unconfirmed", "confirmed"}:
            SubscriberFactory(
                address=ADDRESS, state=known, confirmed_at=timezone.now() if known == "confirmed" else None
            )
        reasons = {"suppressed": SuppressionReason.HARD_BOUNCE, "complained": SuppressionReason.COMPLAINT}
        if known in reasons:
            SuppressionFactory(address=ADDRESS, reason=reasons[known])
        response = client.post(SUBSCRIBE, written(newsletter))
        assert response.status_code == 302
        assert response.headers["Location"] == f"{SUBSCRIBE}sent/"
        assert len(delivered()) == (known != "complained")

    def test_what_a_program_fills_in_is_thrown_away(self, client, newsletter):
        response = client.post(SUBSCRIBE, written(newsletter, website_url="https://spam.example"))
        assert response.status_code == 302
        assert not Subscriber.objects.exists()


class TestFlooding:
    def test_one_mail_to_one_address_in_an_hour(self, client, newsletter):
        other = NewsletterFactory()
        for wanted in (newsletter, other, newsletter):
            client.post(SUBSCRIBE, written(wanted))
        assert len(delivered()) == 1
        # The one link shows all that was asked for meanwhile.
        assert set(Consent.objects.get().newsletters.all()) == {newsletter, other}
        subscribing.confirm(consent=Consent.objects.get())
        client.post(SUBSCRIBE, written(NewsletterFactory()))
        assert len(delivered()) == 1
        assert Consent.objects.count() == 1
        Consent.objects.update(asked_at=timezone.now() - dt.timedelta(hours=2))
        client.post(SUBSCRIBE, written(other))
        assert len(delivered()) == 2

    @pytest.mark.django_db(transaction=True)
    def test_one_mail_also_for_two_who_ask_at_once(self, newsletter):
        text = current_text()
        at_once(
            *[lambda: subscribing.ask_to_subscribe(address=ADDRESS, newsletters=[newsletter], text=text)] * 2
        )
        assert OutgoingMail.objects.count() == Consent.objects.count() == 1

    def test_so_many_from_one_place(self, client, newsletter):
        answers = [
            client.post(SUBSCRIBE, written(newsletter, address=f"reader{n}@example.jp")).status_code
            for n in range(12)
        ]
        assert answers == [302] * 10 + [429] * 2
        assert OutgoingMail.objects.count() == 10

    def test_so_many_over_all(self, client, newsletter, monkeypatch):
        monkeypatch.setattr(subscribing, "MOST_AN_HOUR", 1)
        assert client.post(SUBSCRIBE, written(newsletter)).status_code == 302
        response = client.post(SUBSCRIBE, written(newsletter, address="other@example.jp"))
        assert response.status_code == 429
        assert OutgoingMail.objects.count() == 1


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "values",
        [
            {"address": ""},
            {"address": "hana@example.jp\r\nBcc: all@example.jp"},
            {"address": "x" * 2000},
            {"address": "x" * 388 + "@example.jp"},
            {"address": "hana\x00@example.jp"},
            {"address": '"hana b"@example.jp'},
            {"address": "はな@例え.jp"},
            {"address": "長" * 3_500_000},
            {"newsletters": []},
            {"newsletters": ["zzzzzz"]},
            {"newsletters": ["\x00"]},
            {"agrees": ""},
            {"version": "999"},
            {"version": ""},
            {"token": "forged"},
        ],
    )
    def test_the_form_comes_back_with_what_was_written(self, client, newsletter, values):
        response = client.post(SUBSCRIBE, written(newsletter, **values))
        assert response.status_code == 400
        assert not Subscriber.objects.exists()

    def test_new_words_are_read_before_they_are_agreed_to(self, client, newsletter):
        data = written(newsletter)
        ConsentTextFactory(version=9, text="新しい文です。")
        response = client.post(SUBSCRIBE, data)
        assert response.status_code == 400
        assert "同意の文が新しくなりました" in text_of(response)
        assert 'value="9"' in text_of(response)

    def test_another_site_cannot_send_the_form(self, client, newsletter):
        response = client.post(SUBSCRIBE, written(newsletter), headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
        assert not Subscriber.objects.exists()

    def test_one_that_is_for_members_or_over(self, newsletter):
        over = NewsletterFactory(is_active=False)
        members_only = NewsletterFactory(readership="members")
        subscribing.ask_to_subscribe(address=ADDRESS, newsletters=[over, members_only], text=current_text())
        assert not Subscriber.objects.exists()

    def test_nothing_to_subscribe_to(self, client):
        assert "いまは、受け取れるメルマガがありません" in text_of(client.get(SUBSCRIBE))

    def test_one_is_chosen_already_on_the_way_from_its_page(self, client, newsletter):
        assert "checked" in text_of(client.get(SUBSCRIBE, {"newsletter": newsletter.public_id}))
        assert "checked" not in text_of(client.get(SUBSCRIBE, {"newsletter": "'"}))


class TestLinks:
    @pytest.mark.parametrize("page", ["confirm", "choose", "leave"])
    def test_a_forged_one_opens_nothing(self, client, page):
        subscription = SubscriptionFactory()
        made = {
            "confirm": choose_token(subscription.subscriber),
            "choose": leave_token(1),
            "leave": confirm_token(Consent(pk=1, subscriber=subscription.subscriber)),
        }
        for token in ("x", "1:x", made[page], made[page][:-2], "%00"):
            address = reverse(f"newsletters:{page}", args=["_"]).replace("_", token)
            for answer in (client.get(address), client.post(address)):
                assert answer.status_code == 404
                assert "このリンクは使えません" in text_of(answer)
        assert Subscription.objects.current().count() == 1

    def test_it_ends_after_a_week(self, client, newsletter, monkeypatch):
        client.post(SUBSCRIBE, written(newsletter))
        consent = Consent.objects.get()
        link = reverse("newsletters:confirm", args=[confirm_token(consent)])
        later = timezone.now() + dt.timedelta(days=8)
        with monkeypatch.context() as patch:
            patch.setattr("time.time", later.timestamp)
            response = client.get(link)
        assert response.status_code == 410
        assert "7日のあいだ" in text_of(response)

    def test_too_fast_or_trapped_is_not_confirmed(self, client, newsletter, monkeypatch):
        client.post(SUBSCRIBE, written(newsletter))
        link = reverse("newsletters:confirm", args=[confirm_token(Consent.objects.get())])
        # Whoever holds the link was mailed it: what fills the trap is a password manager, and hears of it.
        response = press(client, link, website_url="x")
        assert response.status_code == 400
        assert "画面に見えない欄" in text_of(response)
        monkeypatch.setattr(public_forms, "TOKEN_MIN_AGE", 60)
        assert press(client, link).status_code == 400
        assert not Subscription.objects.exists()

    def test_the_page_to_choose_is_for_who_has_confirmed(self, client):
        subscriber = SubscriberFactory(state=SubscriberState.UNCONFIRMED, confirmed_at=None)
        assert client.get(reverse("newsletters:choose", args=[choose_token(subscriber)])).status_code == 410

    def test_a_trapped_choice_changes_nothing(self, client):
        subscription = SubscriptionFactory()
        address = reverse("newsletters:choose", args=[choose_token(subscription.subscriber)])
        response = press(client, address, "newsletter-choose", website_url="x")
        assert response.status_code == 400
        assert "画面に見えない欄" in text_of(response)
        assert Subscription.objects.current().exists()

    def test_of_somebody_who_is_erased(self, client):
        subscriber = SubscriberFactory()
        consent = Consent.objects.create(subscriber=subscriber, how=HowAsked.FORM, text=current_text())
        addresses = [
            reverse("newsletters:confirm", args=[confirm_token(consent)]),
            reverse("newsletters:choose", args=[choose_token(subscriber)]),
        ]
        subscriber.delete()
        assert [client.get(address).status_code for address in addresses] == [410, 410]


class TestSuppressed:
    def test_an_address_that_works_again_is_freed(self, client, newsletter):
        SuppressionFactory(address=ADDRESS, reason=SuppressionReason.SOFT_BOUNCES)
        client.post(SUBSCRIBE, written(newsletter))
        subscribing.confirm(consent=Consent.objects.get())
        assert not Suppression.objects.exists()
        assert Subscriber.objects.reading(newsletter).exists()

    def test_who_was_stopped_meanwhile_is_not_registered(self, client, newsletter):
        client.post(SUBSCRIBE, written(newsletter))
        SuppressionFactory(address=ADDRESS, reason=SuppressionReason.STAFF)
        response = press(client, reverse("newsletters:confirm", args=[confirm_token(Consent.objects.get())]))
        assert response.status_code == 400
        assert "事務局に知らせてください" in text_of(response)
        assert not Subscription.objects.exists()

    def test_also_after_the_address_was_erased(self, client, newsletter):
        row = SuppressionFactory(address=ADDRESS, reason=SuppressionReason.COMPLAINT)
        row.address = ""
        row.save()
        client.post(SUBSCRIBE, written(newsletter))
        assert not OutgoingMail.objects.exists()


class TestLeaving:
    @pytest.fixture
    def delivery(self, newsletter):
        subscription = SubscriptionFactory(
            newsletter=newsletter, began_at=timezone.now() - dt.timedelta(days=9)
        )
        return DeliveryFactory(
            issue=IssueFactory(newsletter=newsletter, sending=True), subscriber=subscription.subscriber
        )

    @pytest.fixture
    def address(self, delivery):
        return reverse("newsletters:leave", args=[leave_token(delivery.pk)])

    def test_opening_the_page_ends_nothing(self, client, address, newsletter, django_assert_max_num_queries):
        with django_assert_max_num_queries(8):
            shown = text_of(client.get(address))
        assert newsletter.name in shown
        assert "reader" not in shown  # the address itself stands nowhere
        assert Subscription.objects.current().count() == 1
        client.post(address)
        assert "配信は止まっています" in text_of(client.get(address))
        assert Subscription.objects.get().how_ended == HowEnded.PAGE

    def test_one_click(self, address):
        """Without cookie, login, CSRF token or redirect, from another site, as often as it is sent."""
        stranger = Client(enforce_csrf_checks=True)
        for _again in range(3):
            response = stranger.post(
                address,
                "List-Unsubscribe=One-Click",
                content_type="application/x-www-form-urlencoded",
                headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
            )
            assert response.status_code == 200
            assert not stranger.cookies
        assert Subscription.objects.get().how_ended == HowEnded.ONE_CLICK
        assert AuditEvent.objects.filter(type="newsletters.unsubscribed").count() == 1
        response = stranger.post(f"{address[:-2]}/", {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 404

    def test_a_multipart_click(self, client, address):
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not Subscription.objects.current().exists()

    def test_only_this_newsletter_or_all(self, client, address, delivery):
        other = SubscriptionFactory(subscriber=delivery.subscriber)
        client.post(address)
        assert list(Subscription.objects.current()) == [other]
        assert "すべてのメルマガ" in text_of(client.get(address))
        client.post(address, {"everything": "1"})
        assert not Subscription.objects.current().exists()

    def test_replayed_after_somebody_subscribed_anew(self, client, address, delivery, newsletter):
        client.post(address, {"List-Unsubscribe": "One-Click"})
        anew = SubscriptionFactory(subscriber=delivery.subscriber, newsletter=newsletter)
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert list(Subscription.objects.current()) == [anew]
        assert "もう一度登録されています" in text_of(client.get(address))
        client.post(address)
        assert not Subscription.objects.current().exists()

    def test_the_way_to_choose(self, client, address):
        link = re.search(r"/newsletters/choose/[^\"]+", text_of(client.get(address)))[0]
        assert client.get(link).status_code == 200

    def test_of_somebody_who_is_erased(self, client, address, delivery):
        delivery.subscriber.delete()
        assert "配信は止まっています" in text_of(client.get(address))
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200

    def test_a_link_of_no_copy(self, client):
        address = reverse("newsletters:leave", args=[leave_token(999_999)])
        assert client.get(address).status_code == 404


def test_what_nobody_confirmed_is_erased(client, newsletter):
    client.post(SUBSCRIBE, written(newsletter))
    client.post(SUBSCRIBE, written(newsletter, address="other@example.jp"))
    known = SubscriberFactory()
    Consent.objects.create(subscriber=known, how=HowAsked.FORM, text=current_text())
    assert subscribing.erase_unconfirmed() == 0
    subscribing.confirm(consent=Consent.objects.get(subscriber__address="other@example.jp"))
    later = timezone.now() + dt.timedelta(days=8)
    assert subscribing.erase_unconfirmed(now=later) == 2
    assert subscribing.erase_unconfirmed(now=later) == 0
    assert set(Subscriber.objects.values_list("address", flat=True)) == {"other@example.jp", known.address}
    assert Consent.objects.count() == 1
    mail = OutgoingMail.objects.get(address=ADDRESS)
    assert (mail.state, mail.text) == (MailState.CANCELLED, "")


def test_the_first_words_come_with_the_portal():
    assert current_text() == current_text()
    assert ConsentText.objects.get().version == 1


def test_of_an_organization_that_left(newsletter):
    subscriber = SubscriberFactory(organization=OrganizationFactory(left=True))
    assert list(subscribing.newsletters_for(subscriber)) == [newsletter]
