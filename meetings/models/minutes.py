"""議事録: the record of a meeting as ordered blocks, each with an address of its own."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.audiences import Audience, visible
from meetings.models.bodies import Body
from meetings.models.meetings import Meeting, MeetingState
from members.models import Organization
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import Publishable, actor, paired
from platform_portal.publishing.states import State


class Edition(models.TextChoices):
    """The two public faces of one record."""

    NAMED = "named", _("議事録（氏名入り）")
    LABELS = "labels", _("議事要旨（役職名だけ）")


def _may_read(user: Any, edition: Edition) -> Q:
    return visible(user, f"{edition}_audience", meeting="meeting__")


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: Any, edition: Edition) -> "MinutesQuerySet":
        """Published records of which `user` may read that edition. Drafts live on the desk alone."""
        return self._known_to(user).filter(_may_read(user, edition))

    def with_best_edition(self, user: Any) -> "MinutesQuerySet":
        """Published records of which `user` may read an edition, and as `best_edition` the one that says most."""
        named, labels = _may_read(user, Edition.NAMED), _may_read(user, Edition.LABELS)
        best = Case(When(named, then=Value(Edition.NAMED)), default=Value(Edition.LABELS))
        return self._known_to(user).filter(named | labels).annotate(best_edition=best)

    def _known_to(self, user: Any) -> "MinutesQuerySet":
        return self.filter(
            ~Q(meeting__state=MeetingState.DRAFT),
            visible(user, "meeting__audience", meeting="meeting__"),
            state=State.PUBLISHED,
        )

    def published(self, edition: Edition) -> "MinutesQuerySet":
        """What everybody may read, whoever asks."""
        return self.filter(
            **{f"{edition}_audience": Audience.PUBLIC},
            state=State.PUBLISHED,
            meeting__audience=Audience.PUBLIC,
        ).exclude(meeting__state=MeetingState.DRAFT)

    def suspended_to(self, user: Any) -> "MinutesQuerySet":
        """Records that `user` could read until their publication was stopped."""
        found = self.filter(state=State.SUSPENDED).exclude(meeting__state=MeetingState.DRAFT)
        return found.filter(
            visible(user, "meeting__audience", meeting="meeting__"),
            visible(user, "named_audience", meeting="meeting__")
            | visible(user, "labels_audience", meeting="meeting__"),
        )


class Minutes(Publishable):
    """The record of one meeting. Frozen once published: later changes are corrections."""

    audit_noun = "minutes"

    meeting = models.OneToOneField(
        Meeting, verbose_name=_("会議"), on_delete=models.PROTECT, related_name="minutes"
    )
    named_audience = models.CharField(
        _("氏名入りの議事録を見られる人"), max_length=8, choices=Audience.choices, default=Audience.CLOSED
    )
    labels_audience = models.CharField(
        _("役職名だけの議事要旨を見られる人"), max_length=8, choices=Audience.choices, default=Audience.CLOSED
    )
    # Raised by every change of the record: whoever saves an older one is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    suspended_at = models.DateTimeField(_("公開を止めた時刻"), null=True, blank=True, editable=False)
    suspended_by = actor(_("公開を止めた人"))
    suspended_reason = models.CharField(_("公開を止めた理由"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = MinutesQuerySet.as_manager()

    class Privacy:
        public = ("meeting", "published_at", "suspended_at", "suspended_reason")
        internal = (
            "state",
            "author",
            "submitted_at",
            "submitted_by",
            "published_by",
            "named_audience",
            "labels_audience",
            "version",
            "suspended_by",
            "created_at",
            "updated_at",
        )
        personal = ()

    class Meta(Publishable.Meta):
        verbose_name = _("議事録")
        verbose_name_plural = _("議事録")
        ordering = ["meeting"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(named_audience__in=Audience.values, labels_audience__in=Audience.values),
                name="meetings_minutes_audiences_known",
            ),
            models.CheckConstraint(
                condition=paired("suspended_at", "suspended_by"), name="meetings_minutes_suspended_pair"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SUSPENDED)
                | (Q(suspended_at__isnull=False) & ~Q(suspended_reason="")),
                name="meetings_minutes_suspended_with_a_reason",
                violation_error_message=_("公開を止める理由を書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting.title} 議事録"


class UtteranceKind(models.TextChoices):
    SPEECH = "speech", _("発言")
    NARRATIVE = "narrative", _("地の文")
    STAGE_DIRECTION = "stage_direction", _("ト書き")


class UtteranceQuerySet(models.QuerySet["Utterance"]):
    def standing(self) -> "UtteranceQuerySet":
        return self.filter(removed_at=None)

    def visible_to(self, user: Any, edition: Edition) -> "UtteranceQuerySet":
        minutes = Minutes.objects.visible_to(user, edition)
        return (
            self.standing().filter(minutes__in=minutes).exclude(agenda_items__in=AgendaItem.objects.hidden())
        )

    def published(self, edition: Edition) -> "UtteranceQuerySet":
        minutes = Minutes.objects.published(edition)
        return (
            self.standing().filter(minutes__in=minutes).exclude(agenda_items__in=AgendaItem.objects.hidden())
        )


# What a published record says, and in which order. Only a correction changes it: see meetings.services.corrections.
FROZEN_FIELDS = (
    "minutes",
    "position",
    "kind",
    "label",
    "organization_name",
    "speaker",
    "role",
    "text",
    "labels_text",
    "removed_at",
    "removed_by",
    "removed_reason",
)


def _freeze(*records: str) -> str:
    """Said by a trigger of a row that stands in, or is about to come into, one of `records`."""
    return f"""
