"""Reads of consultation windows. Filters and views only combine these."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from consultations.models.kinds import KINDS_WITH_HOURS
from consultations.models.search import SearchQuerySet
from consultations.workflow import EVENTS_OF_MOVES, RETURNED
from members.models import Organization, OrganizationState
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State

if TYPE_CHECKING:
    from consultations.opening import OpenAt

    Moment: TypeAlias = dt.datetime | OpenAt
    Kinds: TypeAlias = Sequence[str] | None


class ConsultationWindowQuerySet(SearchQuerySet):
    def published(self) -> Self:
        """What residents may see."""
        return self.filter(state=State.PUBLISHED)

    def operated_by(self, organization: models.Model) -> Self:
        return self.filter(organization=organization)

    def acted_for_by(self, user: Any) -> Self:
        """Windows of the organisations that `user` may act for today. Fetching is authorising."""
        return self.filter(organization__in=Organization.objects.acted_for_by(user))

    def in_category(self, category: models.Model) -> Self:
        return self.filter(categories=category)

    def free(self) -> Self:
        return self.filter(fee="free")

    def anonymous(self) -> Self:
        """Where one can begin without giving a name."""
        return self.filter(anonymity__in=["yes", "partly"])

    def speaking(self, language: str) -> Self:
        """Where `language` (BCP 47) is spoken on at least one channel."""
        return self.filter(Exists(self._channels().speaking(language).filter(window=OuterRef("pk"))))

    def for_asker(self, asker: str) -> Self:
        """Where `asker` may ask; a window that does not say takes everybody."""
        return self.filter(Q(askers__contains=[asker]) | Q(askers=[]))

    def serving(self, *municipality_codes: str) -> Self:
        """Windows that a resident of one of the municipalities can use: its own, the prefecture's, the nation's."""
        # A subquery, since a join would list a window once for each of its municipalities.
        own = self.model._meta.get_field("municipalities").remote_field.through.objects.filter(
            consultationwindow=OuterRef("pk"), municipality__in=municipality_codes
        )
        return self.filter(Q(area_scope__in=["national", "prefecture"]) | Exists(own))

    def reached_by(self, kinds: "list[str] | tuple[str, ...]", language: str = "") -> Self:
        """Windows with at least one channel of the given kinds, on which `language` is spoken."""
        channels = self._channels().speaking(language)
        return self.filter(Exists(channels.filter(window=OuterRef("pk"), kind__in=kinds)))

    def open_at(self, moment: "Moment", kinds: "Kinds" = None, language: str = "") -> Self:
        """Windows where somebody answers at `moment`, by any of `kinds` (default: every live kind)."""
        from consultations.opening import as_open_at

        return self.filter(as_open_at(moment).has_open_channel(kinds, language=language))

    def always_open(self, moment: "Moment", kinds: "Kinds" = None, language: str = "") -> Self:
        """Windows where somebody answers day and night, every day."""
        from consultations.opening import as_open_at

        return self.filter(as_open_at(moment).has_open_channel(kinds, endless=True, language=language))

    def not_open_at(self, moment: "Moment", kinds: "Kinds" = None, language: str = "") -> Self:
        from consultations.opening import as_open_at

        return self.filter(~as_open_at(moment).has_open_channel(kinds, language=language))

    def nearest_first(self) -> Self:
        """Municipality, prefecture, nation; then by name."""
        return self.order_by("area_rank", "kana", "name", "pk")

    def for_cards(self) -> Self:
        """With everything a card shows, in a constant number of queries."""
        return self.defer("search_vector", "internal_note").prefetch_related("channels", "municipalities")

    def for_editing(self) -> Self:
        """With everything the form begins with but the fallbacks, which it reads itself: all, not only published ones."""
        return self.select_related("organization").prefetch_related(
            "channels", "categories", "municipalities", "exceptions"
        )

    def for_detail(self) -> Self:
        """As residents see it: with fallbacks that are published."""
        fallbacks = (
            self.model._meta.get_field("fallbacks")
            .remote_field.through.objects.filter(target__state=State.PUBLISHED)
            .select_related("target")
            .prefetch_related("target__channels", "target__municipalities")
        )
        return self.for_editing().prefetch_related(Prefetch("fallback_links", queryset=fallbacks))

    def due_for_verification(self, today: dt.date | None = None) -> Self:
        """Published windows never verified, or verified longer ago than their interval."""
        today = today or timezone.localdate()
        return self.published().filter(Q(verified_on=None) | Q(verification_due_on__lte=today))

    def with_due_since(self) -> Self:
        """Adds `due_on`: what `due_since` of the model says, for the database."""
        public_since = TruncDate(Coalesce("published_at", "created_at"))
        return self.annotate(due_on=Coalesce("verification_due_on", public_since))

    def by_verification_state(self, today: dt.date, doubt_days: int) -> dict[str, int]:
        """How many published windows are `verified`, `never` verified, `due` or publicly `doubted`. One query."""
        doubted = Q(due_on__lte=today - dt.timedelta(days=doubt_days))
        due = Q(due_on__lte=today)
        counts: dict[str, int] = (
            self.published()
            .with_due_since()
            .order_by()
            .aggregate(
                verified=Count("pk", filter=Q(verified_on__isnull=False) & ~due),
                never=Count("pk", filter=Q(verified_on=None) & ~doubted),
                due=Count("pk", filter=Q(verified_on__isnull=False) & due & ~doubted),
                doubted=Count("pk", filter=doubted),
            )
        )
        return counts

    def of_gone_organizations(self) -> Self:
        """Windows whose operator is no member any more: nobody of it can keep them true here."""
        return self.filter(organization__state=OrganizationState.LEFT)

    def unknown_hours(self) -> Self:
        """Windows of which nobody can say when they answer: a live or visiting channel without any rule."""
        silent = self._channels().filter(
            window=OuterRef("pk"),
            kind__in=KINDS_WITH_HOURS,
            effective_hours="",
            takes_appointments_only=False,
        )
        return self.filter(Exists(silent))

    def waiting_for(self, user: Any) -> Self:
        """In review, and neither written nor submitted by `user`: what this person may approve."""
        return self.filter(state=State.IN_REVIEW).exclude(author=user).exclude(submitted_by=user)

    def drafts_of(self, user: Any) -> Self:
        return self.filter(state=State.DRAFT, author=user)

    def returned_to(self, user: Any) -> Self:
        """Own drafts whose last step was somebody else's 「下書きに戻す」, with `returned_at` and `return_reason`."""
        label = self.model._meta.label_lower
        moves = AuditEvent.objects.filter(
            object_type=label,
            object_id=Cast(OuterRef("pk"), models.CharField()),
            type__in=EVENTS_OF_MOVES,
        ).order_by("-at", "-pk")
        return (
            self.drafts_of(user)
            .annotate(
                last_move=Subquery(moves.values("type")[:1]),
                last_mover=Subquery(moves.values("actor_id")[:1]),
            )
            .filter(last_move=RETURNED)
            .exclude(last_mover=user.pk)
            .annotate(
                returned_at=Subquery(moves.values("at")[:1]), return_reason=Subquery(moves.values("note")[:1])
            )
        )

    def noting_reports(self) -> Self:
        """With `has_reports`: whether a resident's word on an error waits for an answer."""
        reports = self.model._meta.get_field("error_reports").related_model.objects.waiting()
        return self.annotate(has_reports=Exists(reports.filter(window=OuterRef("pk"))))

    def by_due_date(self) -> Self:
        return self.order_by(F("verification_due_on").asc(nulls_first=True), "kana", "name", "pk")

    def _channels(self) -> Any:
        return self.model._meta.get_field("channels").related_model.objects
