"""Hints that an application may come from a body that is known already. Staff decide; nothing is refused by them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Application, ApplicationState, Distinction, Organization, OrganizationState
from platform_portal.japanese.text import normalize, normalize_width

# What stands before or after the name proper and is often left out.
_LEGAL_FORM = re.compile(
    "特定非営利活動法人|npo法人|認定npo法人|社会福祉法人|社会医療法人|医療法人|学校法人|宗教法人|"
    "(?:公益|一般)?(?:社団|財団)法人|労働者協同組合|生活協同組合|株式会社|有限会社|合同会社|任意団体|"
    r"\((?:株|有|特非|福|社|財|一社|公社|一財|公財)\)"
)
_NOT_LETTERS = re.compile(r"[\W_]+")
# Everybody has an address there: the domain says nothing about the body.
FREE_MAIL = frozenset(
    [
        *(
            "gmail.com",
            "outlook.com",
            "outlook.jp",
            "hotmail.com",
            "hotmail.co.jp",
            "live.jp",
            "msn.com",
            "aol.com",
        ),
        *("yahoo.co.jp", "ymail.ne.jp", "icloud.com", "me.com", "proton.me"),
        *("docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp"),
        *("nifty.com", "biglobe.ne.jp", "ocn.ne.jp", "plala.or.jp", "so-net.ne.jp"),
    ]
)


def name_key(name: str) -> str:
    """The name as it is compared: no legal form, no spaces, one spelling."""
    plain = _LEGAL_FORM.sub("", normalize_width(name))
    return _NOT_LETTERS.sub("", normalize(plain))


def phone_key(phone: str) -> str:
    return "".join(character for character in normalize_width(phone) if character.isdigit())


def domain_key(email: str) -> str:
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain


@dataclass(frozen=True, slots=True)
class Traits:
    """What two bodies may have in common; empty values are in common with nobody."""

    name: str
    corporate_number: str
    phones: frozenset[str]
    domains: frozenset[str]

    def shared_with(self, other: "Traits") -> list[str]:
        """What is the same, in words."""
        same = []
        if self.name and self.name == other.name:
            same.append(_("名前"))
        if self.corporate_number and self.corporate_number == other.corporate_number:
            same.append(_("法人番号"))
        if self.phones & other.phones:
            same.append(_("電話番号"))
        if self.domains & other.domains:
            same.append(_("メールアドレスの @ より後"))
        return same


def _traits(name: str, number: str, phones: Iterable[str], emails: Iterable[str]) -> Traits:
    return Traits(
        name_key(name),
        number,
        frozenset(map(phone_key, phones)) - {""},
        frozenset(map(domain_key, emails)) - {""},
    )


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that looks the same. `is_namesake`: a member of today; approving would make a second of that name.

    `organization_id`: of an organisation, which staff can mark as another body.
    """

    kind: str
    name: str
    state: str
    shared: list[str]
    address: str
    is_namesake: bool = False
    organization_id: str = ""


def find_duplicates(application: Application) -> list[Hint]:
    """Two queries, however many there are: a thousand rows compare in a few milliseconds."""
    own = _traits(
        application.organization_name,
        application.corporate_number,
        [application.contact_phone],
        [application.contact_email],
    )
    return [*_among_organizations(application, own), *_among_applications(application, own)]


def find_namesakes(applications: Iterable[Application]) -> dict[int, Organization]:
    """A member of today of the same name, by the key of the application, but for those known to be another body.

    Two queries, however many there are.
    """
    rows = list(applications)
    apart = set(
        Distinction.objects.filter(application__in=rows).values_list("one_id", "application_id").order_by()
    )
    members: dict[str, list[Organization]] = defaultdict(list)
    for member in Organization.objects.active().only("public_id", "name").order_by("pk"):
        members[name_key(member.name)].append(member)
    found = {}
    for row in rows:
        key = name_key(row.organization_name)
        twins = [member for member in members[key] if (member.pk, row.pk) not in apart] if key else []
        if twins:
            found[row.pk] = twins[0]
    return found


