"""Whom mails about a meeting go to: the contacts of organisations, and guests by their own address."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from meetings.models import Attendance
from members.models import Membership
from platform_portal.mail.models import OutgoingMail


class Trouble(StrEnum):
    """Why nobody of an organisation can be asked by mail."""

    NOBODY = "nobody"  # no contact, or no address
    FAILING = "failing"  # no address that takes our mail


@dataclass(frozen=True, slots=True)
class Addressee:
    name: str
    email: str
    user_id: int  # 0 for a guest
    is_failing: bool

    @property
    def is_guest(self) -> bool:
        """Called by the name of a body, or by a title: まちの会 様."""
        return not self.user_id


class Addressees:
    """Of many organisations and guests at once: two queries however many."""

    def __init__(self, *, organizations: Iterable[int], guests: Iterable[str] = ()) -> None:
        rows = Membership.objects.contacts().filter(organization__in=set(organizations))
        self._rows = list(rows.select_related("user").order_by("organization", "pk"))
        addresses = {row.user.email.lower() for row in self._rows} | {each.lower() for each in guests if each}
        failing = OutgoingMail.objects.failing_addresses().filter(address__in=addresses)
        self._failing = {row["address"] for row in failing} if addresses else set()
        self._of_organization: dict[int, list[Addressee]] = {}
        for row in self._rows:
            people = self._of_organization.setdefault(row.organization_id, [])
            people.append(self._addressee(row.user.name, row.user.email, row.user_id))

    @classmethod
    def of_attendances(cls, rows: Iterable[Attendance]) -> "Addressees":
        listed = list(rows)
        return cls(
            organizations=[row.organization_id for row in listed if row.organization_id],
            guests=[row.guest_email for row in listed],
        )

    def of_organization(self, key: int) -> list[Addressee]:
        return self._of_organization.get(key, [])

    def of_guest(self, name: str, email: str) -> list[Addressee]:
        return [self._addressee(name, email, 0)] if email else []

    def of(self, row: Attendance) -> list[Addressee]:
        if row.organization_id:
            return self.of_organization(row.organization_id)
        return self.of_guest(row.guest_name, row.guest_email)

    def _addressee(self, name: str, email: str, user_id: int) -> Addressee:
        return Addressee(name, email, user_id, email.lower() in self._failing)


def reachable(people: Iterable[Addressee]) -> list[Addressee]:
    return [each for each in people if not each.is_failing]


def trouble_with(people: list[Addressee]) -> Trouble | None:
    if not people:
        return Trouble.NOBODY
    return None if reachable(people) else Trouble.FAILING
