"""Words for which residents found nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations import permissions, services
from consultations.forms.desk import AdoptForm
from consultations.models import Category, ZeroHitWord
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs, paged


@requires(Permission.SEE_ZERO_HIT_WORDS)
@require_safe
def word_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": paged(request, ZeroHitWord.objects.order_by("-count", "word")),
        "categories": Category.objects.published(),
        "no_adopting": reason_against(permissions.check_can_edit_categories, request.user),
        "crumbs": crumbs((_("見つからない言葉"), "")),
    }
    return render(request, "consultations/desk/word_list.html", context)


@requires(Permission.SEE_ZERO_HIT_WORDS)
@post_only("desk:word-list")
def word_forget(request: HttpRequest, pk: int) -> HttpResponse:
    word = get_object_or_404(ZeroHitWord, pk=pk)
    done = _("「%(word)s」を消しました。") % {"word": word.word}
    attempt(request, lambda: services.forget_word(word=word, by=request.user), done)
    return redirect("desk:word-list")


@requires(Permission.EDIT_CATEGORIES)
@post_only("desk:word-list")
def word_adopt(request: HttpRequest, pk: int) -> HttpResponse:
    word = get_object_or_404(ZeroHitWord, pk=pk)
    form = AdoptForm(request.POST)
    if form.is_valid():
        category = form.cleaned_data["category"]
        done = _("「%(word)s」を「%(category)s」の言葉に加えました。") % {
            "word": word.word,
            "category": category,
        }
        attempt(request, lambda: services.adopt_word(word=word, category=category, by=request.user), done)
    else:
        messages.error(request, str(form.errors["category"][0]))
    return redirect("desk:word-list")
