"""Large files of minutes, read outside the request."""

from celery import shared_task

from meetings.models import MinutesImport
from meetings.services import imports


@shared_task(name="meetings.tasks.read_import", time_limit=300, soft_time_limit=280)
def read_import(pk: int) -> None:
    """Reads an uploaded file into a proposal. A second run finds nothing to do."""
    imports.read_import(kept=MinutesImport._default_manager.select_related("body").get(pk=pk))
