"""相談窓口: one place a person can turn to."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models.category import Category
from consultations.models.querysets import ConsultationWindowQuerySet
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import Publishable, actor
from platform_portal.region.models import Municipality


class Asker(models.TextChoices):
    SELF = "self", _("本人")
    FAMILY = "family", _("家族")
    NEIGHBOUR = "neighbour", _("周囲の人")
    SUPPORTER = "supporter", _("支援者")


class AreaScope(models.TextChoices):
    NATION = "national", _("全国")
    PREFECTURE = "prefecture", _("県内全域")
    MUNICIPALITY = "municipality", _("市町を選ぶ")


class Fee(models.TextChoices):
    FREE = "free", _("無料")
    PAID = "paid", _("有料")
    UNKNOWN = "unknown", _("分からない")


class Anonymity(models.TextChoices):
    YES = "yes", _("名前を言わなくてよい")
    PARTLY = "partly", _("はじめは名前を言わなくてよい")
    NO = "no", _("名前を聞かれる")
    UNKNOWN = "unknown", _("分からない")


class AddressVisibility(models.TextChoices):
    PUBLIC = "public", _("公開する")
    AREA = "area", _("市町名までにする")
    HIDDEN = "hidden", _("公開しない")


class VerificationSource(models.TextChoices):
    """On whose word an entry counts as verified."""

    STAFF = "staff", _("職員が確かめた")
    TELEPHONE = "telephone", _("職員が電話などで聞いて確かめた")
    MEMBER = "member", _("運営する団体がサインインして確かめた")
    LINK = "link", _("運営する団体がメールのリンクから確かめた")


# Somebody who had signed in; of a mailed link we know the organisation, but not who pressed it.
SOURCES_WITH_A_PERSON = (VerificationSource.STAFF, VerificationSource.TELEPHONE, VerificationSource.MEMBER)
OPERATOR_SOURCES = (VerificationSource.MEMBER, VerificationSource.LINK)


MONTH_DAY = RegexValidator(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", _("12-29 のように書いてください。"))


class ConsultationWindow(PublicIdModel, Publishable):
    audit_noun = "window"

    name = models.CharField(_("名称"), max_length=100)
    kana = models.CharField(_("名称（カナ）"), max_length=150, blank=True)
    description = models.TextField(_("相談できること"), max_length=1000, blank=True)
    organization = models.ForeignKey(
        "members.Organization",
        verbose_name=_("運営団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="windows",
    )
    operator = models.CharField(_("運営者"), max_length=100, blank=True)
    categories = models.ManyToManyField(Category, verbose_name=_("分野"), related_name="windows", blank=True)

    askers = ArrayField(
        models.CharField(max_length=12, choices=Asker.choices),
        verbose_name=_("相談できる人"),
        default=list,
        blank=True,
    )
    minimum_age = models.PositiveSmallIntegerField(
        _("対象年齢（から）"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    maximum_age = models.PositiveSmallIntegerField(
        _("対象年齢（まで）"), null=True, blank=True, validators=[MaxValueValidator(120)]
    )
    is_women_only = models.BooleanField(_("女性のみ"), default=False)
    eligibility = models.CharField(_("対象の条件"), max_length=200, blank=True)

    area_scope = models.CharField(
        _("地域の範囲"), max_length=12, choices=AreaScope.choices, default=AreaScope.PREFECTURE
    )
    area_rank = models.GeneratedField(
        expression=Case(
            When(area_scope="municipality", then=Value(0)),
            When(area_scope="prefecture", then=Value(1)),
            default=Value(2),
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
        verbose_name=_("近い順"),  # municipality, prefecture, nation
    )
    municipalities = models.ManyToManyField(
        Municipality, verbose_name=_("市町"), related_name="windows", blank=True
    )

    fee = models.CharField(_("相談の費用"), max_length=8, choices=Fee.choices, default=Fee.UNKNOWN)
    fee_note = models.CharField(_("費用の説明"), max_length=200, blank=True)
    anonymity = models.CharField(
        _("名前を言わない相談"), max_length=8, choices=Anonymity.choices, default=Anonymity.UNKNOWN
    )
    languages = ArrayField(
        models.CharField(max_length=12), verbose_name=_("使える言語"), default=list, blank=True
    )
    who_answers = models.CharField(_("だれが出るか"), max_length=300, blank=True)
    what_is_asked = models.CharField(_("聞かれること"), max_length=300, blank=True)
    confidentiality = models.CharField(_("どこまで秘密か"), max_length=300, blank=True)

    address = models.CharField(_("住所"), max_length=200, blank=True)
    address_visibility = models.CharField(
        _("住所の公開"), max_length=8, choices=AddressVisibility.choices, default=AddressVisibility.PUBLIC
    )
    website = models.URLField(
        _("ウェブサイト"), max_length=300, blank=True, validators=[URLValidator(schemes=["https", "http"])]
    )

    opening_hours = models.CharField(
        _("受付時間の規則"),
        max_length=1000,
        blank=True,
        help_text=_("OpenStreetMap の opening_hours の書き方。空欄は「分からない」です。"),
    )
    hours_text = models.CharField(_("受付時間（公表された文）"), max_length=500, blank=True)
    is_by_appointment = models.BooleanField(_("予約制"), default=False)
    year_end_from = models.CharField(
        _("年末年始の休み（から）"), max_length=5, blank=True, validators=[MONTH_DAY]
    )
    year_end_to = models.CharField(
        _("年末年始の休み（まで）"), max_length=5, blank=True, validators=[MONTH_DAY]
    )
    valid_from = models.DateField(_("開設期間（から）"), null=True, blank=True)
    valid_to = models.DateField(_("開設期間（まで）"), null=True, blank=True)

    verified_on = models.DateField(_("確かめた日"), null=True, blank=True)
    verified_by = actor(_("確かめた人"))
    verification_source = models.CharField(
        _("だれの言葉で確かめたか"),
        max_length=10,
        choices=VerificationSource.choices,
        blank=True,
        editable=False,
    )
    verification_interval = models.PositiveSmallIntegerField(
        _("確かめる間隔（月）"), default=6, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    verification_due_on = models.GeneratedField(
        expression=Func(
            F("verified_on"),
            F("verification_interval"),
            template="(%(expressions)s))::date",
            arg_joiner=" + make_interval(months => ",
            output_field=models.DateField(),
        ),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name=_("次に確かめる日"),
    )

    fallbacks = models.ManyToManyField(
        "self", through="Fallback", symmetrical=False, related_name="fallback_of", blank=True
    )
    internal_note = models.TextField(_("内部メモ（公開しない）"), max_length=2000, blank=True)
    source = models.CharField(_("出典"), max_length=300, blank=True)
    source_on = models.DateField(_("出典の日付"), null=True, blank=True)

    search_vector = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar = ConsultationWindowQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "name",
            "kana",
            "description",
            "organization",
            "operator",
            "categories",
            "askers",
            "minimum_age",
            "maximum_age",
            "is_women_only",
            "eligibility",
            "area_scope",
            "area_rank",
            "municipalities",
            "fee",
            "fee_note",
            "anonymity",
            "languages",
            "who_answers",
            "what_is_asked",
            "confidentiality",
            "website",
            "opening_hours",
            "hours_text",
            "is_by_appointment",
            "year_end_from",
            "year_end_to",
            "valid_from",
            "valid_to",
            "verified_on",
            "verification_source",
            "fallbacks",
            "source",
            "source_on",
        )
        # The address is shown through `public_address` alone.
        internal = (
            "state",
            "author",
            "submitted_at",
            "submitted_by",
            "published_at",
            "published_by",
            "address",
            "address_visibility",
            "verified_by",
            "verification_interval",
            "verification_due_on",
            "internal_note",
            "search_vector",
            "created_at",
            "updated_at",
        )
        personal: tuple[str, ...] = ()

    class Meta(Publishable.Meta):
        verbose_name = _("相談窓口")
        verbose_name_plural = _("相談窓口")
        ordering = ["kana", "name", "pk"]
        indexes = [
            GinIndex(fields=["search_vector"], name="consultations_window_search"),
            models.Index(
                # Walked in this order until a page is full: see consultations.listing.
                fields=["area_rank", "kana", "name", "id"],
                name="consultations_window_order",
                condition=Q(state="published"),
            ),
            models.Index(fields=["verification_due_on"], name="consultations_window_due"),
        ]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True, verified_by__isnull=True, verification_source="")
                | Q(
                    verified_on__isnull=False,
                    verified_by__isnull=False,
                    verification_source__in=SOURCES_WITH_A_PERSON,
                )
                | Q(
                    verified_on__isnull=False,
                    verified_by__isnull=True,
                    verification_source=VerificationSource.LINK,
                ),
                name="consultations_window_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(minimum_age__isnull=True)
                | Q(maximum_age__isnull=True)
                | Q(minimum_age__lte=F("maximum_age")),
                name="consultations_window_ages_ordered",
                violation_error_message=_("対象年齢の「から」は「まで」より小さくしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lte=F("valid_to")),
                name="consultations_window_period_ordered",
                violation_error_message=_("開設期間の「から」は「まで」より前の日にしてください。"),
            ),
            models.CheckConstraint(
                condition=(Q(year_end_from="") & Q(year_end_to=""))
                | (~Q(year_end_from="") & ~Q(year_end_to="")),
                name="consultations_window_year_end_pair",
                violation_error_message=_("年末年始の休みは「から」と「まで」の両方を書いてください。"),
            ),
            models.CheckConstraint(
                condition=Q(area_scope__in=AreaScope.values), name="consultations_window_area_known"
            ),
            models.CheckConstraint(
                condition=Q(anonymity__in=Anonymity.values), name="consultations_window_anonymity_known"
            ),
            models.CheckConstraint(condition=Q(fee__in=Fee.values), name="consultations_window_fee_known"),
            models.CheckConstraint(
                condition=Q(address_visibility__in=AddressVisibility.values),
                name="consultations_window_visibility_known",
            ),
            models.CheckConstraint(
                condition=Q(askers__contained_by=Asker.values), name="consultations_window_askers_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_risk(self) -> bool:
        """True when somebody watching must not learn what this page is about."""
        return any(category.is_risk for category in self.categories.all())

    @property
    def operator_name(self) -> str:
        """Who runs it, as residents are told: the text, or else the member, if it agreed to be listed."""
        if self.operator or self.organization is None or not self.organization.is_listed:
            return self.operator
        name: str = self.organization.name
        return name

    def set_verification(self, *, on: dt.date | None, by: Any = None, source: str = "") -> list[str]:
        """Sets the three fields that belong together; returns their names for `update_fields`.

        Without a day everything is empty. The link from a mail knows no person, all other sources do.
        """
        self.verified_on, self.verified_by = on, by if on else None
        self.verification_source = source if on else ""
        return ["verified_on", "verified_by", "verification_source"]

    @property
    def is_verified_by_operator(self) -> bool:
        return self.verification_source in OPERATOR_SOURCES

    @property
    def year_end(self) -> tuple[str, str]:
        """The closure at New Year, `("12-29", "01-03")` or two empty texts."""
        return self.year_end_from, self.year_end_to

    @property
    def due_since(self) -> dt.date:
        """From which day on somebody should make sure. One that nobody ever verified is due once it is public."""
        due: dt.date | None = self.verification_due_on
        return due or timezone.localdate(self.published_at or self.created_at)

    @property
    def is_due(self) -> bool:
        """True when somebody should make sure of a published entry."""
        if not self.is_published:
            return False
        return self.verification_due_on is None or self.verification_due_on <= timezone.localdate()

    @property
    def public_address(self) -> str:
        """What of the address may be shown; never the hidden one."""
        if self.address_visibility == AddressVisibility.PUBLIC:
            return self.address
        if self.address_visibility == AddressVisibility.AREA:
            return "、".join(str(municipality) for municipality in self.municipalities.all())
        return ""


class Fallback(models.Model):
    """Another window to try when the first is busy, in order."""

    window = models.ForeignKey(ConsultationWindow, on_delete=models.CASCADE, related_name="fallback_links")
    target = models.ForeignKey(ConsultationWindow, on_delete=models.CASCADE, related_name="fallback_sources")
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    class Privacy:
        public = ("window", "target", "position")
        internal: tuple[str, ...] = ()
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("代わりの窓口")
        verbose_name_plural = _("代わりの窓口")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["window", "target"], name="consultations_fallback_once"),
            models.CheckConstraint(
                condition=~Q(window=F("target")),
                name="consultations_fallback_not_itself",
                violation_error_message=_("代わりの窓口に、その窓口自身は選べません。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window} → {self.target}"
