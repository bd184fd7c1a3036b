from celery import shared_task

from consultations import services
from consultations.importing.uploads import intake
from consultations.links import services as services_of_links
from consultations.models import WindowImport
from consultations.services import asking


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


@shared_task(time_limit=1800, soft_time_limit=1700)
def ask_for_verification() -> None:
    """Asks operators about windows that are due, reminds them, stops what nobody confirmed. Safe twice a day."""
    asking.ask_for_verification()


@shared_task(time_limit=420, soft_time_limit=400)
def check_links() -> None:
    """Asks some of the links that are due; the next run goes on. Each link is asked once a week."""
    services_of_links.check_links()
