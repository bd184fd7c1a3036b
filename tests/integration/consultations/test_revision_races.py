"""Two people at the same moment, with real transactions: one is first, the other is told."""

import pytest

from consultations import services
from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.services import WindowContent
from platform_portal.audit.models import AuditEvent
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.members import UserFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def window() -> ConsultationWindow:
    return WindowFactory(topics=[CategoryFactory()])


def address(text: str) -> WindowContent:
    return WindowContent(values={"address": text})


@pytest.mark.parametrize("second", ["approve", "return"])
def test_two_reviewers(second, window):
    author, first, other = UserFactory.create_batch(3)
    revision = services.change_window(window=window, content=address("番町"), by=author).revision
    told = at_once(
        lambda: services.approve_revision(revision=revision, by=first, is_checked=True),
        (lambda: services.approve_revision(revision=revision, by=other, is_checked=True))
        if second == "approve"
        else (lambda: services.return_revision(revision=revision, by=other, reason="x")),
    )
    (refused,) = filter(None, told)
    assert "もう終わっています" in refused.reason
    decided = AuditEvent.objects.filter(
        type__in=["consultations.revision_approved", "consultations.revision_returned"]
    )
    assert decided.count() == 1


def test_two_authors(window):
    one, other = UserFactory.create_batch(2)
    told = at_once(
        lambda: services.change_window(window=window, content=address("1"), by=one),
        lambda: services.change_window(window=window, content=address("2"), by=other),
    )
    (refused,) = filter(None, told)
    assert "確認を待っています" in refused.reason
    assert WindowRevision.objects.count() == 1


def test_approval_beside_a_live_edit_of_the_same_field(window):
    """Whoever comes first, the words of the live edit are not lost without a trace."""
    member, staff, reviewer = UserFactory.create_batch(3)
    proposed = WindowContent(values={"description": "申し出"})
    window.refresh_from_db()
    with_organization = WindowContent(values={"description": "その場の説明"})
    revision = services.propose(
        window=window,
        before=services.describe_content(window),
        proposed=services.describe_content(window) | dict(proposed.values),
        by=member,
    )
    version = window.updated_at
    told = at_once(
        lambda: services.approve_revision(revision=revision, by=reviewer),
        lambda: services.change_window(window=window, content=with_organization, by=staff, version=version),
    )
    revision.refresh_from_db()
    window.refresh_from_db()
    if revision.state == RevisionState.APPROVED:
        assert window.description == "申し出"
        assert "ほかの人がこの窓口を変えました" in told[1].reason
    else:
        assert revision.state == RevisionState.OVERTAKEN
        assert window.description == "その場の説明"
