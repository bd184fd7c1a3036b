import factory
from factory.django import DjangoModelFactory

from members.models import User

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
