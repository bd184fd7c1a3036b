"""What several tests of the consultation windows begin with."""

from typing import Any

import pytest

from tests.factories.region import MunicipalityFactory, PortalSettingsFactory


@pytest.fixture
def town() -> Any:
    portal = PortalSettingsFactory()
    return MunicipalityFactory(prefecture=portal.prefecture)
