"""Two people and one window: what each is told before and after the other has a say."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import ConsultationWindow
from platform_portal.publishing.states import State
from tests.conftest import text_of
from tests.factories.consultations import RevisionFactory, WindowFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db


def page(name: str, window: ConsultationWindow) -> str:
    return reverse(f"desk:window-{name}", args=[window.public_id])


def jobs(client) -> dict[str, tuple[int, str, str]]:
    found = client.get(reverse("desk:home")).context["jobs"]
    return {job.words: (job.count, job.hint, job.address) for job in found}


@pytest.fixture
def submitted(owner, category) -> ConsultationWindow:
    window = WindowFactory(name="差し戻す窓口", draft=True, author=owner, topics=[category])
    return services.move_window(window=window, to=State.IN_REVIEW, by=owner)


class TestReturned:
    def test_reason_reaches_the_author(self, submitted, owner_client, colleague, colleague_client):
        services.move_window(window=submitted, to=State.DRAFT, by=colleague, reason="番号が1つ足りません")
        count, hint, address = jobs(owner_client)["差し戻された窓口"]
        assert (count, hint) == (1, "「差し戻す窓口」：番号が1つ足りません")
        assert list(owner_client.get(address).context["page"].object_list) == [submitted]
        words = "同僚 みどりさんが下書きに戻しました。理由：番号が1つ足りません"
        assert words in text_of(owner_client.get(page("page", submitted)))
        assert words in text_of(owner_client.get(page("edit", submitted)))
        assert "差し戻された窓口" not in jobs(colleague_client)

    def test_it_is_done_once_review_is_asked_for_again(self, submitted, owner, owner_client, colleague):
        services.move_window(window=submitted, to=State.DRAFT, by=colleague, reason="番号が1つ足りません")
        services.move_window(window=submitted, to=State.IN_REVIEW, by=owner)
        assert "差し戻された窓口" not in jobs(owner_client)
        assert "下書きに戻しました" not in text_of(owner_client.get(page("page", submitted)))

    def test_taking_back_oneself_is_no_refusal(self, submitted, owner, owner_client):
        services.move_window(window=submitted, to=State.DRAFT, by=owner, reason="書き足します")
        assert "差し戻された窓口" not in jobs(owner_client)

    def test_change_that_came_back_is_work_too(
        self, owner, owner_client, colleague, colleague_client, category
    ):
        window = WindowFactory(name="直す窓口", topics=[category])
        returned = RevisionFactory(
            window=window,
            proposed_by=owner,
            state="returned",
            note="番号がちがいます",
            decided_by=colleague,
            decided_at=timezone.now(),
        )
        count, hint, address = jobs(owner_client)["差し戻された変更"]
        assert (count, hint) == (1, "「直す窓口」：番号がちがいます")
        assert address == reverse("desk:revision-page", args=[returned.public_id])
        assert f"?revision={returned.public_id}" in text_of(owner_client.get(address))
        assert "差し戻された変更" not in jobs(colleague_client)
        RevisionFactory(window=window, proposed_by=owner)
        assert "差し戻された変更" not in jobs(owner_client)

    def test_every_page_reads_alike_what_came_back(self, owner, owner_client, colleague, category):
        window = WindowFactory(topics=[category])
        came_back = {
            "state": "returned",
            "note": "番号がちがいます",
            "decided_by": colleague,
            "decided_at": timezone.now(),
        }
        earlier = RevisionFactory(window=window, proposed_by=owner, **came_back)
        again = f"?revision={earlier.public_id}"
        assert again in text_of(owner_client.get(page("page", window)))
        assert "差し戻された変更" in jobs(owner_client)
        # Somebody else has answered since: nobody need put the first one right any more.
        RevisionFactory(window=window, proposed_by=UserFactory(), **came_back)
        assert again not in text_of(owner_client.get(page("page", window)))
        assert "差し戻された変更" not in jobs(owner_client)

    def test_draft_that_nobody_has_seen(self, owner, owner_client):
        WindowFactory(draft=True, author=owner)
        assert "差し戻された窓口" not in jobs(owner_client)
        assert owner_client.get(reverse("desk:window-list"), {"author": "returned"}).status_code == 200


class TestUnderReview:
    def test_who_may_approve_is_warned_and_told_who_else_may(self, submitted, colleague_client):
        UserFactory(name="課長 三郎", role="staff")
        UserFactory(name="やめた人", role="staff", is_active=False)
        text = text_of(colleague_client.get(page("edit", submitted)))
        assert "直すと、あなたは認められなくなります" in text
        named = re.search("直したあとで認められる人：(.*?)<", text)
        assert named is not None
        assert "課長 三郎" in named[1]
        assert not [name for name in ("県庁 あおい", "同僚 みどり", "やめた人") if name in named[1]]

    def test_nobody_else(self, submitted, colleague_client):
        assert "認められる人が、ほかにいません" in text_of(colleague_client.get(page("edit", submitted)))

    def test_author_is_only_told_who_may(self, submitted, owner_client, colleague):
        text = text_of(owner_client.get(page("edit", submitted)))
        assert "認められなくなります" not in text
        assert "直したあとで認められる人：同僚 みどり" in text

    @pytest.mark.parametrize("state", [State.PUBLISHED, State.DRAFT, State.SUSPENDED])
    def test_other_states_need_no_word(self, state, owner_client, category):
        at = {"published_at": timezone.now(), "published_by": UserFactory()}
        window = WindowFactory(state=state, topics=[category], **at)
        assert "認められる人" not in text_of(owner_client.get(page("edit", window)))
