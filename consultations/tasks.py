from celery import shared_task

from consultations import services
from consultations.importing import uploads
from consultations.models import WindowImport


@shared_task(time_limit=120, soft_time_limit=100)
def forget_old_reports() -> None:
    """Deletes handled error reports whose time to be kept is over."""
    services.forget_old_reports()


@shared_task(time_limit=300, soft_time_limit=280)
def plan_import(pk: int) -> None:
    """Reads an uploaded file and plans what it would do. A second run plans anew."""
    upload = WindowImport.objects.get(pk=pk)
    if upload.stage == WindowImport.Stage.READING:
        uploads.plan_upload(upload=upload)


@shared_task(time_limit=300, soft_time_limit=280)
def apply_import(pk: int) -> None:
    """Carries out the plan that a person agreed to. A second run finds nothing to do."""
    uploads.apply_upload(upload=WindowImport.objects.get(pk=pk))


@shared_task(time_limit=120, soft_time_limit=100)
def forget_old_imports() -> None:
    """Deletes uploaded files whose time to be kept is over."""
    uploads.forget_old_imports()
