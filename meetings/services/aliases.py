"""How the records of a body print people: learnt from what was accepted, forgotten when it is wrong."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from meetings.models import Body, SpeakerAlias
from platform_portal.access.checks import check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit


def learn_aliases(*, body: Body, known: Mapping[str, Mapping[str, Any]], by: Any) -> int:
    """Inside the transaction of an import. Returns how many were new or other than before."""
    stored = {each.label: each for each in SpeakerAlias._default_manager.filter(body=body)}
    learnt = 0
    for label, row in known.items():
        alias = stored.get(label) or SpeakerAlias(body=body, label=label)
        wanted = (row["speaker"], row["role"], row["organization"])
        if alias.pk and (alias.speaker, alias.role, alias.organization_id) == wanted:
            continue
        alias.speaker, alias.role, alias.organization_id = wanted
        alias.save()
        learnt += 1
    if learnt:
        audit.record(type="meetings.alias_learnt", by=by, obj=body, new={"count": learnt})
    return learnt


@transaction.atomic
def forget_alias(*, alias: SpeakerAlias, by: Any) -> None:
    check_has(by, Permission.EDIT_MEETINGS)
    audit.record(type="meetings.alias_forgotten", by=by, obj=alias.body, old={"label": alias.label})
    alias.delete()
