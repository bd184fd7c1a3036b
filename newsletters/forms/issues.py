"""Forms about issues on the desk."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.documents import PaperField
from members.models import User
from members.models.users import validate_one_line
from newsletters.models import LONGEST_BODY, LONGEST_SUBJECT, Newsletter
from newsletters.services.attachments import MEGABYTE, MOST_EACH, MOST_TOGETHER
from newsletters.services.issues import is_at_night
from newsletters.services.trials import MOST_PEOPLE
from platform_portal.access.roles import DESK_ROLES

_MOMENT = "%Y-%m-%dT%H:%M"


class IssueForm(forms.Form):
    """Nothing is required: a draft may be anything, and what is missing stands in the list of what is to be mended."""

    newsletter = forms.ModelChoiceField(
        label=gettext_lazy("メルマガ"),
        queryset=Newsletter.objects.none(),
        empty_label=None,
        error_messages={"required": gettext_lazy("メルマガを選んでください。")},
    )
    subject = forms.CharField(
        label=gettext_lazy("件名"),
        max_length=LONGEST_SUBJECT,
        required=False,
        validators=[validate_one_line],
        help_text=gettext_lazy("携帯電話では、はじめの25文字ほどが見えます。"),
    )
    body = forms.CharField(
        label=gettext_lazy("本文"),
        required=False,
        max_length=LONGEST_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=gettext_lazy(
            "「# 」で始まる行は見出し、「- 」は箇条書き、**太字**、[言葉](https://…) はリンクです。"
        ),
    )
    max_resends = forms.TypedChoiceField(
        label=gettext_lazy("届いたか分からないとき"),
        choices=[
            (1, gettext_lazy("もう一度送る（まれに2通届く人がいます）")),
            (0, gettext_lazy("送り直さない（だれにも2通は届きません）")),
        ],
        coerce=int,
        initial=1,
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def __init__(self, *args: Any, current: Newsletter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Newsletter.objects.active()
        if current is not None:  # one that was stopped since stays what it is
            rows = rows | Newsletter.objects.filter(pk=current.pk)
        field: Any = self.fields["newsletter"]
        field.queryset = rows.order_by("position", "pk")

    def clean_body(self) -> str:
        """Browsers send line ends of their own; blank lines at the ends say nothing."""
        body: str = self.cleaned_data["body"]
        return body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip("\n")

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class StepForm(forms.Form):
    """One step of the workflow. Whether a reason is needed says the table."""

    reason = forms.CharField(
        label=gettext_lazy("理由"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("理由を書いてください。")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def __init__(self, *args: Any, needs_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason


class ScheduleForm(forms.Form):
    """At once, or at a time; at night only when the person has said that it is meant so."""

    when = forms.ChoiceField(
        label=gettext_lazy("いつ送りますか"),
        choices=[("later", gettext_lazy("時刻を決める")), ("now", gettext_lazy("いますぐ送る"))],
        initial="later",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("いつ送るかを選んでください。")},
    )
    send_at = forms.DateTimeField(
        label=gettext_lazy("送る時刻"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        input_formats=[_MOMENT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("日付と時刻を入れてください。")},
    )
    is_night_fine = forms.BooleanField(
        label=gettext_lazy("夜に届いてもよい"),
        required=False,
        help_text=gettext_lazy(
            "22時から7時までに送るときは、印を付けてください。枕もとの電話が鳴る人がいます。"
        ),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "when" not in values or "send_at" not in values:
            return values
        if values["when"] == "now":
            values["send_at"] = None
        elif values["send_at"] is None:
            self.add_error("send_at", _("送る時刻を入れてください。"))
            return values
        at: dt.datetime = values["send_at"] or timezone.now()
        if is_at_night(at) and not values.get("is_night_fine"):
            self.add_error(
                "is_night_fine",
                _("%(at)s は夜です。このまま送るときは、印を付けてください。")
                % {"at": f"{timezone.localtime(at):%H:%M}"},
            )
        return values


class AttachmentForm(forms.Form):
    file = PaperField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.widget.attrs["accept"] = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"
        field.help_text = _(
            "PDF・Word（.docx）・Excel（.xlsx）・PNG・JPEG。1つ %(each)s MB、合わせて %(all)s MB まで。"
        ) % {"each": MOST_EACH // MEGABYTE, "all": MOST_TOGETHER // MEGABYTE}


class TrialForm(forms.Form):
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("試しに送る相手"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("送る相手を選んでください。")},
        help_text=gettext_lazy("職員のページを使う人だけに送れます。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = User.objects.filter(is_active=True, role__in=DESK_ROLES).order_by("name", "pk")
        field.label_from_instance = lambda person: f"{person.name}（{person.email}）"

    def clean_people(self) -> Any:
        people = self.cleaned_data["people"]
        if len(people) > MOST_PEOPLE:
            raise ValidationError(_("一度に%(most)s人までです。") % {"most": MOST_PEOPLE})
        return people
