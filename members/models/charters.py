"""設置要綱: the rules every member agrees to, version by version, and who agreed to which words when."""

import hashlib
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.applications import Application
from members.models.organizations import Organization
from platform_portal.privacy import Person
from platform_portal.publishing.models import actor, paired


def hash_of_text(text: str) -> str:
    """SHA-256 of the exact words, in hexadecimal: proves later which words somebody agreed to."""
    return hashlib.sha256(text.encode()).hexdigest()


class CharterQuerySet(models.QuerySet["Charter"]):
    def in_force(self) -> "Charter | None":
        """The newest published version that has begun."""
        today = timezone.localdate()
        return self.filter(published_at__isnull=False, effective_on__lte=today).order_by("-number").first()


class Charter(models.Model):
    """One version. Its words can be changed until it is published, never after."""

    number = models.PositiveSmallIntegerField(_("版"), unique=True, editable=False)
    title = models.CharField(_("名称"), max_length=100)
    text = models.TextField(_("本文"), max_length=50_000, help_text=_("Markdown で書けます。"))
    change_summary = models.TextField(_("前の版から変わったこと"), max_length=1000, blank=True)
    effective_on = models.DateField(_("効力が始まる日"))
    published_at = models.DateTimeField(_("公開した時刻"), null=True, blank=True, editable=False)
    published_by = actor(_("公開した人"))

    objects: ClassVar = CharterQuerySet.as_manager()

    class Privacy:
        public = ("number", "title", "text", "change_summary", "effective_on", "published_at")
        internal = ("published_by",)
        personal = ()

    class Meta:
        verbose_name = _("設置要綱")
        verbose_name_plural = _("設置要綱")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=paired("published_at", "published_by"), name="members_charter_published_pair"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | Q(published_at=None) | ~Q(change_summary=""),
                name="members_charter_says_what_changed",
                violation_error_message=_("前の版から変わったことを書いてください。"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def text_hash(self) -> str:
        return hash_of_text(self.text)


class CharterNotice(models.Model):
    """How far the managers have been told of a version that came into force: so that each is told once."""

    charter = models.OneToOneField(
        Charter, verbose_name=_("設置要綱"), on_delete=models.PROTECT, related_name="notice"
    )
    told_through = models.PositiveBigIntegerField(_("ここまでの利用者に知らせた"), default=0)
    finished_at = models.DateTimeField(_("知らせ終わった時刻"), null=True, blank=True)

    class Privacy:
        public = ()
        internal = ("charter", "told_through", "finished_at")
        personal = ()

    class Meta:
        verbose_name = _("設置要綱の知らせ")
        verbose_name_plural = _("設置要綱の知らせ")
        ordering = ["-charter"]

    def __str__(self) -> str:
        return str(self.charter)


class CharterConsent(models.Model):
    """Somebody agreed to a version, for an application or for an organisation. Never changed afterwards."""

    charter = models.ForeignKey(
        Charter, verbose_name=_("設置要綱"), on_delete=models.PROTECT, related_name="consents"
    )
    application = models.OneToOneField(
        Application,
        verbose_name=_("入会申込"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="consent",
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="consents",
    )
    text_hash = models.CharField(_("本文のハッシュ"), max_length=64)
    person_name = models.CharField(_("同意した人の名前"), max_length=60)
    consented_at = models.DateTimeField(_("同意した時刻"), default=timezone.now)

    class Privacy:
        public = ()
        internal = ("charter", "application", "organization", "text_hash", "consented_at")
        personal = ("person_name",)
        known_by = ("application__contact_email",)

        @staticmethod
        def also_about(person: Person) -> Q:
            """Agreed while signed in: only the name is kept, so whose it is follows from the organisation."""
            of_its_own = Organization.objects.filter(memberships__user=person.user_id).values("pk")
            return Q(person_name__in=person.names, organization__in=of_its_own)

    class Meta:
        verbose_name = _("設置要綱への同意")
        verbose_name_plural = _("設置要綱への同意")
        ordering = ["-consented_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False) | Q(organization__isnull=False),
                name="members_charterconsent_for_somebody",
            ),
            models.UniqueConstraint(fields=["charter", "organization"], name="members_charterconsent_once"),
        ]
        triggers = [
            # The name may be erased and the organisation added; which words, and when, stays.
            pgtrigger.Protect(
                name="words_stay",
                operation=pgtrigger.Update,
                condition=(
                    pgtrigger.Q(old__charter__df=pgtrigger.F("new__charter"))
                    | pgtrigger.Q(old__text_hash__df=pgtrigger.F("new__text_hash"))
                    | pgtrigger.Q(old__consented_at__df=pgtrigger.F("new__consented_at"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charter} {self.person_name}"
