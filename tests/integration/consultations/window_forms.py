"""What a browser sends of the form of a window."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from consultations.forms.editor import WindowEditor
from consultations.models import ConsultationWindow
from tests.unit.consultations.test_desk_forms import form_data

NEW = "desk:window-create"


def edit(window: ConsultationWindow) -> str:
    return reverse("desk:window-edit", args=[window.public_id])


def data_of(window: ConsultationWindow, **values: Any) -> QueryDict:
    return changed(form_data(WindowEditor(window)), **values)


def changed(data: QueryDict, **values: Any) -> QueryDict:
    for name, value in values.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return data


def new_data(**values: Any) -> QueryDict:
    data = form_data(WindowEditor(ConsultationWindow()))
    ticked = {
        "hours__mode": "rows",
        "rows__0__days": ["0", "1"],
        "rows__0__start": "9:00",
        "rows__0__end": "17:00",
    }
    phone = {"channels__0__kind": "phone", "channels__0__value": "087-832-0000"}
    return changed(data, **({"name": "新しい窓口"} | ticked | phone | values))


def send(client: Any, address: str, data: QueryDict) -> Any:
    return client.post(address, data.urlencode(), content_type="application/x-www-form-urlencoded")
