"""A file of minutes, and what was read from it while somebody puts it right."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.minutes import LongText
from meetings.importing.proposals import Data
from meetings.models import UtteranceKind
from members.models.users import validate_one_line

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_SEPARATORS = str.maketrans("、，;；\n", ",,,,,")


def _line(label: Any, limit: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=False, validators=[validate_one_line], **options
    )


class MinutesFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("議事録のファイル"),
        help_text=gettext_lazy("Word（.docx）、PDF、テキスト（.txt .md）。文字の入ったファイルを選びます。"),
    )


class HeaderForm(forms.Form):
    title = _line(gettext_lazy("会議の名前"), 150)
    number = forms.IntegerField(label=gettext_lazy("回"), required=False, min_value=1, max_value=999)
    held_on = forms.DateField(label=gettext_lazy("開催日"), required=False, widget=_DAY)
    starts_at = forms.TimeField(label=gettext_lazy("開始"), required=False, widget=_TIME)
    ends_at = forms.TimeField(label=gettext_lazy("終了"), required=False, widget=_TIME)
    place = _line(gettext_lazy("場所"), 200)

    def values(self, old: Data) -> Data:
        found = self.cleaned_data
        times = {
            name: found[name].strftime("%H:%M") if found[name] else "" for name in ("starts_at", "ends_at")
        }
        day = found["held_on"].isoformat() if found["held_on"] else ""
        return {**old, "title": found["title"], "number": found["number"], "place": found["place"]} | {
            "held_on": day,
            **times,
        }


class AgendaRowForm(forms.Form):
    number = _line(gettext_lazy("番号"), 12)
    title = _line(gettext_lazy("件名"), 200)
    performer = _line(gettext_lazy("担当する人"), 100)
    documents = _line(
        gettext_lazy("資料"), 200, help_text=gettext_lazy("いくつもあるときは「、」で区切ります。")
    )

    def clean_documents(self) -> list[str]:
        return names_in(self.cleaned_data["documents"])


class PaperRowForm(forms.Form):
    label = _line(gettext_lazy("資料番号"), 30)
    title = _line(gettext_lazy("資料の名前"), 200)


class PersonRowForm(forms.Form):
    organization = _line(gettext_lazy("所属・区分"), 100)
    name = _line(gettext_lazy("氏名"), 60)
    role = _line(gettext_lazy("役職"), 60)
    count = forms.IntegerField(label=gettext_lazy("数"), required=False, min_value=0, max_value=100_000)
    unit = _line(gettext_lazy("単位"), 10)
    absent = forms.BooleanField(label=gettext_lazy("欠席"), required=False)


AgendaRows = forms.formset_factory(AgendaRowForm, extra=1, can_delete=True, max_num=200, absolute_max=250)
PaperRows = forms.formset_factory(PaperRowForm, extra=1, can_delete=True, max_num=200, absolute_max=250)
PersonRows = forms.formset_factory(PersonRowForm, extra=1, can_delete=True, max_num=300, absolute_max=350)


class ProposalForm:
    """All of a proposal but its utterances."""

    def __init__(self, proposal: Data, data: Any = None) -> None:
        self.proposal = proposal
        self.header = HeaderForm(data, initial=proposal["header"], prefix="header")
        self.agenda: Any = AgendaRows(data, prefix="agenda", initial=_shown_agenda(proposal["agenda"]))
        self.documents: Any = PaperRows(data, prefix="documents", initial=proposal["documents"])
        self.attendance: Any = PersonRows(data, prefix="attendance", initial=proposal["attendance"])

    def is_valid(self) -> bool:
        parts = (self.header, self.agenda, self.documents, self.attendance)
        answers = [part.is_valid() for part in parts]  # every part is asked, also after the first refusal
        return all(answers)

    def parts(self) -> Data:
        """Only after is_valid()."""
        return {
            "header": self.header.values(self.proposal["header"]),
            "agenda": _kept(self.agenda, self.proposal["agenda"], ("number", "title", "documents")),
            "documents": _kept(self.documents, self.proposal["documents"], ("label", "title")),
            "attendance": _kept(self.attendance, self.proposal["attendance"], ("organization", "name")),
        }


class UtteranceRowForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("種類"), choices=UtteranceKind.choices)
    organization_name = _line(gettext_lazy("所属"), 100)
    speaker = _line(gettext_lazy("姓"), 40)
    role = _line(gettext_lazy("役職"), 60)
    agenda = _line(
        gettext_lazy("次第の番号"),
        200,
        help_text=gettext_lazy("いくつもあるときは「、」で区切ります。例：4(1)、4(2)"),
    )
    text = LongText(label=gettext_lazy("本文"), required=False, max_length=20000)
    everywhere = forms.BooleanField(
        label=gettext_lazy("同じ呼び名の発言すべての発言者を、こう直す"), required=False
    )

    def __init__(self, row: Data, data: Any = None) -> None:
        super().__init__(data, initial={**row, "agenda": "、".join(row["agenda"])}, prefix="utterance")
        self.row = row

    def clean_agenda(self) -> list[str]:
        return names_in(self.cleaned_data["agenda"])

    def changed(self, rows: list[Data], index: int) -> list[Data]:
        """Only after is_valid(): all utterances, with this one put right."""
        found = dict(self.cleaned_data)
        everywhere = found.pop("everywhere") and self.row["label"]
        who = {name: found[name] for name in ("organization_name", "speaker", "role")}
        return [
            {**row, **found, "is_edited": True}
            if place == index
            else {**row, **who, "is_edited": True}
            if everywhere and row["label"] == self.row["label"]
            else row
            for place, row in enumerate(rows)
        ]


def names_in(text: str) -> list[str]:
    return [each.strip() for each in text.translate(_SEPARATORS).split(",") if each.strip()]


def _shown_agenda(rows: list[Data]) -> list[Data]:
    return [{**row, "documents": _("、").join(row["documents"])} for row in rows]


def _kept(formset: Any, old: list[Data], saying: tuple[str, ...]) -> list[Data]:
    """Rows that say something and are not to go; each keeps its line of the source."""
    found = []
    for place, form in enumerate(formset.forms):
        values = dict(form.cleaned_data)
        says_something = any(values.get(name) for name in saying) or values.get("count") is not None
        if says_something and not values.pop("DELETE", False):
            found.append({**(old[place] if place < len(old) else {"line": 0}), **values})
    return found
