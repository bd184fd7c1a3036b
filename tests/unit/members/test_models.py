"""What the database and the models hold true of people and invitations."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from members.models import Invitation, InvitationCondition, User, hash_secret, new_secret
from tests.factories.members import InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_one_account_for_an_address_however_it_is_written():
    UserFactory(email="Aoi@portal.example")
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="aoi@PORTAL.example", name="別人", role="staff")])


def test_a_role_nobody_knows_is_refused_by_the_database():
    user = UserFactory()
    with pytest.raises(IntegrityError):
        User.objects.filter(pk=user.pk).update(role="king")


def test_create_user_says_who_is_there_already():
    UserFactory(email="aoi@portal.example")
    with pytest.raises(ValidationError, match="すでにいます"):
        User.objects.create_user("AOI@portal.example ", "x", name="別人", role="staff")


@pytest.mark.parametrize(
    "name", ["県庁\nBcc: all@portal.example", "県庁\u202eあおい", "県\x00庁", "県庁\u200bあおい"]
)
def test_name_is_one_visible_line(name):
    with pytest.raises(ValidationError) as caught:
        UserFactory.build(name=name).full_clean(exclude=["password"])
    assert "name" in caught.value.message_dict


def test_search_takes_every_word_from_name_address_or_section():
    aoi = UserFactory(name="県庁 あおい", email="aoi@portal.example", section="地域福祉課")
    UserFactory(name="県庁 みどり", email="midori@portal.example", section="総務課")
    assert list(User.objects.get_queryset().search("県庁 福祉")) == [aoi]
    assert list(User.objects.get_queryset().search("AOI@")) == [aoi]
    assert User.objects.get_queryset().search("").count() == 2


def test_only_active_ones_with_the_role_are_administrators():
    boss = UserFactory(administrator=True)
    UserFactory(administrator=True, inactive=True)
    UserFactory(secretariat=True)
    assert list(User.objects.get_queryset().administrators()) == [boss]


def test_session_hash_follows_password_and_version():
    user = UserFactory()
    before = user.get_session_auth_hash()
    user.session_version += 1
    after = user.get_session_auth_hash()
    user.set_password("another")
    assert len({before, after, user.get_session_auth_hash()}) == 3


def test_secret_is_long_and_stored_as_a_hash():
    secret = new_secret()
    assert len(secret) >= 43  # 256 bits
    invitation = InvitationFactory(secret=secret)
    assert secret not in str(vars(invitation))
    assert Invitation.objects.with_secret(secret).get() == invitation
    assert len(hash_secret(secret)) == 64


def test_one_open_invitation_for_an_address():
    InvitationFactory(email="sora@npo.example")
    with pytest.raises(IntegrityError):
        InvitationFactory(email="SORA@npo.example")


def test_a_withdrawn_invitation_leaves_room_for_another():
    first = InvitationFactory(email="sora@npo.example")
    first.withdrawn_at, first.withdrawn_by = timezone.now(), first.invited_by
    first.save()
    InvitationFactory(email="sora@npo.example")


def test_time_and_actor_go_together():
    invitation = InvitationFactory()
    with pytest.raises(IntegrityError):
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())


def _invitations() -> dict[str, Invitation]:
    now = timezone.now()
    someone = UserFactory()
    return {
        "open": InvitationFactory(),
        "expired": InvitationFactory(expires_at=now - dt.timedelta(seconds=1)),
        "accepted": InvitationFactory(accepted_at=now, accepted_by=someone),
        "withdrawn": InvitationFactory(withdrawn_at=now, withdrawn_by=someone),
    }


@pytest.mark.parametrize("condition", InvitationCondition.values)
def test_query_and_property_agree_on_the_condition(condition):
    invitation = _invitations()[condition]
    assert invitation.condition == condition
    assert list(getattr(Invitation.objects.all(), condition)()) == [invitation]


def test_people_and_invitations_say_who_they_are():
    user = UserFactory(name="県庁 あおい")
    assert (str(user), user.get_full_name(), user.get_short_name()) == ("県庁 あおい",) * 3
    assert str(InvitationFactory(name="そら", email="sora@npo.example")) == "そら (sora@npo.example)"
    assert User.objects.get_by_natural_key(user.email.upper()) == user
