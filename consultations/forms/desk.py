"""Small forms of the desk, and the guard that all its forms share."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import Category
from consultations.services import BulkAction
from consultations.services.bulk import WITH_CATEGORY


def refuse_control_characters(text: str) -> None:
    """Such characters come from broken copies; on a page or in a file they only do harm."""
    if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
        raise ValidationError(
            _("目に見えない文字（制御文字）がまじっています。一度消して、打ち直してください。"),
            code="control",
        )


class DeskForm(forms.Form):
    """Refuses control characters in every field of text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guard_text(self)


def guard_text(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        if isinstance(field, forms.CharField) and refuse_control_characters not in field.validators:
            field.validators = [*field.validators, refuse_control_characters]


class RowSet(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    """Rows in the order of their numbers; rows without one come last, as they stand."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "ORDER" in form.fields:
            form.fields["ORDER"].label = str(_("順番"))
            form.fields["ORDER"].widget.attrs.update({"min": "1", "max": "99"})
        form.fields["DELETE"].label = str(_("この行を消す"))

    @property
    def kept(self) -> list[Any]:
        """Valid forms that say something and are not to be deleted, in order."""
        rows = [form for form in self.forms if form.has_changed() or form.initial]
        rows = [form for form in rows if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if not self.can_order:
            return rows
        last = 10_000
        return sorted(rows, key=lambda form: form.cleaned_data.get("ORDER") or last)


class BulkForm(DeskForm):
    action = forms.ChoiceField(
        label=gettext_lazy("選んだ窓口を"),
        choices=[("", gettext_lazy("選んでください")), *BulkAction.choices],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("何をするかが選ばれていません。")},
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("分野（入れる・外すとき）"),
        queryset=Category.objects.published(),
        required=False,
        empty_label=gettext_lazy("選んでください"),
        error_messages={"invalid_choice": gettext_lazy("その分野はありません。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("窓口の記録に残ります。住民の画面には出ません。"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("action") and not self.errors:
            self.add_error("action", _("何をするかが選ばれていません。"))
        if values.get("action") in WITH_CATEGORY and not values.get("category"):
            self.add_error("category", _("分野を選んでください。"))
        return values


class ReasonForm(DeskForm):
    """Why a step is taken. `is_needed`: whether it may be left empty."""

    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("窓口の記録に残ります。住民の画面には出ません。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("理由を書いてください。")},
    )

    def __init__(self, *args: Any, is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_needed


CHECKED_WORDS = gettext_lazy("電話をかける・ページを開くなどして、実際に確かめました")


class PublishForm(ReasonForm):
    """The same with the word of whoever lets residents see a window."""

    is_checked = forms.BooleanField(
        label=CHECKED_WORDS,
        error_messages={"required": gettext_lazy("実際に確かめて、印をつけてから認めてください。")},
    )


class ApproveForm(DeskForm):
    is_checked = forms.BooleanField(label=CHECKED_WORDS, required=False)


class ReturnForm(DeskForm):
    reason = forms.CharField(
        label=gettext_lazy("直してほしいところ"),
        help_text=gettext_lazy("申し出た人にメールで届きます。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("どこを直してほしいかを書いてください。")},
    )


class ResolutionForm(DeskForm):
    resolution = forms.CharField(
        label=gettext_lazy("どう対応しましたか"),
        help_text=gettext_lazy("例：電話で確かめて、番号を直しました。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("どう対応したかを書いてください。")},
    )


class AdoptForm(forms.Form):
    category = forms.ModelChoiceField(
        label=gettext_lazy("分野"),
        queryset=Category.objects.published(),
        empty_label=gettext_lazy("分野を選ぶ"),
        error_messages={
            "required": gettext_lazy("分野を選んでください。"),
            "invalid_choice": gettext_lazy("その分野はありません。"),
        },
    )
