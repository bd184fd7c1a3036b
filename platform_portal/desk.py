"""What the pages for staff and members share: paging, breadcrumbs, words to search by, saying what was done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused

PAGE_SIZE = 50
Step = tuple[str, str]  # (words, address)
Crumbs = list[Step]


def paged(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """Garbage and numbers out of range lead to the first or last page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def crumbs(*steps: Step) -> Crumbs:
    """From the desk's first page down; the last step has no address."""
    return [(_("職員のページ"), reverse("desk:home")), *steps]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the pages about the same thing, as each of them lists the others."""

    words: str
    address: str
    is_current: bool


def parts_at(path: str, steps: Iterable[Step]) -> list[Part]:
    """The longest address that holds `path` is current."""
    found = list(steps)
    current = max((address for _words, address in found if path.startswith(address)), key=len, default="")
    return [Part(words, address, address == current) for words, address in found]


# --- Words to search by -------------------------------------------------------------------------
class WordsForm(forms.Form):
    words = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What one list is searched for. Names are personal data: by POST, kept in the session, never in an address."""

    key: str  # in the session
    label: Any

    def of(self, request: HttpRequest) -> str:
        return str(request.session.get(self.key, ""))

    def form(self, request: HttpRequest) -> WordsForm:
        return WordsForm(initial={"words": self.of(request)}, label=self.label)

    def keep(self, request: HttpRequest, list_name: str) -> HttpResponse:
        """Then on to the list."""
        form = WordsForm(request.POST, label=self.label)
        if form.is_valid():
            request.session[self.key] = form.cleaned_data["words"]
        else:
            messages.error(request, _("探す言葉は100文字までで書いてください。"))
        return redirect(list_name)


# --- Saying what was done -----------------------------------------------------------------------
def attempt(request: HttpRequest, action: Callable[[], Any], done: str, form: Any = None) -> bool:
    """Runs one service and says what came of it; True when it was done. With a `form` its errors go there."""
    try:
        action()
    except (Refused, ValidationError) as error:  # somebody was faster: the form itself found nothing wrong
        if form is not None:
            tell(form, error)
        else:
            messages.error(request, reason_of(error))
        return False
    messages.success(request, done)
    return True


def reason_of(error: Refused | ValidationError) -> str:
    return error.reason if isinstance(error, Refused) else " ".join(error.messages)


def tell(form: Any, error: Refused | ValidationError) -> None:
    """Puts the error beside the field it speaks of, or above the form."""
    if isinstance(error, Refused) or not hasattr(error, "error_dict"):
        form.add_error(None, reason_of(error))
        return
    known = {name: texts for name, texts in error.message_dict.items() if name in form.fields}
    other = [text for name, texts in error.message_dict.items() if name not in known for text in texts]
    for name, texts in known.items():
        form.add_error(name, texts)
    if other:
        form.add_error(None, other)


# --- Pages that are one question or one form ------------------------------------------------------
def ask(
    request: HttpRequest,
    *,
    title: str,
    text: str,
    button: str,
    back: str,
    steps: Crumbs,
    is_danger: bool = True,
) -> HttpResponse:
    """Before something goes that does not come back; else `is_danger` is False. `back`: where the person came from."""
    context = {
        "title": title,
        "text": text,
        "button": button,
        "is_danger": is_danger,
        "back": back,
        "crumbs": steps,
    }
    return render(request, "desk/ask.html", context)


def show_form(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    back: str,
    steps: Crumbs,
    text: str = "",
    button: str = "",
    is_danger: bool = False,
    template: str = "desk/form.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """`text`: what to know before; `button`: what is done, where it is not just saved. `template`: one that extends
    desk/form.html by what else can be done, with `more` in its context."""
    context = {
        "form": form,
        "title": title,
        "text": text,
        "button": button,
        "is_danger": is_danger,
        "back": back,
        "crumbs": steps,
    }
    return render(request, template, {**context, **(more or {})}, status=422 if form.errors else 200)
