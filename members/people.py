"""Whose data: by an account, or by a mail address that was written somewhere."""

from allauth.account.models import EmailAddress

from members.models import User
from platform_portal.privacy import Person


def person_of(user: User) -> Person:
    others = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return Person(
        user.pk, frozenset(address.lower() for address in (user.email, *others)), frozenset({user.name})
    )


def person_with(address: str) -> Person:
    """Somebody with an account of this address, or whoever else wrote it."""
    address = address.strip().lower()
    user = (
        User.objects.get_queryset().filter(email__iexact=address).first()
        or User.objects.get_queryset().filter(emailaddress__email__iexact=address).first()
    )
    return person_of(user) if user is not None else Person(None, frozenset({address}))


def user_of(person: Person) -> User | None:
    return None if person.user_id is None else User.objects.filter(pk=person.user_id).first()
