"""ケーススタディ: what organisations learnt from a case, told so that nobody in it can be recognised. Members only."""

from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.attendance import Attendance
from meetings.models.audiences import Audience
from meetings.models.bodies import Body
from meetings.models.meetings import Meeting
from members.models import Organization
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import Publishable, actor
from platform_portal.publishing.states import State

TEXTS = ("title", "background", "course", "support", "learning")
"""What is written in words, in the order in which it is read; all of it is looked through for signs of people."""

# Nothing here is ever public: the words of other pages would frighten whoever wrote it.
STATE_WORDS = {state: state.label for state in State} | {
    State.PUBLISHED: _("会員に見せています"),
    State.SUSPENDED: _("見せるのを止めています"),
}


def meetings_of(organizations: Any) -> Any:
    """Announced meetings of whose body one of `organizations` is, or to which it was invited; closed ones never.

    Case studies are for these: to see meetings on the desk is not enough to read about people.
    """
    seats = Body.objects.filter(organizations__in=organizations)
    invited = Attendance.objects.invited().filter(organization__in=organizations)
    rows = Meeting.objects.announced().exclude(audience=Audience.CLOSED)
    return rows.filter(Q(body__in=seats.values("pk")) | Q(pk__in=invited.values("meeting")))


class CaseStudyQuerySet(models.QuerySet["CaseStudy"]):
    def published(self) -> "CaseStudyQuerySet":
        """Read by members who may; never by residents, whatever the word says elsewhere."""
        return self.filter(state=State.PUBLISHED)

    def found_by(self, user: Any) -> "CaseStudyQuerySet":
        """What somebody acting for organisations finds: their own, and published ones of their meetings."""
        own = Organization.objects.acted_for_by(user).values("pk")
        return self.filter(
            Q(organization__in=own) | Q(state=State.PUBLISHED, meeting__in=meetings_of(own).values("pk"))
        )

    def acted_for_by(self, user: Any) -> "CaseStudyQuerySet":
        """Those of the organisations that `user` acts for, in every state."""
        return self.filter(organization__in=Organization.objects.acted_for_by(user))

    def waiting_for_review(self) -> "CaseStudyQuerySet":
        return self.filter(state=State.IN_REVIEW)

    def for_list(self) -> "CaseStudyQuerySet":
        return self.select_related("meeting__body", "organization").order_by("-meeting__starts_at", "-pk")


class CaseStudy(PublicIdModel, Publishable):
    audit_noun = "casestudy"

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.PROTECT, related_name="case_studies"
    )
    # None: written by the secretariat.
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("事例を出した団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="case_studies",
    )
    title = models.CharField(_("題名"), max_length=100, validators=[validate_one_line])
    background = models.TextField(
        _("背景"), max_length=4000, validators=[MaxLengthValidator(4000)], help_text=_("どんな状況だったか。")
    )
    course = models.TextField(
        _("経過"),
        max_length=4000,
        validators=[MaxLengthValidator(4000)],
        help_text=_("どうやって気づき、どうつながったか。"),
    )
    support = models.TextField(
        _("支援"),
        max_length=4000,
        validators=[MaxLengthValidator(4000)],
        help_text=_("だれが、何をしたか。どこへつないだか。"),
    )
    learning = models.TextField(
        _("学び"),
        max_length=4000,
        validators=[MaxLengthValidator(4000)],
        help_text=_("うまくいったこと、次に気をつけること。"),
    )
    created_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    objects: ClassVar[Any] = CaseStudyQuerySet.as_manager()

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "meeting",
            "organization",
            "title",
            "background",
            "course",
            "support",
            "learning",
            "state",
            "author",
            "submitted_at",
            "submitted_by",
            "published_at",
            "published_by",
            "created_at",
            "updated_at",
        )
        personal = ()
        # Nobody may be recognisable in it, but it is a text about people all the same: not one word in the record.
        free_text = ("title", "background", "course", "support", "learning")
        leads_to_nobody = "written and checked so that nobody can be recognised; whoever is, has it stopped"

    class Meta(Publishable.Meta):
        verbose_name = _("ケーススタディ")
        verbose_name_plural = _("ケーススタディ")
        ordering = ["-created_at", "-pk"]
        constraints = [*Publishable.Meta.constraints]

    def __str__(self) -> str:
        return self.title

    @property
    def state_words(self) -> str:
        return str(STATE_WORDS[State(self.state)])


class CaseStudySign(models.Model):
    """Somebody looked at a place that seems to point to a person, and says why it may stand.

    The words are kept as they stand in the text: when those change, the reason no longer counts.
    """

    case_study = models.ForeignKey(
        CaseStudy, verbose_name=_("ケーススタディ"), on_delete=models.CASCADE, related_name="signs"
    )
    kind = models.CharField(_("種類"), max_length=12)
    words = models.CharField(_("見つかった言葉"), max_length=200)
    reason = models.CharField(_("残してよい理由"), max_length=300, validators=[validate_one_line])
    justified_at = models.DateTimeField(_("理由を書いた時刻"), default=timezone.now, editable=False)
    justified_by = actor(_("理由を書いた人"), from_the_start=True)

    class Privacy:
        public = ()
        internal = ("case_study", "kind", "words", "reason", "justified_at", "justified_by")
        personal = ()
        free_text = ("words", "reason")
        leads_to_nobody = "single words out of a text in which nobody can be recognised"

    class Meta:
        verbose_name = _("残してよい言葉")
        verbose_name_plural = _("残してよい言葉")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case_study", "kind", "words"], name="meetings_casestudysign_once"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="meetings_casestudysign_with_a_reason",
                violation_error_message=_("残してよい理由を書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.words
