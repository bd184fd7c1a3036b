"""Offers on the matching board: put up, changed, ended, fitting."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import services
from members.models import Offer
from members.models.board import in_half_a_year
from members.services.offers import MOST_OPEN_OFFERS
from platform_portal.access.checks import Refused
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import (
    MembershipFactory,
    OfferFactory,
    OrganizationFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory
from tests.unit.members.board.asking import events

pytestmark = pytest.mark.django_db

VALUES = {
    "side": "need",
    "resource": "people",
    "title": "学習支援の手伝い",
    "text": "週に1回、中学生の勉強を見てくれる人を探しています。",
    "municipality": None,
}


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def test_offer_is_put_up_with_its_record(asker):
    row = services.put_up_offer(organization=asker.organization, values=VALUES, by=asker.user)
    assert row in Offer.objects.open()
    assert row.author == asker.user
    assert row.valid_to == in_half_a_year()
    assert events("offer_put_up").get().actor_id == asker.user.pk


def test_double_click_makes_one_offer(asker):
    first, second = (
        services.put_up_offer(organization=asker.organization, values=VALUES, by=asker.user)
        for _time in range(2)
    )
    assert first == second
    Offer.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))
    assert services.put_up_offer(organization=asker.organization, values=VALUES, by=asker.user) != first


def test_half_a_year_ends_with_the_month(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: dt.date(2026, 8, 31))
    assert in_half_a_year() == dt.date(2027, 2, 28)


@pytest.mark.parametrize(("length", "is_kept"), [(0, True), (366, True), (-1, False), (367, False)])
def test_offer_stands_a_year_at_most(asker, length, is_kept):
    values = VALUES | {"valid_to": timezone.localdate() + days(length)}
    if is_kept:
        services.put_up_offer(organization=asker.organization, values=values, by=asker.user)
    else:
        with pytest.raises(ValidationError, match="1年まで"):
            services.put_up_offer(organization=asker.organization, values=values, by=asker.user)


def test_viewer_and_stranger_put_nothing_up(asker):
    viewer = MembershipFactory(organization=asker.organization, viewer=True)
    for person, reason in [(viewer.user, "閲覧のみ"), (UserFactory(), "担当者ではありません")]:
        with pytest.raises(Refused, match=reason):
            services.put_up_offer(organization=asker.organization, values=VALUES, by=person)
    assert not Offer.objects.exists()


def test_one_organization_does_not_fill_the_board(asker):
    OfferFactory.create_batch(MOST_OPEN_OFFERS, organization=asker.organization)
    with pytest.raises(Refused, match=f"{MOST_OPEN_OFFERS}件まで"):
        services.put_up_offer(organization=asker.organization, values=VALUES, by=asker.user)


def test_offer_is_changed_and_its_time_begins_anew(offer, giver):
    Offer.objects.update(
        valid_from=timezone.localdate() - days(200),
        valid_to=timezone.localdate() + days(3),
        notice_sent_at=timezone.now(),
    )
    values = {"title": "お米と野菜", "valid_to": timezone.localdate() + days(300)}
    row = services.change_offer(offer=offer, values=values, by=giver.user)
    assert (row.valid_from, row.notice_sent_at) == (timezone.localdate(), None)
    assert events("offer_changed").get().new["title"] == "お米と野菜"
    assert row in Offer.objects.search("ヤサイ") or row in Offer.objects.search("野菜")


def test_no_change_no_event(offer, giver):
    services.change_offer(offer=offer, values={"title": offer.title}, by=giver.user)
    assert not events("offer_changed").exists()


def test_expired_offer_goes_up_again(offer, giver):
    Offer.objects.update(
        state="expired", valid_from=timezone.localdate() - days(200), valid_to=timezone.localdate() - days(1)
    )
    row = services.prolong_offer(offer=offer, by=giver.user)
    assert row.is_open
    assert row.valid_to == in_half_a_year()


def test_prolonging_never_shortens(offer, giver):
    far = timezone.localdate() + days(360)
    Offer.objects.update(valid_to=far)
    assert services.prolong_offer(offer=offer, by=giver.user).valid_to == far


@pytest.mark.parametrize(
    ("service", "state"), [(services.settle_offer, "settled"), (services.withdraw_offer, "withdrawn")]
)
def test_offer_ends_once(offer, giver, service, state):
    row = service(offer=offer, by=giver.user)
    assert row.state == state
    assert row not in Offer.objects.open()
    assert events(f"offer_{state}").get().old == {"state": "open"}
    with pytest.raises(Refused, match="終わった掲示"):
        service(offer=offer, by=giver.user)


def test_desk_takes_down_and_writes_nothing_for_others(offer, owner):
    with pytest.raises(Refused):
        services.change_offer(offer=offer, values={"title": "ほか"}, by=owner)
    assert services.withdraw_offer(offer=offer, by=owner).state == "withdrawn"
    with pytest.raises(Refused, match="もう終わっています"):
        services.withdraw_offer(offer=offer, by=owner)


def test_what_is_over_is_taken_down(offer, giver):
    stays = OfferFactory(valid_to=timezone.localdate())
    Offer.objects.filter(pk=offer.pk).update(
        valid_from=timezone.localdate() - days(9), valid_to=timezone.localdate() - days(1)
    )
    assert list(Offer.objects.open()) == [stays]  # before the task has come by
    assert services.expire_offers() == 1
    assert services.expire_offers() == 0
    offer.refresh_from_db()
    assert offer.state == "expired"
    assert events("offer_expired").get().actor_id is None


def test_offers_of_who_has_left_are_gone(offer):
    offer.organization.state, offer.organization.left_on = "left", timezone.localdate()
    offer.organization.save()
    assert not Offer.objects.open().exists()


def test_organization_is_told_once_fourteen_days_before(giver, offer):
    Offer.objects.update(valid_to=timezone.localdate() + days(14))
    OfferFactory(organization=giver.organization, title="毛布", valid_to=timezone.localdate() + days(2))
    OfferFactory(organization=giver.organization, title="まだ先", valid_to=timezone.localdate() + days(15))
    MembershipFactory(organization=giver.organization, viewer=True)
    assert services.tell_of_ending_offers() == 1
    assert services.tell_of_ending_offers() == 0
    sent = OutgoingMail.objects.get(kind="members.offers_ending")
    assert sent.to == "giver@food.example"
    assert "お米をゆずります" in sent.text
    assert "毛布" in sent.text
    assert "まだ先" not in sent.text
    assert "/my/board/?own=1" in sent.html


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"side": "give"}, False),
        ({"resource": "money"}, False),
        ({"place": "same"}, True),
        ({"place": "other"}, False),
        ({"state": "settled"}, False),
        ({"own": True}, False),
    ],
)
def test_what_fits(offer, change, fits):
    here, there = MunicipalityFactory(), MunicipalityFactory(code="372021", name="丸亀市")
    offer.municipality = here
    offer.save()
    place = {"same": here, "other": there, None: None}[change.get("place")]
    values = {name: change[name] for name in ("side", "resource", "state") if name in change}
    if change.get("own"):
        values["organization"] = offer.organization
    other = OfferFactory(**{"side": "need", "municipality": place} | values)
    assert (other in Offer.objects.fitting(offer)) is fits


def test_telling_asks_as_often_for_many_as_for_few(giver):
    """Only those that must be told cost anything."""
    OfferFactory.create_batch(5, organization=OrganizationFactory(), valid_to=timezone.localdate() + days(60))
    with CaptureQueriesContext(
        connection,
    ) as few:
        services.tell_of_ending_offers()
    OfferFactory.create_batch(
        20, organization=OrganizationFactory(), valid_to=timezone.localdate() + days(60)
    )
    with CaptureQueriesContext(connection) as many:
        services.tell_of_ending_offers()
    assert len(few) == len(many)
