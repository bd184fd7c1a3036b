"""Pending changes of fields that somebody else has changed meanwhile in the live window."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.services.content import describe_content
from consultations.workflow import REVISION_WAYS
from platform_portal.audit import services as audit


def overtake_where_changed(windows: Iterable[ConsultationWindow]) -> None:
    """Call inside the transaction that changed `windows`: marks pending changes of the same fields.

    Nothing of them is lost or applied; a person decides.
    """
    for revision in (
        WindowRevision.objects.pending().filter(window__in=list(windows)).select_related("window")
    ):
        if revision.merge_with(describe_content(revision.window)).conflicts:
            overtake(revision)


def overtake(revision: WindowRevision) -> None:
    way = REVISION_WAYS[RevisionState(revision.state), RevisionState.OVERTAKEN]
    revision.state = RevisionState.OVERTAKEN
    revision.save(update_fields=["state"])
    audit.record(
        type=f"consultations.revision_{way.verb}",
        by=None,
        obj=revision.window,
        note=_("申し出と同じ項目が、先に変わりました。"),
    )
