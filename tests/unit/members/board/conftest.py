import pytest

from tests.factories.members import MembershipFactory, OfferFactory


@pytest.fixture
def giver():
    return MembershipFactory(organization__name="たべもの銀行", user__email="giver@food.example")


@pytest.fixture
def asker():
    return MembershipFactory(
        organization__name="こども食堂の会", user__email="asker@kids.example", editor=True
    )


@pytest.fixture
def offer(giver):
    return OfferFactory(organization=giver.organization, title="お米をゆずります")
