"""Files that go with every copy: judged by their content, kept under names that say nothing, gone with their row."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from meetings.models import DocumentKind
from meetings.papers.checking import CheckedPaper
from meetings.papers.serving import TYPES
from meetings.papers.storing import stored
from newsletters.models import Issue, IssueAttachment
from newsletters.permissions import check_can_edit_issue
from newsletters.services.issues import void_approval
from newsletters.services.moving import lock_issue
from platform_portal.audit import services as audit
from platform_portal.sweeping import remove_unused, stored_names

FILES = "newsletters/attachments/"
KINDS = (DocumentKind.PDF, DocumentKind.PNG, DocumentKind.JPEG, DocumentKind.DOCX, DocumentKind.XLSX)
MEGABYTE = 1024 * 1024
MOST_EACH = 3 * MEGABYTE
MOST_TOGETHER = 5 * MEGABYTE
MOST_FILES = 5
_LONGEST_NAME = 120


def add_attachment(*, issue: Issue, paper: CheckedPaper, by: Any) -> IssueAttachment:
    """`paper` was judged by its content. Voids an approval. Raises Refused, ValidationError; then nothing is stored."""
    check_can_edit_issue(by, issue)
    with stored(FILES, paper.data, paper.kind) as place, transaction.atomic():
        locked = lock_issue(issue)
        check_can_edit_issue(by, locked)
        _check_fits(locked, paper)
        attachment = IssueAttachment(
            issue=locked,
            file=place,
            name=_short(paper.name),
            content_type=TYPES[paper.kind],
            size=len(paper.data),
            sha256=paper.sha256,
            added_by=by,
        )
        attachment.full_clean(exclude=["issue", "added_by"])
        attachment.save()
        _note_change(locked, "added", by, new=_facts(attachment))
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: IssueAttachment, by: Any) -> None:
    """Already gone is gone. Voids an approval. Raises Refused."""
    issue = lock_issue(attachment.issue)
    check_can_edit_issue(by, issue)
    locked: IssueAttachment | None = (
        IssueAttachment.objects.select_for_update(of=("self",)).filter(pk=attachment.pk).first()
    )
    if locked is None:
        return
    _note_change(issue, "removed", by, old=_facts(locked))
    transaction.on_commit(partial(locked.file.delete, save=False))
    locked.delete()


def sweep_attachments() -> int:
    """Removes files that no row refers to and that are older than a day; a batch. Can be repeated. Returns how many."""
    names = stored_names(FILES)
    return remove_unused(names, set(IssueAttachment.objects.values_list("file", flat=True)))


def _check_fits(issue: Issue, paper: CheckedPaper) -> None:
    if paper.kind not in KINDS:
        raise ValidationError(
            {
                "file": _(
                    "添付できるのは、PDF・Word（.docx）・Excel（.xlsx）・PNG・JPEG です。PDF に直してください。"
                )
            }
        )
    if len(paper.data) > MOST_EACH:
        words = _("1つのファイルは %(most)s MB までです。小さくするか、リンクにしてください。")
        raise ValidationError({"file": words % {"most": MOST_EACH // MEGABYTE}})
    rows = issue.attachments
    if rows.count() >= MOST_FILES:
        raise ValidationError({"file": _("添付は%(most)s個までです。") % {"most": MOST_FILES}})
    if (rows.aggregate(total=Sum("size"))["total"] or 0) + len(paper.data) > MOST_TOGETHER:
        words = _("添付は、合わせて %(most)s MB までです。ほかの添付を消すか、リンクにしてください。")
        raise ValidationError({"file": words % {"most": MOST_TOGETHER // MEGABYTE}})


def _note_change(
    issue: Issue,
    verb: str,
    by: Any,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """Who changes what leaves is its author: somebody else approves it."""
    void_approval(issue, by=by)
    issue.author = by
    issue.save(update_fields=["author", "updated_at"])
    audit.record(type=f"newsletters.attachment_{verb}", by=by, obj=issue, old=old, new=new)


def _facts(attachment: IssueAttachment) -> dict[str, Any]:
    return {"file": attachment.name, "sha256": attachment.sha256}


def _short(name: str) -> str:
    stem, _dot, suffix = name.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"
