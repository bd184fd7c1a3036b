"""Two people take the same report in at the same moment: one of them does."""

import pytest
from django.core.exceptions import ValidationError

from platform_portal.access.checks import Refused
from reports.models import Activity, AnnualReport, GrantScheme
from reports.services.imports import import_report
from tests.factories.members import UserFactory
from tests.racing import at_once
from tests.unit.reports.reading import fixture
from tests.unit.reports.test_importing import read


@pytest.mark.django_db(transaction=True)
def test_same_year_at_the_same_moment() -> None:
    file, people = (
        read(fixture("irregular.txt")),
        [UserFactory(secretariat=True), UserFactory(secretariat=True)],
    )
    errors = at_once(
        *[lambda by=by: import_report(file=file, by=by) for by in people], refusals=(Refused, ValidationError)
    )
    assert sum(error is None for error in errors) == 1
    assert GrantScheme.objects.count() == AnnualReport.objects.count() == 1
    assert Activity.objects.count() == 6
