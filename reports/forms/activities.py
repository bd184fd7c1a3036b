"""The form of one activity. What it is tied to is looked for and ticked on the same page; no script is needed."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Organization
from members.models.organizations import OrganizationKind
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.seen_forms import SeenForm
from reports.forms.ordered import OrderedCategoriesField
from reports.forms.yen import PeopleField
from reports.linking import LINKABLE
from reports.models import Activity, GrantScheme
from reports.months import month_words, months_of_year


class FindForm(forms.Form):
    """Words to look for. `found`: those whose answers stand on the page, so that saving is not looking again."""

    find_words = forms.CharField(
        label=gettext_lazy("会議・催し・相談窓口・メルマガの名前や件名にある言葉"),
        max_length=100,
        required=False,
        help_text=gettext_lazy(
            "「さがす」を押すと、その言葉があるものが下に並びます。空のまま押すと、この年度のものが並びます。"
        ),
    )
    found = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)


class MonthField(forms.TypedChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=dt.date.fromisoformat, empty_value=None, required=False, **options)

    def offer(self, year: int, standing: dt.date | None) -> None:
        """The months of the year; one outside it stays to be seen until somebody changes it."""
        months = months_of_year(year)
        if standing and standing not in months:
            months = [standing, *months]
        self.choices = [("", _("（なし）")), *((month.isoformat(), month_words(month)) for month in months)]


class LinksField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def __init__(self) -> None:
        super().__init__(
            queryset=Activity.objects.none(),
            required=False,
            to_field_name="public_id",
            widget=forms.CheckboxSelectMultiple,
        )


class ActivityForm(SeenForm):
    month_from = MonthField(
        label=gettext_lazy("行った月"),
        help_text=gettext_lazy("月が決まっていない事業は「（なし）」のままにします。"),
    )
    month_to = MonthField(
        label=gettext_lazy("終わりの月"), help_text=gettext_lazy("1か月の中のときは「（なし）」です。")
    )
    categories = OrderedCategoriesField()
    attendee_count = PeopleField(label=gettext_lazy("参加した人数"))
    meetings = LinksField()
    events = LinksField()
    windows = LinksField()
    issues = LinksField()

    class Meta:
        model = Activity
        fields = (
            "month_from",
            "month_to",
            "title",
            "categories",
            "result",
            "attendee_count",
            "section",
            "meetings",
            "events",
            "windows",
            "issues",
        )
        widgets = {"result": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "title": gettext_lazy("報告書に、このまま見出しとして出ます。"),
            "result": gettext_lazy("報告書の「→」のあとに出ます。人の名前は書かないでください。"),
            "section": gettext_lazy("選んだ課の人も、この事業を見て直せます。"),
        }

    def __init__(
        self,
        *args: Any,
        scheme: GrantScheme,
        user: Any,
        typed: Any = None,
        words: str | None = None,
        **kwargs: Any,
    ) -> None:
        """`typed`: what came by POST. `words`: what was looked for; None where nothing was."""
        instance: Activity | None = kwargs.get("instance")
        standing = instance if instance is not None and instance.pk else None
        kwargs["initial"] = {**_initial(standing, user), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.scheme, self.user, self.standing = scheme, user, standing
        self._offer_months()
        chosen = len(self.initial["categories"])
        self.fields["categories"] = OrderedCategoriesField(
            list(scheme.categories.order_by("number")),
            chosen,
            help_text=_("報告書に出す順に選びます。上が1番目です。"),
        )
        self._offer_sections()
        for each in LINKABLE:
            keys = typed.getlist(each.name) if typed is not None else self._initial_keys(each.name)
            rows = each.chosen(user, keys)
            if words is not None:
                known = {row.pk for row in rows}
                rows += [row for row in each.found(user, scheme.fiscal_year, words) if row.pk not in known]
            field: Any = self.fields[each.name]
            field.queryset = each.rows(user)
            field.label = each.label
            field.choices = [(row.public_id, each.words(row)) for row in rows]

    def _post_clean(self) -> None: ...

    @property
    def link_fields(self) -> list[Any]:
        """With something to tick."""
        return [self[each.name] for each in LINKABLE if list(self.fields[each.name].choices)]  # type: ignore[attr-defined]  # fields of choices

    @property
    def linked(self) -> list[tuple[str, list[str]]]:
        """Of each kind, in words, what the activity is tied to as far as this person may see it."""
        return [
            (str(field.label), [str(words) for _key, words in field.field.choices])
            for field in self.link_fields
        ]

    def values(self) -> dict[str, Any]:
        """Cleaned. What somebody else tied to the activity and this person may not see stays tied."""
        values = dict(self.cleaned_data)
        for each in LINKABLE:
            rows = list(values[each.name])
            if self.standing is not None:
                unseen = getattr(self.standing, each.name).exclude(
                    pk__in=each.rows(self.user).order_by().values("pk")
                )
                rows += list(unseen)
            values[each.name] = rows
        return values

    def clean(self) -> dict[str, Any]:
        """Months in their order, told together with all else: they are what the constraints say."""
        values = super().clean()
        probe = Activity(month_from=values.get("month_from"), month_to=values.get("month_to"))
        for constraint in Activity._meta.constraints:
            try:
                constraint.validate(Activity, probe)
            except ValidationError as error:
                self.add_error("month_to", error)
        return values

    def clean_month_to(self) -> dt.date | None:
        """The same month twice is one month."""
        last: dt.date | None = self.cleaned_data["month_to"]
        return None if last == self.cleaned_data.get("month_from") else last

    def _initial_keys(self, name: str) -> list[str]:
        return [row.public_id for row in self.initial.get(name) or []]

    def _offer_months(self) -> None:
        for name in ("month_from", "month_to"):
            field: Any = self.fields[name]
            field.offer(self.scheme.fiscal_year, getattr(self.standing, name, None))

    def _offer_sections(self) -> None:
        field: Any = self.fields["section"]
        rows = sections_for(self.user)
        if self.standing is not None and self.standing.section_id:
            rows = rows | Organization.objects.filter(pk=self.standing.section_id)
        field.queryset = rows.distinct().order_by("kana", "name")
        field.empty_label = _("（なし）")


def sections_for(user: Any) -> Any:
    """The secretariat writes for every section of the prefecture, others for their own."""
    if has(user, Permission.EDIT_REPORTS):
        return Organization.objects.active().filter(kind=OrganizationKind.SECTION)
    return Organization.objects.filter(pk__in=Organization.objects.acted_for_by(user).values("pk"))


def _initial(standing: Activity | None, user: Any) -> dict[str, Any]:
    if standing is None:
        own = list(sections_for(user)[:2]) if not has(user, Permission.EDIT_REPORTS) else []
        return {"categories": [], "section": own[0] if len(own) == 1 else None}
    links = standing.category_links.select_related("category").order_by("position")
    return {
        "categories": [link.category for link in links],
        **{each.name: list(getattr(standing, each.name).order_by("pk")) for each in LINKABLE},
    }


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("消す理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("変更の記録に残ります。"),
    )
