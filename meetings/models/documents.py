"""資料: papers of a meeting. A paper stays the same when a newer version of its file takes the place of the older."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.audiences import Audience, inside, visible
from meetings.models.meetings import Meeting, MeetingState
from members.models.users import validate_one_line
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Any) -> "DocumentQuerySet":
        """Papers that `user` may open: of a meeting that may be known, not withdrawn, from their time on."""
        if has(user, Permission.SEE_CLOSED_RECORDS):
            return self.all()
        found = self.filter(withdrawn_at=None).exclude(meeting__state=MeetingState.DRAFT)
        found = found.exclude(agenda_items__in=AgendaItem.objects.hidden())
        found = found.filter(visible(user, "meeting__audience", meeting="meeting__"))
        found = found.filter(visible(user, "audience", meeting="meeting__"))
        # An opening time holds back the public; whoever takes part reads beforehand.
        opened = Q(opens_at=None) | Q(opens_at__lte=timezone.now())
        return found.filter(opened | inside(user, meeting="meeting__"))

    def published(self) -> "DocumentQuerySet":
        """What everybody may open now."""
        return self.filter(
            Q(opens_at=None) | Q(opens_at__lte=timezone.now()),
            withdrawn_at=None,
            audience=Audience.PUBLIC,
            meeting__audience=Audience.PUBLIC,
        ).exclude(Q(meeting__state=MeetingState.DRAFT) | Q(agenda_items__in=AgendaItem.objects.hidden()))

    def withdrawn_from_public(self) -> "DocumentQuerySet":
        """Those that everybody could open until they were withdrawn, of meetings that everybody may know of now.

        That there was one may be said; its title may be just what had to go.
        """
        return self.filter(
            withdrawn_at__isnull=False, was_public=True, meeting__audience=Audience.PUBLIC
        ).exclude(Q(meeting__state=MeetingState.DRAFT) | Q(agenda_items__in=AgendaItem.objects.hidden()))


class Document(PublicIdModel):
    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.PROTECT, related_name="documents"
    )
    label = models.CharField(
        _("資料番号"), max_length=30, blank=True, validators=[validate_one_line]
    )  # 資料1
    title = models.CharField(_("資料の名前"), max_length=200, validators=[validate_one_line])
    agenda_items = models.ManyToManyField(
        AgendaItem, verbose_name=_("次第の項目"), related_name="documents", blank=True
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    audience = models.CharField(
        _("見られる人"), max_length=8, choices=Audience.choices, default=Audience.MEMBERS
    )
    opens_at = models.DateTimeField(_("だれでも見られるようになる時刻"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("取り下げた時刻"), null=True, blank=True, editable=False)
    withdrawn_by = actor(_("取り下げた人"))
    withdrawn_reason = models.CharField(_("取り下げた理由"), max_length=300, blank=True, editable=False)
    # For everybody, where it was public; the reason above stays on the desk.
    withdrawn_notice = models.CharField(
        _("会議のページに出す理由"),
        max_length=200,
        blank=True,
        editable=False,
        validators=[validate_one_line],
    )
    was_public = models.BooleanField(_("取り下げるまで、だれでも見られた"), default=False, editable=False)
    created_at = models.DateTimeField(_("登録した時刻"), default=timezone.now, editable=False)
    created_by = actor(_("登録した人"), from_the_start=True)

    objects: ClassVar[Any] = DocumentQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "meeting",
            "label",
            "title",
            "agenda_items",
            "position",
            "opens_at",
            "withdrawn_at",
            "withdrawn_notice",
        )
        internal = (
            "audience",
            "withdrawn_by",
            "withdrawn_reason",
            "was_public",
            "created_at",
            "created_by",
        )
        personal = ()

    class Meta:
        verbose_name = _("資料")
        verbose_name_plural = _("資料")
        ordering = ["meeting", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="meetings_document_audience_known"
            ),
            models.CheckConstraint(
                condition=paired("withdrawn_at", "withdrawn_by"), name="meetings_document_withdrawn_pair"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="meetings_document_withdrawn_with_a_reason",
                violation_error_message=_("取り下げる理由を書いてください。"),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False) | Q(was_public=False, withdrawn_notice=""),
                name="meetings_document_nothing_said_before_it_goes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}".strip()


class DocumentKind(models.TextChoices):
    """What a file was found to be by its content."""

    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word")
    XLSX = "xlsx", _("Excel")
    PPTX = "pptx", _("PowerPoint")
    PNG = "png", _("画像（PNG）")
    JPEG = "jpeg", _("画像（JPEG）")


class DocumentVersion(PublicIdModel):
    """One file of a paper. The newest is the paper; older ones stay, with what was changed."""

    document = models.ForeignKey(
        Document, verbose_name=_("資料"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(_("版"))
    file = models.FileField(_("ファイル"), upload_to="meetings/documents/", editable=False)
    name = models.CharField(_("ファイルの名前"), max_length=150, editable=False)
    kind = models.CharField(_("種類"), max_length=4, choices=DocumentKind.choices, editable=False)
    size = models.PositiveIntegerField(_("大きさ（バイト）"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    change_note = models.CharField(_("前の版から変えたところ"), max_length=300, blank=True)
    uploaded_at = models.DateTimeField(_("載せた時刻"), default=timezone.now, editable=False)
    uploaded_by = actor(_("載せた人"), from_the_start=True)

    # Read from the file in the background; empty until then, and for pictures.
    pages = models.PositiveIntegerField(_("ページ数"), null=True, blank=True, editable=False)
    preview = models.ImageField(
        _("1ページ目の絵"), upload_to="meetings/previews/", blank=True, editable=False
    )
    text = models.TextField(_("本文"), blank=True, editable=False)
    search_vector = SearchVectorField(null=True, editable=False)
    read_at = models.DateTimeField(_("本文を読み取った時刻"), null=True, blank=True, editable=False)
    reading_error = models.CharField(_("読み取れなかったわけ"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = (
            "public_id",
            "document",
            "number",
            "file",
            "name",
            "kind",
            "size",
            "sha256",
            "change_note",
            "uploaded_at",
            "pages",
            "preview",
            "text",
        )
        internal = ("uploaded_by", "search_vector", "read_at", "reading_error")
        personal = ()

    class Meta:
        verbose_name = _("資料の版")
        verbose_name_plural = _("資料の版")
        ordering = ["document", "-number"]
        indexes = [GinIndex(fields=["search_vector"], name="meetings_version_words", fastupdate=False)]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="meetings_documentversion_number_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values), name="meetings_documentversion_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第{self.number}版）"
