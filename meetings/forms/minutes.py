"""One block of a record, and how a doubt was settled."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import AgendaItem, Minutes, Utterance, UtteranceKind
from meetings.presenting.agenda import Node
from meetings.services.flags import Resolution
from meetings.speakers import Suggestion
from members.models import Organization
from members.models.users import validate_one_line

# A longer list of questions helps nobody: one answers what was just asked.
QUESTIONS_OFFERED = 30
CUT_MARK = "【ここで分ける】"
UNKNOWN_LABEL = gettext_lazy("「%(label)s」は一覧にありません。「所属」「姓」「役職」の欄に書いてください。")


def refuse_control_characters(text: str) -> None:
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
        raise ValidationError(
            _("目に見えない文字（制御文字）がまじっています。一度消して、打ち直してください。"),
            code="control",
        )


class LongText(forms.CharField):
    """Keeps every character but the line ends, of which browsers send their own."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")
        refuse_control_characters(text)
        return text


class UtteranceForm(forms.Form):
    """`agenda` and `questions` are handed in, so that the form asks the database nothing."""

    pick = forms.CharField(
        label=gettext_lazy("呼び名から選ぶ"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("前に出てきた人です。選ぶと、下の3つの欄に入ります。"),
    )
    organization_name = forms.CharField(
        label=gettext_lazy("所属"), required=False, max_length=100, validators=[validate_one_line]
    )
    speaker = forms.CharField(
        label=gettext_lazy("姓"), required=False, max_length=40, validators=[validate_one_line]
    )
    role = forms.CharField(
        label=gettext_lazy("役職"), required=False, max_length=60, validators=[validate_one_line]
    )
    text = LongText(label=gettext_lazy("本文"), required=False, max_length=20000)
    labels_text = LongText(
        label=gettext_lazy("役職名だけの議事要旨での本文"),
        required=False,
        max_length=20000,
        help_text=gettext_lazy(
            "本文に人の名前が出るときだけ、名前のない文を書きます。空なら、同じ本文です。"
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("種類"), choices=UtteranceKind.choices)
    organization = forms.CharField(
        label=gettext_lazy("会員団体"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("会員団体の発言なら、団体名を選びます。"),
    )
    agenda_items = forms.MultipleChoiceField(
        label=gettext_lazy("次第の項目"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reply_to = forms.ChoiceField(label=gettext_lazy("どの発言への答えか"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        utterance: Utterance,
        agenda: Sequence[Node],
        questions: Sequence[tuple[int, Utterance]],
        suggestions: Sequence[Suggestion] = (),
    ) -> None:
        super().__init__(data, initial=_initial(utterance), auto_id=f"{utterance.public_id}-%s")
        self.utterance = utterance
        self._suggestions = {each.words: each for each in suggestions}
        self._agenda = {str(node.item.pk): node.item for node in agenda}
        self._questions = {each.public_id: each for _number, each in questions}
        fields: Any = self.fields
        fields["agenda_items"].choices = [(str(node.item.pk), node.indented_words) for node in agenda]
        fields["reply_to"].choices = [("", _("（答えではない）"))] + [
            (each.public_id, _question_words(number, each)) for number, each in questions
        ]
        fields["text"].widget.attrs.update({"rows": _rows_for(utterance.text)})
        fields["labels_text"].widget.attrs.update({"rows": _rows_for(utterance.labels_text)})
        for name, source in (("pick", "labels"), ("organization", "organizations")):
            fields[name].widget.attrs.update({"list": f"known-{source}", "autocomplete": "off"})

    def clean_organization(self) -> Organization | None:
        name = self.cleaned_data["organization"].strip()
        if not name:
            return None
        current = self.utterance.organization
        if current is not None and current.name == name:
            return current
        found = Organization.objects.active().filter(name=name).order_by("pk").first()
        if found is None:
            raise ValidationError(_("この名前の会員団体はありません。一覧から選ぶか、空にしてください。"))
        return found

    def clean_reply_to(self) -> Utterance | None:
        return self._questions.get(self.cleaned_data["reply_to"])

    def clean_agenda_items(self) -> list[AgendaItem]:
        return [self._agenda[key] for key in self.cleaned_data["agenda_items"]]

    def clean(self) -> dict[str, Any]:
        """Without scripts a chosen name arrives as it was chosen."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        picked = values.pop("pick", "").strip()
        chosen = self._suggestions.get(picked)
        if picked and chosen is None:
            self.add_error("pick", UNKNOWN_LABEL % {"label": picked})
        if chosen is not None:
            values |= {name: getattr(chosen, name) for name in ("organization_name", "speaker", "role")}
            if chosen.organization_id is not None:
                values["organization"] = Organization.objects.filter(pk=chosen.organization_id).first()
        return values

    @property
    def unknown_words(self) -> str:
        """For the script, which puts what was typed in."""
        return UNKNOWN_LABEL % {"label": "{label}"}

    def values(self) -> dict[str, Any]:
        """Only after is_valid(): what change_utterance() takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class FlagForm(forms.Form):
    how = forms.ChoiceField(label=gettext_lazy("どう片付けたか"), choices=Resolution.choices)
    note = forms.CharField(
        label=gettext_lazy("わけ"), required=False, max_length=250, validators=[validate_one_line]
    )


def questions_before(
    minutes: Minutes, utterance: Utterance, blocks: Sequence[Utterance] | None = None
) -> list[tuple[int, Utterance]]:
    """(number on the page, block): what was said before, latest last, and what it answers already."""
    if blocks is None:
        wide = ("labels_text", "named_vector", "labels_vector")
        blocks = list(minutes.utterances.standing().defer(*wide).order_by("position"))
    rows = list(blocks)
    numbered = list(enumerate(rows, start=1))
    spoken = [(n, each) for n, each in numbered if each.kind == UtteranceKind.SPEECH]
    earlier = [(n, each) for n, each in spoken if each.position < utterance.position]
    offered = earlier[-QUESTIONS_OFFERED:]
    known = {each.pk for _n, each in offered}
    answered = [
        (n, each) for n, each in numbered if each.pk == utterance.reply_to_id and each.pk not in known
    ]
    return [*answered, *offered]


def _initial(utterance: Utterance) -> dict[str, Any]:
    names = ("kind", "organization_name", "speaker", "role", "text", "labels_text", "version")
    values: dict[str, Any] = {name: getattr(utterance, name) for name in names}
    values["organization"] = utterance.organization.name if utterance.organization else ""
    values["agenda_items"] = [str(item.pk) for item in utterance.agenda_items.all()]
    values["reply_to"] = utterance.reply_to.public_id if utterance.reply_to else ""
    return values


def _question_words(number: int, question: Utterance) -> str:
    text = Truncator(question.text.replace("\n", " ")).chars(24)
    return f"{number}. {question.named_label or question.label}「{text}」"


def _rows_for(text: str) -> int:
    """About as tall as what is in it; the style sheet lets it grow where the browser can."""
    lines = sum(1 + len(line) // 44 for line in text.split("\n"))
    return max(3, min(24, lines + 1))
