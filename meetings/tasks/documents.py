from celery import shared_task

from meetings.models import DocumentVersion
from meetings.services import documents, sweeping


@shared_task(name="meetings.tasks.read_document_version", time_limit=120, soft_time_limit=100)
def read_document_version(pk: int) -> None:
    """Text and preview of a paper that was just stored. A second run finds nothing to do."""
    documents.read_version(version=DocumentVersion.objects.get(pk=pk))


@shared_task(name="meetings.tasks.read_waiting_papers", time_limit=600, soft_time_limit=580)
def read_waiting_papers() -> None:
    """Papers whose own task was lost; a batch at a time."""
    documents.read_waiting_versions()


@shared_task(name="meetings.tasks.sweep_files", time_limit=300, soft_time_limit=280)
def sweep_files() -> None:
    """Files that no row refers to: the transaction that would have written it failed. A batch a day."""
    sweeping.sweep_files()