IF current_setting('meetings.correcting', true) IS DISTINCT FROM 'on' AND EXISTS (
    SELECT 1 FROM meetings_minutes
    WHERE id IN ({", ".join(records)}) AND state IN ('published', 'suspended')
) THEN
    RAISE EXCEPTION 'A published record changes by a correction alone';
END IF;
IF TG_OP = 'DELETE' THEN
    RETURN OLD;
END IF;
RETURN NEW;
"""  # noqa: S608  made of the two words below


class Utterance(PublicIdModel):
    """One block of a record. Its public id is its permanent address, whatever becomes of the text."""

    minutes = models.ForeignKey(
        Minutes, verbose_name=_("議事録"), on_delete=models.PROTECT, related_name="utterances"
    )
    position = models.PositiveIntegerField(_("並び順"))
    kind = models.CharField(
        _("種類"), max_length=15, choices=UtteranceKind.choices, default=UtteranceKind.SPEECH
    )
    # As printed, without its brackets: 県社協・山田会長.
    label = models.CharField(_("印刷された呼び名"), max_length=150, blank=True)
    organization_name = models.CharField(
        _("所属"), max_length=100, blank=True, validators=[validate_one_line]
    )
    speaker = models.CharField(_("姓"), max_length=40, blank=True, validators=[validate_one_line])
    role = models.CharField(_("役職"), max_length=60, blank=True, validators=[validate_one_line])
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="utterances",
    )
    text = models.TextField(_("本文"), max_length=20000, validators=[MaxLengthValidator(20000)])
    # What the edition without names reads instead, where the text itself names somebody; empty: the same text.
    labels_text = models.TextField(
        _("役職名だけの議事要旨での本文"),
        max_length=20000,
        blank=True,
        validators=[MaxLengthValidator(20000)],
    )
    agenda_items = models.ManyToManyField(
        AgendaItem, verbose_name=_("次第の項目"), related_name="utterances", blank=True
    )
    reply_to = models.ForeignKey(
        "self",
        verbose_name=_("答える相手の発言"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="replies",
    )
    source_line = models.PositiveIntegerField(_("原文の行"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # A block of a published record is never deleted: its place says when and why it went.
    removed_at = models.DateTimeField(_("消した時刻"), null=True, blank=True, editable=False)
    removed_by = actor(_("消した人"))
    removed_reason = models.CharField(_("消した理由"), max_length=300, blank=True, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    # Words for searches, kept by meetings.indexing: each edition finds only what it shows.
    named_vector = SearchVectorField(null=True, editable=False)
    labels_vector = SearchVectorField(null=True, editable=False)

    objects: ClassVar[Any] = UtteranceQuerySet.as_manager()

    class Privacy:
        # Names of those who speak are part of an official record; which edition shows them says the record.
        public = (
            "public_id",
            "minutes",
            "position",
            "kind",
            "label",
            "organization_name",
            "speaker",
            "role",
            "organization",
            "text",
            "labels_text",
            "agenda_items",
            "reply_to",
            "removed_at",
            "removed_reason",
        )
        internal = (
            "source_line",
            "version",
            "removed_by",
            "updated_at",
            "named_vector",
            "labels_vector",
        )
        personal = ()

    class Meta:
        verbose_name = _("発言")
        verbose_name_plural = _("発言")
        ordering = ["minutes", "position", "pk"]
        indexes = [
            GinIndex(fields=["named_vector"], name="meetings_utterance_named", fastupdate=False),
            GinIndex(fields=["labels_vector"], name="meetings_utterance_labels", fastupdate=False),
        ]
        constraints = [
            # Checked at the end of the transaction: moving one block renumbers others.
            models.UniqueConstraint(
                fields=["minutes", "position"],
                name="meetings_utterance_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(kind__in=UtteranceKind.values), name="meetings_utterance_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(reply_to=F("id")), name="meetings_utterance_no_reply_to_itself"
            ),
            models.CheckConstraint(
                condition=paired("removed_at", "removed_by"), name="meetings_utterance_removed_pair"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | ~Q(removed_reason=""),
                name="meetings_utterance_removed_with_a_reason",
                violation_error_message=_("消す理由を書いてください。"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_when_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*FROZEN_FIELDS),
                func=_freeze("OLD.minutes_id", "NEW.minutes_id"),
            ),
            pgtrigger.Trigger(
                name="kept_when_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_freeze("OLD.minutes_id"),
            ),
            # The same for the links to points of the agenda: migration 0008.
            pgtrigger.Trigger(
                name="added_before_it_is_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_freeze("NEW.minutes_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.named_label}: {self.text[:20]}"

    @property
    def named_label(self) -> str:
        """組織・姓＋役職, as far as they are known."""
        person = f"{self.speaker}{self.role}"
        return "・".join(part for part in (self.organization_name, person) if part)

    def text_in(self, edition: Edition) -> str:
        return (self.labels_text or self.text) if edition == Edition.LABELS else self.text

    def label_in(self, edition: Edition) -> str:
        return self.role_label if edition == Edition.LABELS else self.named_label

    @property
    def role_label(self) -> str:
        """The speaker without a name: the role, else the organisation."""
        return self.role or self.organization_name


class MinutesImport(PublicIdModel):
    """A file somebody brought, kept whole: what was read from it is a proposal until it is accepted."""

    body = models.ForeignKey(Body, verbose_name=_("会議体"), on_delete=models.PROTECT, related_name="imports")
    meeting = models.ForeignKey(
        Meeting,
        verbose_name=_("会議"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="imports",
    )
    file_name = models.CharField(_("ファイルの名前"), max_length=150)
    # The file itself, only until a worker has read it.
    content = models.BinaryField(_("中身"), blank=True, default=bytes, editable=False)
    text = models.TextField(_("原文"))
    sha256 = models.CharField(max_length=64)
    read_at = models.DateTimeField(_("読み取った時刻"), null=True, blank=True, editable=False)
    reading_error = models.CharField(_("読み取れなかったわけ"), max_length=500, blank=True, editable=False)
    # What was read from the text, with what people put right before it is accepted; see meetings.importing.
    proposal = models.JSONField(_("読み取ったもの"), default=dict, blank=True, editable=False)
    # Raised whenever somebody puts the proposal right: whoever saves an older one is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    uploaded_at = models.DateTimeField(_("取り込んだ時刻"), default=timezone.now, editable=False)
    uploaded_by = actor(_("取り込んだ人"), from_the_start=True)
    accepted_at = models.DateTimeField(_("受け入れた時刻"), null=True, blank=True, editable=False)
    accepted_by = actor(_("受け入れた人"))
    dismissed_at = models.DateTimeField(_("使わないことにした時刻"), null=True, blank=True, editable=False)
    dismissed_by = actor(_("使わないことにした人"))

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "body",
            "meeting",
            "file_name",
            "content",
            "text",
            "sha256",
            "read_at",
            "reading_error",
            "proposal",
            "version",
            "uploaded_at",
            "uploaded_by",
            "accepted_at",
            "accepted_by",
            "dismissed_at",
            "dismissed_by",
        )
        personal = ()

    class Meta:
        verbose_name = _("議事録の取り込み")
        verbose_name_plural = _("議事録の取り込み")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=paired("accepted_at", "accepted_by"), name="meetings_minutesimport_accepted_pair"
            ),
            models.CheckConstraint(
                condition=paired("dismissed_at", "dismissed_by"),
                name="meetings_minutesimport_dismissed_pair",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(meeting__isnull=False, dismissed_at=None),
                name="meetings_minutesimport_accepted_into_a_meeting",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class MinutesFlag(models.Model):
    """A doubt about a record that somebody must look at: nothing is published while one is open."""

    minutes = models.ForeignKey(
        Minutes, verbose_name=_("議事録"), on_delete=models.CASCADE, related_name="flags"
    )
    utterance = models.ForeignKey(
        Utterance,
        verbose_name=_("発言"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="flags",
    )
    code = models.CharField(_("記号"), max_length=40)
    line = models.PositiveIntegerField(_("原文の行"), null=True, blank=True)
    message = models.CharField(_("内容"), max_length=500)
    remainder = models.TextField(_("どこにも入らなかった文"), blank=True)
    resolved_at = models.DateTimeField(_("片付けた時刻"), null=True, blank=True, editable=False)
    resolved_by = actor(_("片付けた人"))
    resolution = models.CharField(_("どう片付けたか"), max_length=300, blank=True, editable=False)

    class Privacy:
        public = ()
        internal = (
            "minutes",
            "utterance",
            "code",
            "line",
            "message",
            "remainder",
            "resolved_at",
            "resolved_by",
            "resolution",
        )
        personal = ()

    class Meta:
        verbose_name = _("確かめるところ")
        verbose_name_plural = _("確かめるところ")
        ordering = ["minutes", "line", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=paired("resolved_at", "resolved_by"), name="meetings_minutesflag_resolved_pair"
            ),
        ]

    def __str__(self) -> str:
        return self.message
