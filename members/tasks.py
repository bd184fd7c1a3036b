"""Work outside the request. Arguments are ids: nothing secret waits in Redis."""

from celery import shared_task
from django.core.management import call_command

from members import services
from members.importing.uploads import intake
from members.models import OrganizationImport


@shared_task(time_limit=120, soft_time_limit=100)
def clear_expired_sessions() -> None:
    """Forgets sessions that have ended."""
    call_command("clearsessions")


@shared_task(time_limit=120, soft_time_limit=100)
def erase_unconfirmed_applications() -> None:
    """Erases applications whose mail address nobody confirmed in time."""
    services.erase_unconfirmed()


@shared_task(time_limit=300, soft_time_limit=280)
def plan_organization_import(pk: int) -> None:
    """Reads an uploaded file and plans what it would do. A second run plans anew."""
    intake.plan_upload(upload=OrganizationImport.objects.get(pk=pk))


@shared_task(time_limit=300, soft_time_limit=280)
def apply_organization_import(pk: int) -> None:
    """Carries out the plan that a person agreed to. A second run finds nothing to do."""
    intake.apply_upload(upload=OrganizationImport.objects.get(pk=pk))


@shared_task(time_limit=120, soft_time_limit=100)
def forget_old_organization_imports() -> None:
    """Deletes uploaded files whose time to be kept is over."""
    intake.forget_old_imports()


@shared_task(time_limit=300, soft_time_limit=280)
def forget_people() -> None:
    """Empties what says something about people where the time to keep it is over; a batch of each a day."""
    services.scrub_left_organizations()
    services.scrub_closed_applications()
    services.scrub_settled_invitations()


@shared_task(time_limit=300, soft_time_limit=280)
def sweep_logos() -> None:
    """Removes logo files that nothing refers to; a batch a day."""
    services.sweep_logos()


@shared_task(time_limit=120, soft_time_limit=100)
def tend_offers() -> None:
    """Takes down what is over and tells organisations what ends soon."""
    services.expire_offers()
    services.tell_of_ending_offers()


@shared_task(time_limit=120, soft_time_limit=100)
def tell_of_waiting_messages() -> None:
    """Mails about messages that were held back, because one had left within the hour."""
    services.tell_of_waiting_messages()


@shared_task(time_limit=300, soft_time_limit=280)
def tell_of_charter() -> None:
    """Mails managers about a version that has come into force; one round, the next hour goes on."""
    services.tell_of_charter()
