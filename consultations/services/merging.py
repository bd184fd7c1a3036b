"""A pending change beside the live window: what of it can still be applied, and what somebody else has changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.services.content import describe_content, touches_what_was_verified
from consultations.workflow import REVISION_WAYS
from platform_portal.audit import services as audit


@dataclass(frozen=True, slots=True)
class Merge:
    """`names`: fields to apply. `conflicts`: fields of which the live value is neither the old nor the proposed one."""

    live: Mapping[str, Any]
    proposed: Mapping[str, Any]
    names: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    @property
    def result(self) -> dict[str, Any]:
        """The content as it would be; fields that the change does not touch are the live ones."""
        return {**self.live, **{name: self.proposed[name] for name in [*self.names, *self.conflicts]}}

    @property
    def is_critical(self) -> bool:
        """Whether somebody has to call, open or read up before this may go live."""
        return touches_what_was_verified(self.live, self.result)


def merge_with(revision: WindowRevision, live: Mapping[str, Any]) -> Merge:
    merge = Merge(live, revision.proposed)
    for name in revision.changed_names:
        if live.get(name) == revision.proposed[name]:
            continue
        is_untouched = live.get(name) == revision.before.get(name)
        (merge.names if is_untouched else merge.conflicts).append(name)
    return merge


def overtake_where_changed(windows: Iterable[ConsultationWindow]) -> None:
    """Call inside the transaction that changed `windows`: marks pending changes of the same fields.

    Nothing of them is lost or applied; a person decides.
    """
    for revision in (
        WindowRevision.objects.pending().filter(window__in=list(windows)).select_related("window")
    ):
        if merge_with(revision, describe_content(revision.window)).conflicts:
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
