"""入会申込: how a body asks to join, and the rules the prefecture has set for it."""

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.corporate_numbers import validate_corporate_number
from members.models.organizations import MasterQuerySet, Organization, OrganizationKind, Sector
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired
from platform_portal.region.models import Municipality


class JoiningRules(models.Model):
    """One row: who may ask to join, and in what rhythm members are admitted."""

    is_open = models.BooleanField(_("入会を受け付ける"), default=True)
    accepts_individuals = models.BooleanField(
        _("個人の入会も受け付ける"), default=False, help_text=_("外すと、団体だけが申し込めます。")
    )
    guidance = models.TextField(
        _("申し込む人への案内"), max_length=2000, blank=True, help_text=_("申込のページのはじめに出ます。")
    )
    merits = models.TextField(
        _("入会するとできること"), max_length=1000, blank=True, help_text=_("1行に1つ書きます。")
    )
    admission_interval = models.PositiveSmallIntegerField(
        _("まとめて認める間隔（日）"),
        default=0,
        validators=[MaxValueValidator(92)],
        help_text=_("0 は、申込ごとに認めます。14 は、2週間ごとにまとめて認めます。"),
    )
    first_admission_on = models.DateField(_("まとめて認める日の始まり"), null=True, blank=True)
    left_kept_months = models.PositiveSmallIntegerField(
        _("退会した団体の連絡先を残す月数"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_(
            "退会からこの月数がたつと、住所・連絡先・内部メモを消します。団体名と入会・退会の日は残ります。"
        ),
    )
    closed_kept_months = models.PositiveSmallIntegerField(
        _("終わった申込と招待の個人情報を残す月数"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("申込を決めた日（取り下げた日）や、招待が終わった日からの月数です。"),
    )
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    class Privacy:
        public = (
            "is_open",
            "accepts_individuals",
            "guidance",
            "merits",
            "admission_interval",
            "first_admission_on",
        )
        internal = ("left_kept_months", "closed_kept_months", "updated_at")
        personal = ()

    class Meta:
        verbose_name = _("入会のきまり")
        verbose_name_plural = _("入会のきまり")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="members_joiningrules_one_row"),
            models.CheckConstraint(
                condition=Q(admission_interval=0) | Q(first_admission_on__isnull=False),
                name="members_joiningrules_rhythm_begins",
                violation_error_message=_("まとめて認めるときは、始まりの日も入れてください。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> "JoiningRules":
        """The row, or unsaved defaults on a portal that was not set up yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def merit_list(self) -> list[str]:
        return [line.strip() for line in self.merits.splitlines() if line.strip()]

    def last_admission_on(self, today: dt.date | None = None) -> dt.date | None:
        """The newest such day that has come; None when there was none yet."""
        today = today or timezone.localdate()
        coming = self.next_admission_on(today)
        if coming is None or self.first_admission_on is None or today < self.first_admission_on:
            return None
        return coming if coming == today else coming - dt.timedelta(days=self.admission_interval)

    def next_admission_on(self, today: dt.date | None = None) -> dt.date | None:
        """The next day on which applications are decided together; None when each is decided by itself."""
        if not self.admission_interval or self.first_admission_on is None:
            return None
        today = today or timezone.localdate()
        if today <= self.first_admission_on:
            return self.first_admission_on
        late = (today - self.first_admission_on).days % self.admission_interval
        return today + dt.timedelta(days=(self.admission_interval - late) % self.admission_interval)


class JoiningCriterion(models.Model):
    """A sentence the applicant ticks, e.g. that the body is active in the prefecture."""

    slug = models.SlugField(_("記号"), max_length=30, unique=True, editable=False)
    text = models.CharField(_("確かめる文"), max_length=300, unique=True)
    is_required = models.BooleanField(_("必ず当てはまること"), default=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    is_active = models.BooleanField(_("使う"), default=True)

    objects: ClassVar = MasterQuerySet.as_manager()

    class Privacy:
        public = ("slug", "text", "is_required", "position", "is_active")
        internal = ()
        personal = ()

    class Meta:
        verbose_name = _("入会の条件")
        verbose_name_plural = _("入会の条件")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


UNCONFIRMED_DAYS = 7
"""An application whose mail address nobody confirmed is erased after so many days."""


class ApplicationState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("メールの確認待ち")
    SUBMITTED = "submitted", _("審査中")
    RETURNED = "returned", _("質問への返事待ち")
    APPROVED = "approved", _("入会を認めた")
    REFUSED = "refused", _("入会を断った")
    WITHDRAWN = "withdrawn", _("取り下げ")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def confirmed(self) -> "ApplicationQuerySet":
        """What staff may see: somebody has opened the link in the mail and said so."""
        return self.exclude(state=ApplicationState.UNCONFIRMED)

    def waiting_for_staff(self) -> "ApplicationQuerySet":
        return self.filter(state=ApplicationState.SUBMITTED)

    def expired(self) -> "ApplicationQuerySet":
        """Nobody confirmed the mail address in time."""
        limit = timezone.now() - dt.timedelta(days=UNCONFIRMED_DAYS)
        return self.filter(state=ApplicationState.UNCONFIRMED, created_at__lte=limit)

    def search(self, words: str) -> "ApplicationQuerySet":
        """Every word stands in what was written about the body or its contact."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(organization_name__icontains=word)
                | Q(organization_kana__icontains=word)
                | Q(contact_name__icontains=word)
                | Q(contact_email__icontains=word)
                | Q(corporate_number=word)
                | Q(public_id=word)
            )
        return found


class Application(PublicIdModel):
    """What somebody wrote to join. The link sent to the contact leads to it; nothing secret is stored.

    The link is signed from the key and `link_version`; raising the version makes the old link useless.
    """

    # Drawn when the form was shown: the same form sent twice makes one application.
    form_id = models.UUIDField(unique=True, null=True, editable=False)
    organization_name = models.CharField(_("団体名"), max_length=100, validators=[validate_one_line])
    organization_kana = models.CharField(
        _("団体名（カナ）"), max_length=150, blank=True, validators=[validate_one_line]
    )
    is_individual = models.BooleanField(_("個人として申し込む"), default=False)
    kind = models.CharField(
        _("区分"), max_length=12, choices=OrganizationKind.choices, default=OrganizationKind.GENERAL
    )
    sector = models.ForeignKey(Sector, verbose_name=_("活動分野"), on_delete=models.PROTECT, related_name="+")
    corporate_number = models.CharField(
        _("法人番号"), max_length=13, blank=True, validators=[validate_corporate_number]
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name=_("所在の市町"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    address = models.CharField(_("住所"), max_length=200, blank=True, validators=[validate_one_line])
    website = models.URLField(
        _("ウェブサイト"), max_length=300, blank=True, validators=[URLValidator(schemes=["https", "http"])]
    )
    activity = models.TextField(_("活動の内容"), max_length=2000)
    motive = models.TextField(_("入会して、したいこと"), max_length=1000, blank=True)
    is_listed = models.BooleanField(_("会員団体の一覧に載せてよい"), default=True)

    contact_name = models.CharField(_("担当者の名前"), max_length=60, validators=[validate_one_line])
    contact_section = models.CharField(
        _("担当者の部署・役職"), max_length=100, blank=True, validators=[validate_one_line]
    )
    contact_email = models.EmailField(_("担当者のメールアドレス"), max_length=254)
    contact_phone = models.CharField(_("担当者の電話番号"), max_length=30)

    # The sentences as they were ticked: [{"text": …, "is_required": …, "is_met": …}].
    criteria = models.JSONField(_("確かめた条件"), default=list, editable=False)
    state = models.CharField(
        _("状態"),
        max_length=12,
        choices=ApplicationState.choices,
        default=ApplicationState.UNCONFIRMED,
        db_index=True,
        editable=False,
    )
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    reason = models.TextField(_("断った理由"), max_length=2000, blank=True, editable=False)
    staff_note = models.TextField(_("職員のメモ（申込者には見えない）"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("メールを確認した時刻"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("決めた時刻"), null=True, blank=True, editable=False)
    decided_by = actor(_("決めた人"))
    organization = models.OneToOneField(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="application",
    )
    scrubbed_at = models.DateTimeField(_("個人情報を消した時刻"), null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar = ApplicationQuerySet.as_manager()

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "form_id",
            "organization_name",
            "organization_kana",
            "is_individual",
            "kind",
            "sector",
            "corporate_number",
            "municipality",
            "website",
            "activity",
            "motive",
            "is_listed",
            "criteria",
            "state",
            "link_version",
            "reason",
            "staff_note",
            "created_at",
            "confirmed_at",
            "decided_at",
            "decided_by",
            "organization",
            "scrubbed_at",
            "updated_at",
        )
        personal = ("address", "contact_name", "contact_section", "contact_email", "contact_phone")
        free_text = ("activity", "motive", "reason", "staff_note")
        withheld = ("form_id", "link_version", "staff_note")

    class Meta:
        verbose_name = _("入会申込")
        verbose_name_plural = _("入会申込")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ApplicationState.values), name="members_application_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OrganizationKind.values), name="members_application_kind_known"
            ),
            models.CheckConstraint(
                condition=paired("decided_at", "decided_by"), name="members_application_decided_pair"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ApplicationState.UNCONFIRMED, ApplicationState.WITHDRAWN])
                | Q(confirmed_at__isnull=False),
                name="members_application_confirmed_before_seen",
            ),
            models.CheckConstraint(
                condition=(Q(state=ApplicationState.APPROVED) & Q(organization__isnull=False))
                | (~Q(state=ApplicationState.APPROVED) & Q(organization=None)),
                name="members_application_approved_with_organization",
            ),
        ]

    def __str__(self) -> str:
        return self.organization_name

    @property
    def is_expired(self) -> bool:
        age = timezone.now() - self.created_at
        return self.state == ApplicationState.UNCONFIRMED and age >= dt.timedelta(days=UNCONFIRMED_DAYS)

    @property
    def open_question(self) -> "ApplicationQuestion | None":
        """What the applicant has to answer now."""
        return self.questions.filter(answered_at=None).first()


class ApplicationQuestion(models.Model):
    """What staff asked about an application, and the answer."""

    application = models.ForeignKey(
        Application, verbose_name=_("入会申込"), on_delete=models.CASCADE, related_name="questions"
    )
    text = models.TextField(_("事務局からの質問"), max_length=2000)
    asked_at = models.DateTimeField(_("聞いた時刻"), default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("聞いた人"), on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(_("返事"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("返事の時刻"), null=True, blank=True)

    class Privacy:
        public = ()
        internal = ("application", "text", "asked_at", "asked_by", "answer", "answered_at")
        personal = ()
        free_text = ("text", "answer")
        known_by = ("application__contact_email",)

    class Meta:
        verbose_name = _("入会申込への質問")
        verbose_name_plural = _("入会申込への質問")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(answered_at=None),
                name="members_applicationquestion_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.text
