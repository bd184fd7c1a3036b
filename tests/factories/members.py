import factory
from factory.django import DjangoModelFactory

from members.models import Invitation, User, hash_secret
from platform_portal.access.roles import Role

PASSWORD = "とても長い合言葉-2026"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        django_get_or_create = ("email",)
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@portal.example")
    name = factory.Sequence(lambda n: f"利用者 {n}")
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

    email = factory.Sequence(lambda n: f"invited{n}@portal.example")
    name = factory.Sequence(lambda n: f"招待 {n}")
    section = "地域福祉課"
    role = Role.STAFF
    invited_by = factory.SubFactory(UserFactory, administrator=True)
    secret_hash = factory.LazyAttribute(lambda invitation: hash_secret(invitation.secret))

    class Params:
        secret = factory.Sequence(lambda n: f"{SECRET}-{n}")
