"""The form of a file that shows what was done. It is judged here, by its content."""

from typing import Any

from django import forms

from meetings.forms.documents import PaperField, what_is_taken


class EvidenceForm(forms.Form):
    file = PaperField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = what_is_taken()
