"""The same step for many windows: planned first, so that people see what will happen, then done as a whole."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations import permissions
from consultations.models import Category, ConsultationWindow
from consultations.services.content import WindowContent
from consultations.services.windows import (
    ChangedMeanwhile,
    check_is_complete,
    move_window,
    save_window,
    verify_window,
)
from consultations.workflow import WINDOW_WAYS
from platform_portal.access.checks import Refused
from platform_portal.publishing.states import State
from platform_portal.versions import NEVER


class BulkAction(models.TextChoices):
    SUBMIT = "submit", gettext_lazy("確認を頼む")
    APPROVE = "approve", gettext_lazy("認めて公開する")
    SUSPEND = "suspend", gettext_lazy("公開を止める")
    ARCHIVE = "archive", gettext_lazy("保管する")
    VERIFY = "verify", gettext_lazy("確かめた（変わりなし）")
    ADD_CATEGORY = "add_category", gettext_lazy("分野に入れる")
    REMOVE_CATEGORY = "remove_category", gettext_lazy("分野から外す")


TARGET_OF = {
    BulkAction.SUBMIT: State.IN_REVIEW,
    BulkAction.APPROVE: State.PUBLISHED,
    BulkAction.SUSPEND: State.SUSPENDED,
    BulkAction.ARCHIVE: State.ARCHIVED,
}
WITH_CATEGORY = {BulkAction.ADD_CATEGORY, BulkAction.REMOVE_CATEGORY}


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """`ready`: windows that the action changes. `refused`: windows it leaves alone, with the reason.

    `checked`: public ids of those whose numbers, links, hours and address the person says to have checked.
    """

    action: BulkAction
    category: Category | None = None
    checked: Collection[str] = ()
    ready: list[ConsultationWindow] = field(default_factory=list)
    refused: list[tuple[ConsultationWindow, str]] = field(default_factory=list)

    @property
    def needs_checks(self) -> bool:
        """Whether each window asks for a tick of its own, as it does where one is approved alone."""
        return self.action == BulkAction.APPROVE

    @property
    def needs_reason(self) -> bool:
        target = TARGET_OF.get(self.action)
        return any(way.needs_reason for (_before, after), way in WINDOW_WAYS.items() if after == target)


def plan_bulk(
    *,
    action: BulkAction,
    windows: Sequence[ConsultationWindow],
    by: Any,
    category: Category | None = None,
    checked: Collection[str] | None = None,
) -> BulkPlan:
    """What would happen. Changes nothing. `windows` should come with channels and categories prefetched.

    `checked`: see BulkPlan; those without a tick stay as they are. None: nobody has been asked yet.
    """
    plan = BulkPlan(action, category, checked or ())
    for window in windows:
        try:
            _check(action, window, by, category)
            if plan.needs_checks and checked is not None and window.public_id not in checked:
                raise Refused(_("「実際に確かめました」に印がありません。"))
        except Refused as refused:
            plan.refused.append((window, refused.reason))
        else:
            plan.ready.append(window)
    return plan


def apply_bulk(
    *, plan: BulkPlan, by: Any, reason: str = "", versions: Mapping[str, dt.datetime] | None = None
) -> int:
    """Does what was planned, for all of `plan.ready` or for none; returns how many windows changed.

    `versions`: by public id, the `updated_at` of what the person saw; one that is not named counts as not seen. None:
    nobody looked.
    Raises ChangedMeanwhile when one of them can no longer be changed in this way.
    """
    if plan.needs_reason and not reason.strip():
        raise Refused(_("理由を書いてください。"))
    with transaction.atomic():
        # Locked in one order, so that two people who overlap wait for each other instead of blocking.
        for window in sorted(plan.ready, key=lambda window: window.pk):
            try:
                seen = None if versions is None else versions.get(window.public_id, NEVER)
                _apply(plan, window, by, reason, seen)
            except Refused as refused:
                raise ChangedMeanwhile(
                    _("「%(name)s」を変えられなかったので、すべて取りやめました。%(reason)s")
                    % {"name": window.name, "reason": refused.reason}
                ) from refused
    return len(plan.ready)


def _check(action: BulkAction, window: ConsultationWindow, by: Any, category: Category | None) -> None:
    if action == BulkAction.VERIFY:
        permissions.check_can_verify_window(by, window)
    elif action in WITH_CATEGORY:
        permissions.check_can_edit_window(by, window)
        _check_category(action, window, category)
    else:
        permissions.check_can_move_window(by, window, TARGET_OF[action])
        if action in {BulkAction.SUBMIT, BulkAction.APPROVE}:
            check_is_complete(window)


def _check_category(action: BulkAction, window: ConsultationWindow, category: Category | None) -> None:
    if category is None:
        raise Refused(_("分野を選んでください。"))
    has_it = category in window.categories.all()
    if action == BulkAction.ADD_CATEGORY and has_it:
        raise Refused(_("すでにこの分野に入っています。"))
    if action == BulkAction.REMOVE_CATEGORY and not has_it:
        raise Refused(_("この分野に入っていません。"))
    if (
        action == BulkAction.REMOVE_CATEGORY
        and window.state == State.PUBLISHED
        and len(window.categories.all()) == 1
    ):
        raise Refused(_("分野が1つもなくなります。先に、ほかの分野に入れてください。"))


def _apply(
    plan: BulkPlan, window: ConsultationWindow, by: Any, reason: str, version: dt.datetime | None
) -> None:
    if plan.action == BulkAction.VERIFY:
        verify_window(window=window, by=by)
    elif plan.action in WITH_CATEGORY:
        _set_category(plan, window, by)
    else:
        # To stop or file away needs no reading; what goes public is what somebody has read.
        read = version if plan.action == BulkAction.APPROVE else None
        move_window(
            window=window,
            to=TARGET_OF[plan.action],
            by=by,
            reason=reason,
            version=read,
            is_checked=window.public_id in plan.checked,
        )


def _set_category(plan: BulkPlan, window: ConsultationWindow, by: Any) -> None:
    category = plan.category
    if category is None:
        raise Refused(_("分野を選んでください。"))
    others = [each for each in window.categories.all() if each != category]
    chosen = [*others, category] if plan.action == BulkAction.ADD_CATEGORY else others
    save_window(
        window=window,
        content=WindowContent(values={}, categories=chosen),
        by=by,
        version=window.updated_at,
    )
