"""Forms of the desk about confirmation, approval, corrections and promises."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.confirmation_plan import PlannedRequest
from meetings.models import ActionItem, Audience, ChangeReason, Meeting, MeetingState

MOST_WORDS = 20000
_LONG = forms.Textarea(attrs={"rows": 8})
_SHORT = forms.Textarea(attrs={"rows": 2})


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


# --- Confirmation ---------------------------------------------------------------------------------
class RoundForm(forms.Form):
    """Who is asked stands in fields of its own for each entry of the plan: `ask-<key>`, `address-<key>`."""

    due_on = forms.DateField(
        label=gettext_lazy("返事の期限"),
        widget=DateInput(),
        help_text=gettext_lazy("この日の3日前に、まだの人へ自動で催促します。"),
        error_messages={
            "required": gettext_lazy("返事の期限を選んでください。"),
            "invalid": gettext_lazy("日付を選んでください。"),
        },
    )
    message = forms.CharField(
        label=gettext_lazy("添える言葉"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("メールの中に入ります。書かなくてもかまいません。"),
    )

    def __init__(self, *args: Any, plan: list[PlannedRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        for planned in plan:
            self.fields[f"ask-{planned.key}"] = forms.BooleanField(
                label=_("「%(label)s」に頼む") % {"label": planned.label},
                required=False,
                initial=planned.has_address or bool(planned.guest_address),
            )
            self.fields[f"address-{planned.key}"] = forms.EmailField(
                label=_("「%(label)s」の送り先") % {"label": planned.label},
                required=False,
                initial=planned.guest_address,
                help_text=_("出席者の記録にあるアドレスです。本人のものか確かめてください。")
                if planned.guest_address
                else "",
                error_messages={
                    "invalid": _("「%(label)s」のメールアドレスを確かめてください。")
                    % {"label": planned.label}
                },
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "planned": planned,
                "ask": self[f"ask-{planned.key}"],
                "address": self[f"address-{planned.key}"],
            }
            for planned in self.plan
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for planned in self.plan:
            name = f"address-{planned.key}"
            is_asked = values.get(f"ask-{planned.key}") and name not in self.errors
            if is_asked and not planned.has_address and not values.get(name):
                self.add_error(name, _("送り先がありません。アドレスを書くか、印を外してください。"))
        return values

    @property
    def addresses(self) -> dict[str, str]:
        return {
            planned.key: self.cleaned_data.get(f"address-{planned.key}", "")
            for planned in self.plan
            if self.cleaned_data.get(f"ask-{planned.key}")
        }


class AddressForm(forms.Form):
    address = forms.EmailField(
        label=gettext_lazy("別の送り先"),
        required=False,
        help_text=gettext_lazy(
            "空けておくと、同じ送り先にもう一度送ります。前に送ったリンクは使えなくなります。"
        ),
        error_messages={"invalid": gettext_lazy("メールアドレスを確かめてください。")},
    )


class AcceptForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("議事録に入れる文"),
        max_length=MOST_WORDS,
        widget=_LONG,
        error_messages={"required": gettext_lazy("文を書いてください。")},
    )
    note = forms.CharField(
        label=gettext_lazy("添える言葉"),
        required=False,
        max_length=300,
        widget=_SHORT,
        help_text=gettext_lazy("申し出た人に届きます。書かなくてもかまいません。"),
    )


class DeclineForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("取り入れないわけ"),
        max_length=300,
        widget=_SHORT,
        help_text=gettext_lazy("申し出た人に届きます。"),
        error_messages={"required": gettext_lazy("取り入れないわけを書いてください。")},
    )


# --- Approval -------------------------------------------------------------------------------------
class AudiencesForm(forms.Form):
    named_audience = forms.ChoiceField(
        label=gettext_lazy("氏名入りの議事録を読める人"), choices=Audience.choices, widget=forms.RadioSelect
    )
    labels_audience = forms.ChoiceField(
        label=gettext_lazy("役職名だけの議事要旨を読める人"),
        choices=Audience.choices,
        widget=forms.RadioSelect,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=300,
        widget=_SHORT,
        error_messages={"required": gettext_lazy("理由を書いてください。")},
    )


class LabelsTextForm(forms.Form):
    labels_text = forms.CharField(
        label=gettext_lazy("役職名だけの議事要旨での本文"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("本文を書いてください。")},
    )


class HarmlessForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("問題がないわけ"),
        max_length=200,
        help_text=gettext_lazy("例：公表されている講師の名前。地名で、人の名前ではない。"),
        error_messages={"required": gettext_lazy("問題がないわけを書いてください。")},
    )


# --- Corrections ----------------------------------------------------------------------------------
class CorrectionForm(forms.Form):
    is_removal = forms.BooleanField(
        label=gettext_lazy("この発言を消す"),
        required=False,
        help_text=gettext_lazy(
            "場所は残り、いつ・どうして消したかが出ます。消した文は、前の訂正に残るものもふくめて、出なくなります。"
        ),
    )
    after = forms.CharField(
        label=gettext_lazy("直した後の文"), required=False, max_length=MOST_WORDS, widget=_LONG
    )
    labels_after = forms.CharField(
        label=gettext_lazy("役職名だけの議事要旨での、直した後の文"),
        required=False,
        max_length=MOST_WORDS,
        widget=_LONG,
        help_text=gettext_lazy("空けておくと、上と同じ文になります。"),
    )
    hides_before = forms.BooleanField(
        label=gettext_lazy("前の文を見せない"),
        required=False,
        help_text=gettext_lazy(
            "出してはいけないことが書かれていたときに選びます。前の訂正に残る文も、いっしょに出なくなります。"
        ),
    )
    reason_kind = forms.ChoiceField(
        label=gettext_lazy("直すわけ"),
        choices=ChangeReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("直すわけを選んでください。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("くわしいわけ"),
        max_length=300,
        help_text=gettext_lazy("訂正といっしょに公開します。名前は書かないでください。"),
        error_messages={"required": gettext_lazy("くわしいわけを書いてください。")},
    )
    names_are_checked = forms.BooleanField(
        label=gettext_lazy("名前かもしれない言葉を読んで、問題がないことを確かめました"), required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("is_removal") and not values.get("after"):
            self.add_error("after", _("直した後の文を書くか、「この発言を消す」を選んでください。"))
        return values


# --- Promises -------------------------------------------------------------------------------------
class ActionItemForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = ActionItem
        fields = ("text", "responsible", "due_on", "is_public")
        widgets = {"due_on": DateInput()}
        help_texts = {
            "text": gettext_lazy("何をするかを、短い文で書きます。"),
            "responsible": gettext_lazy("例：事務局、県社協"),
            "is_public": gettext_lazy("公開した議事録のページに、宿題として出ます。"),
        }
        error_messages = {"text": {"required": gettext_lazy("宿題を書いてください。")}}


class CarryForm(forms.Form):
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("どの会議で取り上げますか"),
        queryset=Meeting.objects.none(),
        empty_label=gettext_lazy("選んでください"),
        error_messages={
            "required": gettext_lazy("会議を選んでください。"),
            "invalid_choice": gettext_lazy("その会議は選べません。"),
        },
    )
    title = forms.CharField(
        label=gettext_lazy("次第に載せる件名"),
        max_length=200,
        help_text=gettext_lazy("会議を見られる人は、だれでも読めます。"),
        error_messages={"required": gettext_lazy("件名を書いてください。")},
    )

    def __init__(self, *args: Any, item: ActionItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coming = Meeting.objects.filter(
            body=item.body_id, state__in=[MeetingState.DRAFT, MeetingState.PLANNED]
        )
        field = self.fields["meeting"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = coming.exclude(agenda__in=item.agenda_items.all()).order_by("starts_at", "pk")


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=gettext_lazy("どうなったか"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("どうなったかを書いてください。")},
    )
