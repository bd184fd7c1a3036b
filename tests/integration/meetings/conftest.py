"""What several tests of meetings start from."""

import pytest

from meetings.models import Document
from meetings.services import documents as services
from tests.factories.meetings import MeetingFactory
from tests.integration.meetings.papers import SECRET, VALUES, paper
from tests.paper_files import pdf


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def kept(secretariat, run_on_commit) -> Document:
    """A public paper that was read."""
    with run_on_commit():
        return services.add_document(
            meeting=MeetingFactory(), paper=paper(pdf(f"<p>{SECRET}</p>")), values=VALUES, by=secretariat
        )
