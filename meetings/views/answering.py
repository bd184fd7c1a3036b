"""The form with which somebody says who comes: behind a link, for members, and for the secretariat alike."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from meetings.forms.attendance import (
    AnswerForm,
    NamedForm,
    PeopleForms,
    known_people,
    people_forms,
    reply_of,
    typed_people,
)
from meetings.models import Attendance
from meetings.services.attendance.answering import OvertakenError, Reply, mark_of
from platform_portal.access.checks import Refused
from platform_portal.desk import tell

MORE = 3  # rows that one press of 「人を増やす」 adds


class Answering:
    """One request about one invitation. `store(reply, seen)` writes; what it refuses is said above the form."""

    def __init__(
        self,
        request: HttpRequest,
        attendance: Attendance,
        *,
        form: type[AnswerForm],
        row: type[NamedForm] = NamedForm,
    ) -> None:
        self.request, self.attendance = request, attendance
        self._form, self._row = form, row
        self.wants_more = request.method == "POST" and "more" in request.POST
        self.is_sent = request.method == "POST" and not self.wants_more
        self.form, self.rows = self._drawn()
        self.status = 200

    def _drawn(self) -> tuple[AnswerForm, PeopleForms]:
        data = self.request.POST
        if self.is_sent:
            form = self._form(data)
            rows = people_forms(data, [], form=self._row)
        elif self.wants_more:
            typed = {name: data.get(name, "") for name in ("answer", "note")}
            form = self._form(initial=typed)
            rows = people_forms(None, typed_people(data), form=self._row, spare=MORE)
        else:
            form = self._form()
            rows = people_forms(None, known_people(self.attendance), form=self._row)
        form.initial_of(self.attendance)
        if self.wants_more:
            form.initial["seen"] = data.get("seen", "")[:40]
            if "token" in form.fields:  # whoever asks for more rows has been reading all the time
                form.initial["token"] = data.get("token", "")[:200]
        return form, rows

    def is_valid(self) -> bool:
        # Both, so that all that is wrong is told at once.
        return all([self.form.is_valid(), self.rows.is_valid()])

    def store(self, store: Callable[[Reply, str], Any]) -> bool:
        """True when it was written."""
        self.status = 422
        if not self.is_valid():
            if self.form.is_valid():
                self.form.add_error(None, _words_of(self.rows))
            return False
        try:
            store(reply_of(self.form, self.rows), self.form.cleaned_data["seen"])
        except (Refused, ValidationError) as error:
            tell(self.form, error)
            if isinstance(error, OvertakenError):
                self._show_again()
            return False
        return True

    def _show_again(self) -> None:
        """With the mark of the answer that stands now: sent once more, it is sent knowingly."""
        self.attendance.refresh_from_db()
        data: Any = copy(self.form.data)  # a query is only read; its copy can be written
        data["seen"] = mark_of(self.attendance)
        self.form.data = data
        self.status = 409


def _words_of(rows: PeopleForms) -> str:
    """Of the first row that is wrong; the rest stands beside the fields."""
    found = [text for form in rows.forms for texts in form.errors.values() for text in texts]
    return str((found or list(rows.non_form_errors()))[0])
