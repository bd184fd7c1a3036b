"""会員団体: the bodies that make up the platform, and the masters that describe them."""

import datetime as dt
from pathlib import PurePosixPath
from typing import Any, ClassVar

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.corporate_numbers import validate_corporate_number
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.japanese.phone import check_phone
from platform_portal.japanese.text import normalize
from platform_portal.privacy import Person
from platform_portal.region.models import Municipality

EARLIEST_DAY, LATEST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


class OrganizationKind(models.TextChoices):
    """How a body stands in the platform."""

    LEADING = "leading", _("幹事団体")
    GENERAL = "general", _("一般団体")
    SECTION = "section", _("庁内課")
    MUNICIPALITY = "municipality", _("市町村")
    EXPERT = "expert", _("有識者")


class OrganizationState(models.TextChoices):
    ACTIVE = "active", _("加入中")
    LEFT = "left", _("退会")
    MERGED = "merged", _("統合済み")


class AddressVisibility(models.TextChoices):
    """The address of a small group is often somebody's home: hidden unless somebody says otherwise."""

    PUBLIC = "public", _("公開する")
    AREA = "area", _("市町名までにする")
    HIDDEN = "hidden", _("公開しない")


class MasterQuerySet(models.QuerySet[Any]):
    def active(self) -> "MasterQuerySet":
        return self.filter(is_active=True)


class Master(models.Model):
    """An entry of a short list that staff keep: shown in order, never deleted while something points to it."""

    slug = models.SlugField(_("記号"), max_length=30, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=40, unique=True, validators=[validate_one_line])
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_active = models.BooleanField(_("使う"), default=True)

    objects: ClassVar = MasterQuerySet.as_manager()

    class Privacy:
        public = ("slug", "name", "position", "is_active")
        internal = ()
        personal = ()

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class SectorQuerySet(MasterQuerySet):
    def with_members(self, *, listed_only: bool = False) -> "SectorQuerySet":
        """With `members`: how many organisations of today work in the field."""
        counted = Q(organizations__state=OrganizationState.ACTIVE)
        if listed_only:
            counted &= Q(organizations__is_listed=True)
        found: SectorQuerySet = self.annotate(members=Count("organizations", filter=counted))
        return found


class Sector(Master):
    """What field a body works in: 福祉, 教育, 労働 …"""

    objects: ClassVar = SectorQuerySet.as_manager()

    class Meta(Master.Meta):
        verbose_name = _("活動分野")
        verbose_name_plural = _("活動分野")


class Strength(Master):
    """What a body is good at: 居場所づくり, 同行支援, 食料の支援 …"""

    class Meta(Master.Meta):
        verbose_name = _("得意分野")
        verbose_name_plural = _("得意分野")


SEARCHED = ("name", "kana", "target_people", "profile")


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def active(self) -> "OrganizationQuerySet":
        return self.filter(state=OrganizationState.ACTIVE)

    def public(self) -> "OrganizationQuerySet":
        """What residents may see: members of today that agreed to be listed."""
        return self.active().filter(is_listed=True)

    def survivor_of(self, public_id: str) -> "Organization | None":
        """Where the organisation that once had this ID is found now, if residents may see that."""
        return self.public().filter(merged_from__public_id=public_id).first()

    def acted_for_by(self, user: Any) -> "OrganizationQuerySet":
        """Those that `user` may act for today. Fetching is authorising: others are not found."""
        return self.active().filter(memberships__user=user, memberships__ended_at=None)

    def without_contact(self, failing: Any = ()) -> "OrganizationQuerySet":
        """Nobody reads what the secretariat writes: no contact who may sign in and whose address takes mail.

        `failing`: addresses in lower case that do not, as a list or a subquery.
        """
        memberships = self.model._meta.get_field("memberships").related_model
        contacts = (
            memberships._default_manager.filter(
                organization=OuterRef("pk"), ended_at=None, is_contact=True, user__is_active=True
            )
            .annotate(address=Lower("user__email"))
            .exclude(address__in=failing)
        )
        return self.filter(~Exists(contacts))

    def joined_by_month(self, since: dt.date) -> dict[dt.date, int]:
        """{first day of a month: how many joined in it}, months without any left out. Merged ones do not count."""
        return self.exclude(state=OrganizationState.MERGED)._by_month("joined_on", since)

    def left_by_month(self, since: dt.date) -> dict[dt.date, int]:
        """{first day of a month: how many left in it}, months without any left out."""
        return self.filter(state=OrganizationState.LEFT)._by_month("left_on", since)

    def _by_month(self, day: str, since: dt.date) -> dict[dt.date, int]:
        rows = self.filter(**{f"{day}__gte": since}).order_by().values(month=TruncMonth(day))
        return dict(rows.annotate(count=Count("pk")).values_list("month", "count"))

    def with_people(self) -> "OrganizationQuerySet":
        """With `people`: how many act for it today."""
        current = Q(memberships__ended_at=None, memberships__isnull=False)
        return self.annotate(people=Count("memberships", filter=current))

    def without_consent_to(self, charter: Any) -> "OrganizationQuerySet":
        return self.exclude(consents__charter=charter)

    def with_consent_to(self, charter: Any) -> "OrganizationQuerySet":
        return self.filter(consents__charter=charter)

    def search(self, words: str) -> "OrganizationQuerySet":
        """Every word stands in what is public of the name, the people it is for, or the profile."""
        found = self
        for word in normalize(words).split():
            found = found.filter(search_text__contains=word)
        return found


