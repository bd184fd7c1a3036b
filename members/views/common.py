"""What the desk's pages about members share: paging, breadcrumbs, saying what was done, reading the record."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from members import audit_labels
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent

PAGE_SIZE = 50
HISTORY_LENGTH = 50


def crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """From the desk's first page down; the last step has no address."""
    return [(_("管理画面"), reverse("desk:home")), *steps]


def paged(request: HttpRequest, rows: Any) -> Page[Any]:
    """Garbage and numbers out of range lead to the first or last page."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def history_of(obj: models.Model) -> list[audit_labels.Line]:
    """The latest events of an object in words, newest first. Two queries."""
    events = list(AuditEvent.objects.about(obj)[:HISTORY_LENGTH])
    names = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    return [audit_labels.describe(event, names) for event in events]


def attempt(request: HttpRequest, action: Callable[[], Any], done: str, form: Any = None) -> bool:
    """Runs one service and says what came of it; True when it was done. With a `form` its errors go there."""
    try:
        action()
    except (Refused, ValidationError) as error:
        if form is not None:
            tell(form, error)
        else:
            messages.error(request, reason_of(error))
        return False
    messages.success(request, done)
    return True


def reason_of(error: Refused | ValidationError) -> str:
    return error.reason if isinstance(error, Refused) else " ".join(error.messages)


def tell(form: Any, error: Refused | ValidationError) -> None:
    """Puts the error beside the field it speaks of, or above the form."""
    if isinstance(error, Refused) or not hasattr(error, "error_dict"):
        form.add_error(None, reason_of(error))
        return
    known = {name: texts for name, texts in error.message_dict.items() if name in form.fields}
    other = [text for name, texts in error.message_dict.items() if name not in known for text in texts]
    for name, texts in known.items():
        form.add_error(name, texts)
    if other:
        form.add_error(None, other)
