"""`/desk/components/`: every component of the templates on one page, to look at after a change."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.forms.public import SearchForm
from consultations.models import Category, ConsultationWindow
from consultations.presenting import Clock, present_cards, present_detail
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.audit.words import Line
from platform_portal.charts import bar_chart
from platform_portal.desk import WordsForm, crumbs


class SampleForm(forms.Form):
    text = forms.CharField(label=_("文字"), help_text=_("説明はここに出ます。"))
    choice = forms.ChoiceField(label=_("選ぶ"), choices=[("a", "A"), ("b", "B")])
    radio = forms.ChoiceField(
        label=_("ひとつ選ぶ"), choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, required=False
    )
    tick = forms.BooleanField(label=_("印をつける"), required=False)


def component_names() -> list[str]:
    folder = Path(settings.BASE_DIR) / "templates" / "components"
    return sorted(path.stem for path in folder.glob("*.html"))


@requires(Permission.USE_DESK)
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {
        "names": component_names(),
        "form": SampleForm(),
        "bad_form": SampleForm({"bad-choice": "c"}, prefix="bad"),
        "search_form": SearchForm(),
        "words_form": WordsForm(label=_("名前"), prefix="words"),
        "sample_filter": {"form": SampleForm(prefix="filter")},
        "sample_page": Paginator(range(400), 20).page(5),
        "category": Category.objects.first(),
        "history": [Line(timezone.now(), _("だれか"), _("内容を変えた"), [(_("名称"), _("前"), _("あと"))])],
        "chart": bar_chart(
            key="sample",
            title=_("題名"),
            heading=_("名前"),
            series=[_("はじめ"), _("おわり")],
            rows=[(_("一つ目"), [12, 5], ""), (_("二つ目"), [3, 0], "")],
        ),
        "crumbs": crumbs((_("部品の見本"), "")),
        **_window_samples(),
    }
    return render(request, "consultations/desk/gallery.html", context)


def _window_samples() -> dict[str, Any]:
    """Parts of a real page, if there is any window to show."""
    window = ConsultationWindow.objects.published().for_detail().first()
    if window is None:
        return {"detail": None, "card": None}
    clock = Clock()
    return {"detail": present_detail(window, clock), "card": present_cards([window], clock)[0]}
