"""The entry of one's organisation: what each sees, what each may write, and pictures behind a check."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from consultations.models import WindowRevision
from members import services
from members.logos import store_logo
from members.models import Membership, Organization, OrganizationRevision
from tests.conftest import signed_in, text_of
from tests.factories.consultations import WindowFactory
from tests.factories.members import (
    MembershipFactory,
    OrganizationRevisionFactory,
    SectorFactory,
    StrengthFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Membership:
    return MembershipFactory(
        editor=True,
        organization__name="まちの居場所の会",
        organization__internal_note="ひみつのメモ",
        organization__office_phone="087-111-1111",
    )


def at(name: str, membership: Membership) -> str:
    return reverse(f"my:{name}", args=[membership.organization.public_id])


def form_of(client: Client, membership: Membership, **changes: Any) -> dict[str, Any]:
    """What the browser would send for the form as it stands."""
    form = client.get(at("organization-edit", membership)).context["form"]
    data = {name: form[name].value() for name in form.fields if name != "upload"}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    version = client.get(at("organization-edit", membership)).context["version"]
    return {**data, "version": version, **changes}


def png() -> io.BytesIO:
    output = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(output, format="PNG")
    output.seek(0)
    output.name = "logo.png"
    return output


def test_page_says_field_by_field_who_sees_what(editor):
    page = text_of(signed_in(editor.user).get(at("organization", editor)))
    assert "087-111-1111" in page
    assert "県・事務局と団体だけ" in page
    assert "ひみつのメモ" not in page


def test_check_boxes_offer_what_there_is_and_nothing_else(editor):
    StrengthFactory()
    page = text_of(signed_in(editor.user).get(at("organization-edit", editor)))
    assert "居場所づくり" in page
    assert "<span>選ばない</span>" not in page
    assert page.count('name="strengths"') == 1


def test_windows_to_verify_and_returned_changes_wait_on_top(editor):
    window = WindowFactory(organization=editor.organization, verified_on=None, verified_by=None)
    WindowFactory(name="よその窓口", verified_on=None, verified_by=None)
    page = text_of(signed_in(editor.user).get(reverse("my:home")))
    assert "確かめる日が来た窓口" in page
    assert "<b>1</b>" in page
    now = timezone.now()
    WindowRevision.objects.create(
        window=window,
        before={"name": "a"},
        proposed={"name": "b"},
        base_at=now,
        proposed_by=editor.user,
        state="returned",
        note="理由",
        decided_at=now,
        decided_by=UserFactory(),
    )
    assert "差し戻された、窓口の変更" in text_of(signed_in(editor.user).get(reverse("my:home")))


def test_viewer_reads_and_is_told_why_not_write(editor):
    client = signed_in(MembershipFactory(organization=editor.organization, viewer=True).user)
    page = text_of(client.get(at("organization", editor)))
    assert "「閲覧のみ」の担当なので、直せません" in page
    refused = client.get(at("organization-edit", editor))
    assert refused.status_code == 403
    assert "「閲覧のみ」の担当なので、直せません" in text_of(refused)


def test_others_find_nothing(editor, owner, outsider):
    for user in (owner, outsider, MembershipFactory().user):
        client = signed_in(user)
        for name in ("organization", "organization-edit"):
            assert client.get(at(name, editor)).status_code == 404
        assert client.post(at("organization-withdraw", editor)).status_code == 404


def test_editing_live_and_waiting(editor):
    client = signed_in(editor.user)
    data = form_of(
        client, editor, name="新しい会", target_people="子どもと家族", strengths=[StrengthFactory().pk]
    )
    response = client.post(at("organization-edit", editor), data, follow=True)
    page = text_of(response)
    assert response.redirect_chain == [(at("organization", editor), 302)]
    assert "県か事務局が見たあとに出ます" in page
    assert "確認を待っている変更" in page
    organization = Organization.objects.get()
    assert (organization.name, organization.target_people) == ("まちの居場所の会", "子どもと家族")
    assert 'value="新しい会"' in text_of(client.get(at("organization-edit", editor)))


def test_errors_keep_what_was_written(editor):
    client = signed_in(editor.user)
    data = form_of(client, editor, name="", corporate_number="123", profile="書きかけの紹介")
    response = client.post(at("organization-edit", editor), data)
    assert response.status_code == 422
    assert "書きかけの紹介" in text_of(response)
    assert "error-summary" in text_of(response)
    data["name"] = "名前"
    assert "法人番号ではありません" in text_of(client.post(at("organization-edit", editor), data))


def test_corporate_number_may_be_typed_with_hyphens(editor):
    client = signed_in(editor.user)
    client.post(at("organization-edit", editor), form_of(client, editor, corporate_number="7-0000-1205-0002"))
    assert OrganizationRevision.objects.get().proposed == {"corporate_number": "7000012050002"}


def test_second_of_two_is_told_and_may_then_save(editor):
    client = signed_in(editor.user)
    data = form_of(client, editor, target_people="わたしの書いたもの")
    Organization.objects.get().save()
    response = client.post(at("organization-edit", editor), data)
    page = text_of(response)
    assert response.status_code == 409
    assert "ほかの人がこの団体の情報を変えました" in page
    assert "わたしの書いたもの" in page
    data["version"] = response.context["version"]
    assert client.post(at("organization-edit", editor), data).status_code == 302


def test_conflict_speaks_plainly_and_tells_no_secrets(editor, owner):
    client = signed_in(editor.user)
    data = form_of(client, editor, target_people="わたしの書いたもの")
    sector = SectorFactory(slug="housing", name="住まい")
    services.save_organization(
        organization=(organization := Organization.objects.get()),
        values={"sector": sector, "internal_note": "もっと秘密のメモ", "logo": (logo := store_logo(b"png"))},
        by=owner,
        version=services.version_of(organization),
    )
    response = client.post(at("organization-edit", editor), data)
    page = text_of(response)
    assert response.status_code == 409
    assert "→ 住まい" in page
    assert "→ あり" in page
    assert logo not in page
    assert "もっと秘密のメモ" not in page
    assert owner.name not in page
    assert "下の欄には、その変更が入っています" not in page


def test_returned_change_waits_on_top_and_can_be_taken_back(editor):
    revision = OrganizationRevisionFactory(organization=editor.organization, returned=True)
    client = signed_in(editor.user)
    assert "差し戻された、団体の情報の変更" in text_of(client.get(reverse("my:home")))
    assert "根拠を書いてください。" in text_of(client.get(at("organization", editor)))
    client.post(at("organization-withdraw", editor), {"revision": revision.public_id})
    assert "差し戻された" not in text_of(client.get(reverse("my:home")))


def test_only_own_changes_can_be_taken_back(editor):
    foreign = OrganizationRevisionFactory()
    response = signed_in(editor.user).post(
        at("organization-withdraw", editor), {"revision": foreign.public_id}
    )
    assert response.status_code == 404


# --- Logo ---------------------------------------------------------------------------------------
def test_logo_waits_unseen_until_it_is_approved(editor, owner):
    client = signed_in(editor.user)
    data = form_of(client, editor, upload=png())
    assert client.post(at("organization-edit", editor), data).status_code == 302
    revision = OrganizationRevision.objects.get()
    args = [editor.organization.public_id, revision.logo_digest]
    public, own = reverse("members:public-logo", args=args), reverse("members:own-logo", args=args)
    assert Client().get(public).status_code == 404
    assert Client().get(own).status_code == 302
    assert signed_in(MembershipFactory().user).get(own).status_code == 404
    assert client.get(own).status_code == 200
    services.approve_organization_revision(revision=revision, by=owner)
    shown = Client().get(public)
    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in shown.headers["Cache-Control"]
    assert not shown.cookies
    Organization.objects.update(is_listed=False)
    assert Client().get(public).status_code == 404
    assert signed_in(owner).get(own).status_code == 200


def test_a_returned_logo_is_there_when_somebody_goes_on(editor, owner):
    """Whoever mends another field does not choose the file again."""
    client = signed_in(editor.user)
    client.post(at("organization-edit", editor), form_of(client, editor, upload=png()))
    returned = OrganizationRevision.objects.get()
    services.return_organization_revision(revision=returned, by=owner, reason="電話番号も書いてください。")
    own = reverse("members:own-logo", args=[editor.organization.public_id, returned.logo_digest])
    assert own in text_of(client.get(at("organization-edit", editor)))
    assert client.get(own).status_code == 200
    client.post(at("organization-edit", editor), form_of(client, editor, public_phone="087-812-3456"))
    assert OrganizationRevision.objects.pending().get().proposed["logo"] == returned.proposed["logo"]


def test_a_file_that_is_gone_is_not_found(editor, owner):
    Organization.objects.update(logo=(name := store_logo(b"x")))
    default_storage.delete(name)
    args = [editor.organization.public_id, Organization.objects.get().logo_digest]
    assert Client().get(reverse("members:public-logo", args=args)).status_code == 404


def test_refused_service_leaves_no_file(editor):
    client = signed_in(editor.user)
    data = form_of(client, editor, upload=png(), version="alt")
    assert client.post(at("organization-edit", editor), data).status_code == 409
    data = form_of(client, editor, upload=png(), corporate_number="123")
    assert client.post(at("organization-edit", editor), data).status_code == 422
    folder = "organizations/logos"
    assert not default_storage.exists(folder) or default_storage.listdir(folder)[1] == []


def test_hostile_file_is_refused_beside_its_field(editor):
    client = signed_in(editor.user)
    svg = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    svg.name = "logo.png"
    response = client.post(at("organization-edit", editor), form_of(client, editor, upload=svg))
    assert response.status_code == 422
    assert "この画像は使えません" in text_of(response)
