from celery import shared_task

from consultations import services
from consultations.importing.uploads import intake
from consultations.models import WindowImport


@shared_task(time_limit=120, soft_time_limit=100)
def forget_old_reports() -> None:
    """Deletes handled error reports whose time to be kept is over."""
    services.forget_old_reports()


@shared_task(time_limit=300, soft_time_limit=280)
def plan_import(pk: int) -> None:
    """Reads an uploaded file and plans what it would do. A second run plans anew."""
    intake.plan_upload(upload=WindowImport.objects.get(pk=pk))


@shared_task(time_limit=300, soft_time_limit=280)
def apply_import(pk: int) -> None:
    """Carries out the plan that a person agreed to. A second run finds nothing to do."""
    intake.apply_upload(upload=WindowImport.objects.get(pk=pk))


@shared_task(time_limit=120, soft_time_limit=100)
def forget_old_imports() -> None:
    """Deletes uploaded files whose time to be kept is over."""
    intake.forget_old_imports()