class Organization(PublicIdModel):
    """A member of the platform. What residents see of it is listed in `Privacy.public`."""

    name = models.CharField(_("団体名"), max_length=100, validators=[validate_one_line])
    kana = models.CharField(_("団体名（カナ）"), max_length=150, blank=True, validators=[validate_one_line])
    kind = models.CharField(
        _("区分"), max_length=12, choices=OrganizationKind.choices, default=OrganizationKind.GENERAL
    )
    sector = models.ForeignKey(
        Sector, verbose_name=_("活動分野"), on_delete=models.PROTECT, related_name="organizations"
    )
    corporate_number = models.CharField(
        _("法人番号"), max_length=13, blank=True, validators=[validate_corporate_number]
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("所在の市町"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organizations",
    )
    address = models.CharField(_("住所"), max_length=200, blank=True, validators=[validate_one_line])
    address_visibility = models.CharField(
        _("住所の公開"), max_length=8, choices=AddressVisibility.choices, default=AddressVisibility.HIDDEN
    )
    is_prefecture_wide = models.BooleanField(_("県内全域で活動"), default=False)
    activity_areas = models.ManyToManyField(
        Municipality, verbose_name=_("活動する市町"), related_name="active_organizations", blank=True
    )
    target_people = models.CharField(_("対象とする人"), max_length=200, blank=True)
    strengths = models.ManyToManyField(
        Strength, verbose_name=_("得意分野"), related_name="organizations", blank=True
    )
    profile = models.TextField(_("紹介"), max_length=2000, blank=True)
    website = models.URLField(
        _("ウェブサイト"), max_length=300, blank=True, validators=[URLValidator(schemes=["https", "http"])]
    )
    public_phone = models.CharField(
        _("公開する電話番号"), max_length=30, blank=True, validators=[check_phone]
    )
    public_email = models.EmailField(_("公開するメールアドレス"), blank=True)
    logo = models.ImageField(_("ロゴ"), upload_to="organizations/logos/", blank=True, editable=False)

    office_phone = models.CharField(_("事務局からの連絡用の電話番号"), max_length=30, blank=True)
    office_email = models.EmailField(_("事務局からの連絡用のメールアドレス"), blank=True)
    internal_note = models.TextField(_("内部メモ（公開しない）"), max_length=2000, blank=True)

    state = models.CharField(
        _("状態"),
        max_length=8,
        choices=OrganizationState.choices,
        default=OrganizationState.ACTIVE,
        editable=False,
    )
    is_listed = models.BooleanField(_("会員団体の一覧に載せる"), default=True)
    joined_on = models.DateField(_("入会日"), default=timezone.localdate)
    left_on = models.DateField(_("退会日"), null=True, blank=True, editable=False)
    leaving_reason = models.CharField(_("退会の理由"), max_length=300, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("統合先"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
    )
    scrubbed_at = models.DateTimeField(_("個人情報を消した時刻"), null=True, blank=True, editable=False)

    # Names, target people and profile in the form that searches are compared in.
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(_("登録した時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar = OrganizationQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "name",
            "kana",
            "kind",
            "sector",
            "corporate_number",
            "municipality",
            "is_prefecture_wide",
            "activity_areas",
            "target_people",
            "strengths",
            "profile",
            "website",
            "public_phone",
            "public_email",
            "logo",
            "joined_on",
        )
        # The address is shown through `public_address` alone.
        internal = (
            "address_visibility",
            "is_listed",
            "internal_note",
            "state",
            "left_on",
            "leaving_reason",
            "merged_into",
            "scrubbed_at",
            "search_text",
            "created_at",
            "updated_at",
        )
        personal = ("address", "office_phone", "office_email")
        free_text = ("internal_note", "leaving_reason")
        withheld = ("internal_note",)

        @staticmethod
        def also_about(person: Person) -> Q:
            """Who is a member as a person."""
            found = Q(pk__in=[])
            for address in person.addresses:
                found |= Q(application__is_individual=True, application__contact_email__iexact=address)
            return found

    class Meta:
        verbose_name = _("会員団体")
        verbose_name_plural = _("会員団体")
        ordering = ["kana", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganizationKind.values), name="members_organization_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OrganizationState.values), name="members_organization_state_known"
            ),
            models.CheckConstraint(
                condition=Q(address_visibility__in=AddressVisibility.values),
                name="members_organization_visibility_known",
            ),
            models.CheckConstraint(
                condition=Q(state=OrganizationState.ACTIVE, left_on=None)
                | (~Q(state=OrganizationState.ACTIVE) & Q(left_on__isnull=False)),
                name="members_organization_left_with_a_date",
                violation_error_message=_("退会した団体には、退会日が要ります。"),
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="members_organization_dates_ordered",
                violation_error_message=_("退会日は、入会日より後の日にしてください。"),
            ),
            # Slips of the keyboard: a year of four other digits.
            models.CheckConstraint(
                condition=Q(joined_on__gte=EARLIEST_DAY, joined_on__lte=LATEST_DAY),
                name="members_organization_joined_on_plausible",
                violation_error_message=_("入会日は、1900年から2100年までの日付にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=EARLIEST_DAY, left_on__lte=LATEST_DAY),
                name="members_organization_left_on_plausible",
                violation_error_message=_("退会日は、1900年から2100年までの日付にしてください。"),
            ),
            models.CheckConstraint(
                condition=(Q(state=OrganizationState.MERGED) & Q(merged_into__isnull=False))
                | (~Q(state=OrganizationState.MERGED) & Q(merged_into=None)),
                name="members_organization_merged_into_one",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="members_organization_not_merged_into_itself"
            ),
            models.UniqueConstraint(
                fields=["corporate_number"],
                condition=Q(state=OrganizationState.ACTIVE) & ~Q(corporate_number=""),
                name="members_organization_corporate_number_once",
                violation_error_message=_("この法人番号の団体は、すでに登録されています。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **options: Any) -> None:
        """Keeps what searches are compared with. `bulk_create` asks nobody: set it there."""
        self.search_text = self.searched_words()
        names = options.get("update_fields")
        if names is not None and not set(SEARCHED).isdisjoint(names):
            options["update_fields"] = {*names, "search_text"}
        super().save(**options)

    def searched_words(self) -> str:
        return normalize(" ".join(getattr(self, name) for name in SEARCHED))

    @property
    def is_active(self) -> bool:
        return self.state == OrganizationState.ACTIVE

    @property
    def logo_digest(self) -> str:
        """What stands in the address of its picture; empty without one."""
        return PurePosixPath(self.logo.name or "").stem if self.logo else ""

    @property
    def public_address(self) -> str:
        """What of the address may be shown; never the hidden one."""
        if self.address_visibility == AddressVisibility.PUBLIC:
            return self.address
        if self.address_visibility == AddressVisibility.AREA and self.municipality:
            return self.municipality.name
        return ""
