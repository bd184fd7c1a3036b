"""Inviting, answering and recording who came."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Answer, Attendance, Meeting
from meetings.services.attendance.answering import MOST_PEOPLE, Named, Reply, mark_of
from meetings.services.attendance.inviting import Guest, check_guests
from members.forms.desk import half_width
from members.models import Organization, validate_one_line
from members.models.organizations import OrganizationKind
from platform_portal.public_forms import PublicForm

ANSWERS = [
    (Answer.PRESENT.value, gettext_lazy("出席する")),
    (Answer.PROXY.value, gettext_lazy("代理の人が出席する")),
    (Answer.ONLINE.value, gettext_lazy("オンラインで出席する")),
    (Answer.ABSENT.value, gettext_lazy("欠席する")),
]
MOST_GUESTS = 100
KINDS = OrganizationKind.values


# --- Answers --------------------------------------------------------------------------------------
class AnswerForm(forms.Form):
    """The same for the link, for members and for the secretariat. `seen`: which answer stood on the page."""

    answer = forms.ChoiceField(
        label=gettext_lazy("出欠"),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("出席か欠席かを選んでください。"),
            "invalid_choice": gettext_lazy("出席か欠席かを選んでください。"),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("事務局への連絡（書かなくてもかまいません）"),
        help_text=gettext_lazy("例：15分遅れます。車いすで入ります。手話通訳をお願いします。500文字まで。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("500文字までにしてください（いま %(show_value)d文字）。")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def initial_of(self, attendance: Attendance) -> None:
        if attendance.answer != Answer.WAITING:
            self.initial.setdefault("answer", attendance.answer)
            self.initial.setdefault("note", attendance.answer_note)
        self.initial["seen"] = mark_of(attendance)


class LinkAnswerForm(AnswerForm, PublicForm):
    """Without signing in."""

    purpose = "meeting-answer"
    button = gettext_lazy("この内容で返事をする")


class DeskAnswerForm(AnswerForm):
    note = forms.CharField(
        label=gettext_lazy("添え書き"),
        help_text=gettext_lazy("例：電話で担当の方から。公開はされません。500文字まで。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )


class NamedForm(forms.Form):
    """One person who comes; a row without anything in it is left out."""

    name = forms.CharField(
        label=gettext_lazy("お名前"),
        max_length=60,
        required=False,
        validators=[validate_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.CharField(
        label=gettext_lazy("役職"),
        max_length=60,
        required=False,
        validators=[validate_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_online = forms.BooleanField(label=gettext_lazy("この人はオンライン"), required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not values.get("name") and values.get("role") and "name" not in self.errors:
            self.add_error(
                "name", _("お名前も書いてください。決まっていないときは「未定」と書いてください。")
            )
        return values

    @property
    def named(self) -> Named | None:
        values = self.cleaned_data
        if not values.get("name"):
            return None
        return Named(values["name"], values.get("role", ""), values.get("is_online", False), self._has_come)

    @property
    def _has_come(self) -> bool | None:
        return None


class CameForm(NamedForm):
    """Once the meeting has begun, for the secretariat."""

    # Whoever is written down afterwards has come, unless somebody says otherwise.
    has_come = forms.BooleanField(label=gettext_lazy("実際に来た"), required=False, initial=True)

    @property
    def _has_come(self) -> bool | None:
        return bool(self.cleaned_data.get("has_come"))


class PeopleForms(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    @property
    def people(self) -> list[Named]:
        return [named for form in self.forms if (named := form.named) is not None]


def people_forms(
    data: Any, people: Sequence[dict[str, Any]], *, form: type[NamedForm] = NamedForm, spare: int = 2
) -> PeopleForms:
    """Rows for `people` and some empty ones; without a script more come with a press of a button."""
    extra = min(max(spare, 3 - len(people)), MOST_PEOPLE - len(people))
    kind: Any = forms.formset_factory(
        form, formset=PeopleForms, extra=max(extra, 0), max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE
    )
    rows: PeopleForms = kind(data, initial=people, prefix="people")
    return rows


def typed_people(data: Any) -> list[dict[str, Any]]:
    """What stands in the rows just now, right or wrong: to be shown again with more rows."""
    rows = []
    for number in range(MOST_PEOPLE):
        row = {
            "name": data.get(f"people-{number}-name", "")[:60],
            "role": data.get(f"people-{number}-role", "")[:60],
            "is_online": bool(data.get(f"people-{number}-is_online")),
            "has_come": bool(data.get(f"people-{number}-has_come")),
        }
        if row["name"] or row["role"]:
            rows.append(row)
    return rows


def known_people(attendance: Attendance) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "role": each.role,
            "is_online": each.is_online and attendance.answer != Answer.ONLINE,
            "has_come": each.has_come is not False,
        }
        for each in attendance.attendees.all()
    ]


def reply_of(form: AnswerForm, rows: PeopleForms) -> Reply:
    values = form.cleaned_data
    return Reply(values["answer"], rows.people, values["note"])


# --- Inviting -------------------------------------------------------------------------------------
class InviteForm(forms.Form):
    whole_body = forms.BooleanField(label=gettext_lazy("会議体の構成団体すべて"), required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("区分ごとにすべて"),
        choices=OrganizationKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    organizations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("団体をひとつずつ"),
        queryset=Organization.objects.none(),
        to_field_name="public_id",
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("選んだ団体のひとつが、退会しています。選び直してください。"),
            "invalid_pk_value": gettext_lazy("選んだ団体のひとつが見つかりません。選び直してください。"),
        },
    )
    guests = forms.CharField(
        label=gettext_lazy("会員でない団体や人"),
        help_text=gettext_lazy(
            "1行に1つ、名前とメールアドレスをあけて書きます。例：内閣府孤独・孤立対策推進室 kodoku@example.jp"
        ),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    message = forms.CharField(
        label=gettext_lazy("メールに添える言葉（書かなくてもかまいません）"),
        help_text=gettext_lazy("日時・場所・次第・返事のページは、書かなくても入ります。1000文字まで。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        chosen: Any = self.fields["organizations"]
        chosen.queryset = Organization.objects.active()

    def clean_guests(self) -> list[Guest]:
        guests = []
        for number, line in enumerate(self.cleaned_data["guests"].splitlines(), start=1):
            if line.strip():
                guests.append(_guest(line, number))
        if len(guests) > MOST_GUESTS:
            raise ValidationError(_("一度に%(count)sまで案内できます。") % {"count": MOST_GUESTS})
        check_guests(guests)
        return guests

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.chosen() and not values["guests"]:
            raise ValidationError(_("案内する団体を選ぶか、会員でない団体の名前とアドレスを書いてください。"))
        return values

    def chosen(self) -> list[Organization]:
        """All that are to be asked, each once."""
        values = self.cleaned_data
        keys = {each.pk for each in values.get("organizations", [])}
        rows: QuerySet[Organization] = Organization.objects.active()
        if values.get("whole_body"):
            keys |= set(rows.filter(bodies=self.meeting.body_id).values_list("pk", flat=True))
        if values.get("kinds"):
            keys |= set(rows.filter(kind__in=values["kinds"]).values_list("pk", flat=True))
        chosen = rows.filter(pk__in=keys).order_by("kana", "name", "pk")
        return sorted(chosen, key=lambda each: KINDS.index(each.kind))


def _guest(line: str, number: int) -> Guest:
    name, _space, address = line.strip().replace("　", " ").replace("\t", " ").rpartition(" ")
    email = half_width(address).strip("<>()")
    name = name.strip(" 、,")
    try:
        validate_email(email)
        validate_one_line(name)
    except ValidationError as error:
        raise ValidationError(
            _("%(number)s行目のアドレスが読めません。名前とアドレスのあいだをあけて書いてください。")
            % {"number": number}
        ) from error
    if not name or len(name) > 100:
        raise ValidationError(_("%(number)s行目に、名前を100文字までで書いてください。") % {"number": number})
    return Guest(name, email)


# --- The desk's table and walk-ins ----------------------------------------------------------------
class TableForm(forms.Form):
    """Which rows of the table are shown."""

    answer = forms.ChoiceField(
        label=gettext_lazy("返事"),
        choices=[
            ("", gettext_lazy("すべて")),
            *Answer.choices,
            ("withdrawn", gettext_lazy("取り消した案内")),
        ],
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("区分"),
        choices=[
            ("", gettext_lazy("すべて")),
            *OrganizationKind.choices,
            ("guest", gettext_lazy("会員でない団体")),
        ],
        required=False,
    )

    def rows_of(self, meeting: Meeting) -> Any:
        """With conditions that cannot be read there are none."""
        values = self.cleaned_data if self.is_valid() else {}
        rows = meeting.attendances.all()
        answer, kind = values.get("answer", ""), values.get("kind", "")
        if answer == "withdrawn":
            rows = rows.exclude(withdrawn_at=None)
        elif answer:
            rows = rows.filter(answer=answer, withdrawn_at=None)
        if kind == "guest":
            rows = rows.filter(organization=None)
        elif kind:
            rows = rows.filter(organization__kind=kind)
        return rows


class WalkInForm(forms.Form):
    organization = forms.ModelChoiceField(
        label=gettext_lazy("会員団体"),
        queryset=Organization.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("会員団体ではない"),
    )
    guest_name = forms.CharField(
        label=gettext_lazy("会員でない団体の名前"),
        required=False,
        max_length=100,
        validators=[validate_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["organization"]
        chosen.queryset = Organization.objects.active().order_by("kana", "name", "pk")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        if bool(values.get("organization")) == bool(values.get("guest_name")):
            self.add_error(
                "guest_name", _("会員団体を選ぶか、会員でない団体の名前を書くか、どちらかにしてください。")
            )
        return values