def _among_organizations(application: Application, own: Traits) -> Iterable[Hint]:
    known = Distinction.objects.about(OuterRef("pk"), application)
    rows: Any = Organization.objects.exclude(application=application).filter(~Exists(known))
    rows = rows.only(
        "public_id", "name", "state", "corporate_number",
        "office_phone", "public_phone", "office_email", "public_email",
    )  # fmt: skip
    for row in rows:
        phones, emails = [row.office_phone, row.public_phone], [row.office_email, row.public_email]
        shared = own.shared_with(_traits(row.name, row.corporate_number, phones, emails))
        if shared:
            address = reverse("members:organization-page", args=[row.public_id])
            is_namesake = row.is_active and own.name == name_key(row.name) != ""
            state = row.get_state_display()
            yield Hint(_("会員団体"), row.name, state, shared, address, is_namesake, row.public_id)


def _among_applications(application: Application, own: Traits) -> Iterable[Hint]:
    rows = Application.objects.confirmed().exclude(pk=application.pk)
    rows = rows.exclude(state__in=[ApplicationState.APPROVED, ApplicationState.WITHDRAWN])
    for row in rows:
        traits = _traits(
            row.organization_name, row.corporate_number, [row.contact_phone], [row.contact_email]
        )
        shared = own.shared_with(traits)
        if shared:
            address = reverse("members:application-page", args=[row.public_id])
            yield Hint(_("入会申込"), row.organization_name, row.get_state_display(), shared, address)


# --- Among the organisations themselves ---------------------------------------------------------
# More than so many with one telephone or domain share a house or a provider; they are not one body.
_MOST_OF_ONE_TRAIT = 8
# Every section of an office writes from one domain.
_OFFICES = (".lg.jp", ".go.jp")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that may be one; `shared` in words."""

    one: Organization
    other: Organization
    shared: list[str]


def find_pairs() -> list[Pair]:
    """Likely duplicates among those not merged yet, the likeliest first, but for those known to be two. Two queries."""
    apart = Distinction.objects.pairs()
    rows: Any = Organization.objects.exclude(state=OrganizationState.MERGED).order_by("pk")
    traits: dict[int, Traits] = {}
    holders: dict[tuple[str, str], list[Organization]] = defaultdict(list)
    for row in rows.select_related("municipality").defer("search_text", "profile", "internal_note"):
        own = organization_traits(row)
        traits[row.pk] = own
        for key in _keys(own):
            holders[key].append(row)
    found: dict[tuple[int, int], Pair] = {}
    for group in holders.values():
        if 2 <= len(group) <= _MOST_OF_ONE_TRAIT:
            for one, other in combinations(group, 2):
                if (one.is_active or other.is_active) and frozenset({one.pk, other.pk}) not in apart:
                    shared = traits[one.pk].shared_with(traits[other.pk])
                    found[one.pk, other.pk] = Pair(one, other, shared)
    return sorted(found.values(), key=lambda pair: (-len(pair.shared), pair.one.name, pair.one.pk))


COMPARED = ("name", "corporate_number", "office_phone", "public_phone", "office_email", "public_email")


def find_alike(values: Mapping[str, str]) -> list[Organization]:
    """Who shares a name, a number or a telephone with one that is not entered yet. `values`: COMPARED. One query."""
    own = organization_traits(Organization(**values))
    rows: Any = Organization.objects.exclude(state=OrganizationState.MERGED).order_by("pk")
    return [
        row
        for row in rows.defer("search_text", "profile", "internal_note")
        if own.shared_with(organization_traits(row))
    ]


def organization_traits(row: Organization) -> Traits:
    emails = [
        email for email in (row.office_email, row.public_email) if not domain_key(email).endswith(_OFFICES)
    ]
    return _traits(row.name, row.corporate_number, [row.office_phone, row.public_phone], emails)


def _keys(traits: Traits) -> Iterable[tuple[str, str]]:
    yield from (("phone", phone) for phone in traits.phones)
    yield from (("domain", domain) for domain in traits.domains)
    if traits.name:
        yield "name", traits.name
    if traits.corporate_number:
        yield "number", traits.corporate_number
