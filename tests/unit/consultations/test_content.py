"""What a window says, as JSON and back."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from consultations.models import ConsultationWindow, Fallback
from consultations.services.content import (
    CONTENT_FIELDS,
    MEMBER_FIELDS,
    PARTS,
    content_from_description,
    describe_content,
)
from consultations.services.windows import write_content
from platform_portal.access.checks import Refused
from tests.factories.consultations import WindowFactory
from tests.integration.consultations.test_import_round_trip import make, windows
from tests.integration.consultations.test_import_round_trip import masters as masters

# For staff alone: what decides about the window, and what only the office needs.
STAFF_FIELDS = {
    "public_id",
    "organization",
    "operator",
    "verified_on",
    "verification_interval",
    "internal_note",
    "source",
    "source_on",
}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=windows())
def test_description_loses_nothing(values, masters, administrator):
    with transaction.atomic():
        window = make(values, administrator)
        Fallback.objects.create(window=window, target=WindowFactory())
        description = json.loads(json.dumps(describe_content(window)))
        copy = ConsultationWindow(public_id="copied", state=window.state)
        content = content_from_description(description)
        write_content(window=copy, content=content, by=administrator, author=administrator)
        again = describe_content(ConsultationWindow.objects.get(pk=copy.pk))
        assert again | {"public_id": window.public_id} == description
        transaction.set_rollback(True)


def test_only_what_was_asked_for(db, window):
    content = content_from_description(describe_content(window), only=["name", "channels"])
    assert content.names == {"name", "channels"}


def test_what_is_gone_is_said(db, window):
    with pytest.raises(Refused, match=r"分野.*no-such"):
        content_from_description(describe_content(window) | {"categories": ["no-such"]})


def test_every_field_is_for_members_or_for_staff():
    """Whoever adds a field decides who may write it."""
    assert {*CONTENT_FIELDS, *PARTS} == MEMBER_FIELDS | STAFF_FIELDS
    assert not MEMBER_FIELDS & STAFF_FIELDS
