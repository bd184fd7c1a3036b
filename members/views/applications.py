"""Applications to join, as staff read and decide them."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import services
from members.audit_labels import history_of
from members.duplicates import Hint, find_duplicates, find_namesakes
from members.filters import ApplicationFilter
from members.forms.applications import (
    ApproveForm,
    JoinedOnForm,
    NoteForm,
    QuestionsForm,
    RefuseForm,
)
from members.models import Application, ApplicationState, Invitation
from members.workflow import APPLICATION_WAYS
from platform_portal.access.checks import has, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, SearchWords, Step, attempt, crumbs, paged

SEARCH = SearchWords("application_search_words", gettext_lazy("団体名・担当者・メールアドレス"))
MOST_AT_ONCE = 100

sees = requires(Permission.SEE_APPLICATIONS)
decides = requires(Permission.DECIDE_APPLICATIONS)


# --- The list -----------------------------------------------------------------------------------
@sees
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    words = SEARCH.of(request)
    rows = Application.objects.confirmed().search(words).select_related("sector", "municipality")
    found = ApplicationFilter(request.GET, queryset=rows)
    context = {
        "crumbs": crumbs((_("入会申込"), "")),
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, found.qs.order_by("-confirmed_at", "-pk")),
        "words": words,
        "search": SEARCH.form(request),
        "is_filtered": bool(words or any(request.GET.get(name) for name in found.filters)),
        "next_admission_on": found.rules.next_admission_on(),
        "can_decide": has(request.user, Permission.DECIDE_APPLICATIONS),
    }
    return render(request, "members/desk/application_list.html", context)


@sees
@require_POST
def application_search(request: HttpRequest) -> HttpResponse:
    return SEARCH.keep(request, "members:application-list")


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def application_batch(request: HttpRequest) -> HttpResponse:
    """「まとめて認める」: what was ticked is shown once more, then each is approved by itself."""
    chosen = request.POST.getlist("selected")[:MOST_AT_ONCE]
    found = Application.objects.confirmed().filter(public_id__in=chosen).select_related("sector")
    rows = list(found.order_by("confirmed_at", "pk"))
    if not rows:
        messages.error(request, _("まとめて認める申込を選んでください。"))
        return redirect("members:application-list")
    is_confirmed = "confirmed" in request.POST
    form = JoinedOnForm(request.POST if is_confirmed else None)
    outcomes = None
    if is_confirmed and form.is_valid():
        outcomes = services.approve_applications(
            applications=rows, joined_on=form.cleaned_data["joined_on"], by=request.user
        )
    open_rows = [row for row in rows if _can_go(row, ApplicationState.APPROVED)]
    namesakes = find_namesakes(open_rows)
    context = {
        "form": form,
        "ready": [row for row in open_rows if row.pk not in namesakes],
        "twins": [(row, namesakes[row.pk]) for row in open_rows if row.pk in namesakes],
        "others": [row for row in rows if not _can_go(row, ApplicationState.APPROVED)],
        "outcomes": outcomes,
        "approved_count": sum(not outcome.against for outcome in outcomes or []),
        "crumbs": _crumbs((_("まとめて認める"), "")),
    }
    return render(request, "members/desk/application_batch.html", context)


# --- One application ----------------------------------------------------------------------------
@sees
@require_safe
def application_page(request: HttpRequest, public_id: str) -> HttpResponse:
    application = _get(public_id)
    return _page(request, application, NoteForm(instance=application))


def _page(
    request: HttpRequest, application: Application, note: NoteForm, *, status: int = 200
) -> HttpResponse:
    consent = getattr(application, "consent", None)
    context = {
        "application": application,
        "consent": consent,
        "questions": application.questions.select_related("asked_by"),
        "duplicates": find_duplicates(application),
        "distinctions": application.distinctions.for_list(),
        "steps": [
            to.value
            for to in (ApplicationState.APPROVED, ApplicationState.RETURNED, ApplicationState.REFUSED)
            if _can_go(application, to)
        ],
        "can_decide": has(request.user, Permission.DECIDE_APPLICATIONS),
        "note": note,
        "invitation": _open_invitation(application),
        "history": history_of(application),
        "crumbs": _crumbs((application.organization_name, "")),
    }
    return render(request, "members/desk/application_page.html", context, status=status)


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def application_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    application = _get(public_id)
    duplicates = find_duplicates(application)
    form = ApproveForm(
        request.POST or None,
        initial={"kind": application.kind},
        has_namesake=any(hint.is_namesake for hint in duplicates),
    )
    return _decision(
        request,
        application,
        ApplicationState.APPROVED,
        form,
        lambda _values: services.approve_application(
            application=application, by=request.user, **form.values()
        ),
        text=_("会員団体として登録し、担当者に登録の案内をメールで送ります。"),
        done=_("「%(name)s」の入会を認めました。"),
        duplicates=duplicates,
    )


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def application_return(request: HttpRequest, public_id: str) -> HttpResponse:
    application = _get(public_id)
    return _decision(
        request,
        application,
        ApplicationState.RETURNED,
        QuestionsForm(request.POST or None),
        lambda values: services.return_application(application=application, by=request.user, **values),
        text=_("質問をメールで送ります。返事が来ると、もう一度「審査中」になります。"),
        done=_("「%(name)s」に質問を送りました。"),
    )


@decides
@require_http_methods(["GET", "HEAD", "POST"])
def application_refuse(request: HttpRequest, public_id: str) -> HttpResponse:
    application = _get(public_id)
    return _decision(
        request,
        application,
        ApplicationState.REFUSED,
        RefuseForm(request.POST or None),
        lambda values: services.refuse_application(application=application, by=request.user, **values),
        text=_(
            "理由をメールで送ります。断ったあとで、認めることはできません（もう一度申し込んでもらいます）。"
        ),
        done=_("「%(name)s」の入会を断りました。"),
    )


@decides
@post_only("members:application-page", "public_id")
def application_note(request: HttpRequest, public_id: str) -> HttpResponse:
    application = _get(public_id)
    form = NoteForm(request.POST, instance=_get(public_id))
    if not form.is_valid():
        return _page(request, application, form, status=422)
    note = form.cleaned_data["staff_note"]
    attempt(
        request,
        lambda: services.note_on_application(application=application, note=note, by=request.user),
        _("メモを保存しました。"),
    )
    return redirect("members:application-page", public_id=public_id)


@decides
@require_POST
def application_invite_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """For a contact who lost the mail, or let it expire."""
    invitation = _open_invitation(_get(public_id))
    if invitation is None:
        messages.error(request, _("返事を待っている招待はありません。"))
    else:
        attempt(
            request,
            lambda: services.resend_invitation(invitation=invitation, by=request.user),
            _("%(email)s に、登録の案内をもう一度送ります。") % {"email": invitation.email},
        )
    return redirect("members:application-page", public_id=public_id)


def _decision(
    request: HttpRequest,
    application: Application,
    to: ApplicationState,
    form: forms.Form,
    action: Callable[[dict[str, Any]], Any],
    *,
    text: str,
    done: str,
    duplicates: Sequence[Hint] = (),
) -> HttpResponse:
    """Asks for what the step needs, then takes it. Somebody else may have been faster: then that is said."""
    way = APPLICATION_WAYS.get((ApplicationState(application.state), to))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        name = {"name": application.organization_name}
        if attempt(request, lambda: action(values), done % name, form if way is not None else None):
            return redirect("members:application-page", public_id=application.public_id)
    if way is None:
        if request.method != "POST":
            messages.error(request, _("この申込には、もうこの操作はできません。今の状態を確かめてください。"))
        return redirect("members:application-page", public_id=application.public_id)
    context = {
        "application": application,
        "form": form,
        "way": way,
        "text": text,
        "duplicates": duplicates,
        "is_refusal": to == ApplicationState.REFUSED,
        "crumbs": _crumbs(
            (
                application.organization_name,
                reverse("members:application-page", args=[application.public_id]),
            ),
            (str(way.label), ""),
        ),
    }
    return render(request, "members/desk/application_decide.html", context)


def _get(public_id: str) -> Application:
    rows = Application.objects.confirmed().select_related(
        "sector", "municipality", "decided_by", "organization", "consent__charter"
    )
    application: Application = get_object_or_404(rows, public_id=public_id)
    return application


def _can_go(application: Application, to: ApplicationState) -> bool:
    return (ApplicationState(application.state), to) in APPLICATION_WAYS


def _open_invitation(application: Application) -> Invitation | None:
    if application.organization is None:
        return None
    rows = Invitation.objects.unsettled().filter(organization=application.organization)
    return rows.filter(email__iexact=application.contact_email).first()


def _crumbs(*steps: Step) -> Crumbs:
    return crumbs((_("入会申込"), reverse("members:application-list")), *steps)
