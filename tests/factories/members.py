"""Numbers are padded: a list sorted by name keeps the order in which its rows were made, past the tenth as well."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from members.models import (
    Application,
    ApplicationState,
    BoardReport,
    Charter,
    Conversation,
    Invitation,
    Membership,
    MembershipRole,
    Offer,
    Organization,
    OrganizationRevision,
    Sector,
    Strength,
    User,
    hash_secret,
)
from platform_portal.access.roles import Role

PASSWORD = "とても長い合言葉-2026"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        django_get_or_create = ("email",)
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n:05}@portal.example")
    name = factory.Sequence(lambda n: f"利用者 {n:05}")
    section = "地域福祉課"
    role = "staff"
    password = factory.django.Password(PASSWORD)

    class Params:
        administrator = factory.Trait(role=Role.ADMINISTRATOR)
        secretariat = factory.Trait(role=Role.SECRETARIAT)
        member = factory.Trait(role=Role.MEMBER)
        inactive = factory.Trait(is_active=False)


SECRET = "a-secret-from-a-mail"


class InvitationFactory(DjangoModelFactory):
    """Open, with its own secret; `secret="…"` sets one that a test can use in an address."""

    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n:05}@portal.example")
    name = factory.Sequence(lambda n: f"招待 {n:05}")
    section = "地域福祉課"
    role = Role.STAFF
    invited_by = factory.SubFactory(UserFactory, administrator=True)
    secret_hash = factory.LazyAttribute(lambda invitation: hash_secret(invitation.secret))

    class Params:
        secret = factory.Sequence(lambda n: f"{SECRET}-{n:05}")


class SectorFactory(DjangoModelFactory):
    class Meta:
        model = Sector
        django_get_or_create = ("slug",)

    slug = "welfare"
    name = factory.LazyAttribute(lambda sector: {"welfare": "福祉"}.get(sector.slug, sector.slug))


class StrengthFactory(DjangoModelFactory):
    class Meta:
        model = Strength
        django_get_or_create = ("slug",)

    slug = "place"
    name = factory.LazyAttribute(lambda strength: {"place": "居場所づくり"}.get(strength.slug, strength.slug))


class OrganizationFactory(DjangoModelFactory):
    """A member of today, listed; `left=True` has gone."""

    class Meta:
        model = Organization
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"つながりの会{n:05}")
    kana = factory.Sequence(lambda n: f"ツナガリノカイ{n:05}")
    sector = factory.SubFactory(SectorFactory)
    joined_on = dt.date(2025, 4, 1)

    class Params:
        left = factory.Trait(state="left", left_on=dt.date(2026, 3, 31))


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory, member=True)
    role = MembershipRole.MANAGER

    class Params:
        editor = factory.Trait(role=MembershipRole.EDITOR)
        viewer = factory.Trait(role=MembershipRole.VIEWER)


class OrganizationRevisionFactory(DjangoModelFactory):
    """Waits for the desk: another name for the organisation."""

    class Meta:
        model = OrganizationRevision

    organization = factory.SubFactory(OrganizationFactory)
    before = factory.LazyAttribute(lambda revision: {"name": revision.organization.name})
    proposed = factory.LazyFunction(lambda: {"name": "新しい名前の会"})
    base_at = factory.LazyAttribute(lambda revision: revision.organization.updated_at)
    proposed_by = factory.SubFactory(UserFactory, member=True)

    class Params:
        returned = factory.Trait(
            state="returned",
            note="根拠を書いてください。",
            decided_at=factory.LazyFunction(timezone.now),
            decided_by=factory.SubFactory(UserFactory),
        )


class OfferFactory(DjangoModelFactory):
    """Stands on the board today."""

    class Meta:
        model = Offer

    organization = factory.SubFactory(OrganizationFactory)
    side = "give"
    resource = "goods"
    title = factory.Sequence(lambda n: f"お米をゆずります{n:05}")
    text = "毎月30キロまで、お渡しできます。"
    author = factory.SubFactory(UserFactory, member=True)

    class Params:
        need = factory.Trait(side="need")


class ConversationFactory(DjangoModelFactory):
    """Begun a moment ago by the asker, with one message that the owner of the offer has not read."""

    class Meta:
        model = Conversation
        skip_postgeneration_save = True

    offer = factory.SubFactory(OfferFactory)
    asker = factory.SubFactory(OrganizationFactory)
    begun_by = factory.SubFactory(UserFactory, member=True)

    @factory.post_generation
    def parties(self, create, extracted, **kwargs):
        for organization in self.organizations:
            self.parties.create(organization=organization, read_at=self.begun_at - dt.timedelta(seconds=1))
        self.messages.create(
            organization=self.asker,
            author=self.begun_by,
            text="くわしく聞かせてください。",
            written_at=self.begun_at,
        )


class BoardReportFactory(DjangoModelFactory):
    """One side asks the secretariat to look."""

    class Meta:
        model = BoardReport

    conversation = factory.SubFactory(ConversationFactory)
    organization = factory.LazyAttribute(lambda report: report.conversation.asker)
    reason = "関係のない品物を売ろうとしています。"
    reported_by = factory.SubFactory(UserFactory, member=True)


class CharterFactory(DjangoModelFactory):
    """A version in force; `draft=True` is still being written."""

    class Meta:
        model = Charter

    number = factory.Sequence(lambda n: n + 1)
    title = "設置要綱"
    text = factory.LazyAttribute(lambda charter: f"## 目的\n\n第{charter.number}版の本文です。")
    change_summary = factory.LazyAttribute(
        lambda charter: "" if charter.number == 1 else "第2条を直しました。"
    )
    effective_on = dt.date(2025, 4, 1)
    published_at = factory.LazyFunction(timezone.now)
    published_by = factory.SubFactory(UserFactory, secretariat=True)

    class Params:
        draft = factory.Trait(published_at=None, published_by=None)


class ApplicationFactory(DjangoModelFactory):
    """Confirmed by mail and waiting for staff."""

    class Meta:
        model = Application

    organization_name = factory.Sequence(lambda n: f"申し込む会{n:05}")
    sector = factory.SubFactory(SectorFactory)
    activity = "月に2回、だれでも来られる食堂を開いています。"
    contact_name = "申込 花子"
    contact_email = factory.Sequence(lambda n: f"applicant{n:05}@group.example")
    contact_phone = "087-000-0000"
    state = ApplicationState.SUBMITTED
    confirmed_at = factory.LazyFunction(timezone.now)

    class Params:
        unconfirmed = factory.Trait(state=ApplicationState.UNCONFIRMED, confirmed_at=None)
