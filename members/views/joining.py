"""Joining, as the applicant meets it: the form, the mail's link, the answer, the withdrawal. No cookie anywhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from members import services
from members.forms.joining import BODY_FIELDS, CONTACT_FIELDS, AnswerForm, JoinForm
from members.models import UNCONFIRMED_DAYS, Application, ApplicationState, Charter, JoiningRules
from members.private_links import LinkUnusableError, Trouble, find_application
from platform_portal.access.checks import Refused
from platform_portal.desk import tell
from platform_portal.markdown import render_markdown
from platform_portal.public_forms import is_limited, is_same_origin

RATE = "10/h"

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_applicants(view: Page[P]) -> Page[P]:
    """A page without sign-in and without cookie, kept by nobody and found by no search engine.

    There is no session to forge a request for; the browser's own word on the sender takes the place of Django's
    CSRF cookie, beside the signed token of the form or of the link.
    """

    @csrf_exempt
    @sensitive_post_parameters()
    @login_not_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and not is_same_origin(request):
            raise Refused(_("別のサイトから送られたため、受け取りませんでした。"))
        try:
            response = view(request, *args, **kwargs)
        except LinkUnusableError as error:
            response = _unusable(request, error.trouble)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return answer


# --- The form -----------------------------------------------------------------------------------
@for_applicants
def join(request: HttpRequest) -> HttpResponse:
    rules, charter = JoiningRules.load(), Charter.objects.in_force()
    if not rules.is_open or charter is None:
        return render(request, "members/joining/closed.html", {"rules": rules})
    if request.method != "POST":
        return _form_page(request, rules, JoinForm(rules=rules, charter=charter))
    form = JoinForm(request.POST, rules=rules, charter=charter)
    if form.is_trapped:
        return redirect("members:join-sent")
    if not form.is_valid():
        return _form_page(request, rules, form, status=400)
    if is_limited(request, group="join", rate=RATE):
        text = _(
            "短い間にたくさん届いたため、いまは受け取れません。1時間ほどたってから、もう一度お送りください。"
        )
        form.add_error(None, text)
        return _form_page(request, rules, form, status=429)
    if not _submit(form):
        return _form_page(request, rules, form, status=400)
    return redirect("members:join-sent")


def _submit(form: JoinForm) -> bool:
    try:
        services.submit_application(
            form_id=form.cleaned_data["form_id"],
            values=form.values(),
            criteria=form.ticked(),
            charter_hash=form.cleaned_data["charter_hash"],
        )
    except services.CharterChangedError:
        form.ask_again()
    except (Refused, ValidationError) as error:
        tell(form, error)
    else:
        return True
    return False


def _form_page(request: HttpRequest, rules: JoiningRules, form: JoinForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "rules": rules,
        "next_admission_on": rules.next_admission_on(),
        "charter": form.charter,
        "charter_html": render_markdown(form.charter.text, top=3),
        "body_fields": _fields(form, ("is_individual", *BODY_FIELDS)),
        "contact_fields": _fields(form, CONTACT_FIELDS),
        "days": UNCONFIRMED_DAYS,
    }
    return render(request, "members/joining/form.html", context, status=status)


def _fields(form: Any, names: tuple[str, ...]) -> list[Any]:
    return [form[name] for name in names if name in form.fields]


@login_not_required
@require_safe
def join_sent(request: HttpRequest) -> HttpResponse:
    """Says the same whatever was sent, so that nobody learns whether an address is known."""
    response = render(request, "members/joining/sent.html", {"days": UNCONFIRMED_DAYS})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# --- Behind the link in the mail ----------------------------------------------------------------
@for_applicants
def application_open(request: HttpRequest, token: str) -> HttpResponse:
    """How the application stands. Opening confirms nothing: programs open the links in mails before people do."""
    application = find_application(token)
    if request.method != "POST":
        return _state_page(request, application, token)
    try:
        services.confirm_application(application=application)
    except Refused as refused:
        application.refresh_from_db()
        return _state_page(request, application, token, notice=refused.reason)
    return redirect("members:application-open", token=token)


@for_applicants
def application_answer(request: HttpRequest, token: str) -> HttpResponse:
    application = find_application(token)
    question = application.open_question
    if application.state != ApplicationState.RETURNED or question is None:
        return redirect("members:application-open", token=token)
    form = AnswerForm(request.POST or None, instance=application)
    if form.is_valid():
        try:
            services.answer_questions(
                application=application, values=form.values(), answer=form.cleaned_data["answer"]
            )
        except (Refused, ValidationError) as error:
            tell(form, error)
        else:
            return redirect("members:application-open", token=token)
    context = {"form": form, "question": question, "token": token}
    status = 400 if form.errors else 200
    return render(request, "members/joining/answer.html", context, status=status)


@for_applicants
def application_withdraw(request: HttpRequest, token: str) -> HttpResponse:
    application = find_application(token)
    if request.method != "POST":
        if application.state not in {ApplicationState.SUBMITTED, ApplicationState.RETURNED}:
            return redirect("members:application-open", token=token)
        context = {"application": application, "token": token}
        return render(request, "members/joining/withdraw.html", context)
    try:
        services.withdraw_application(application=application)
    except Refused as refused:
        application.refresh_from_db()
        return _state_page(request, application, token, notice=refused.reason)
    return redirect("members:application-open", token=token)


def _state_page(request: HttpRequest, application: Application, token: str, notice: str = "") -> HttpResponse:
    context = {
        "application": application,
        "token": token,
        "notice": notice,
        "questions": application.questions.all(),
        "next_admission_on": JoiningRules.load().next_admission_on(),
        "days": UNCONFIRMED_DAYS,
    }
    return render(request, "members/joining/state.html", context)


def _unusable(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """404 for a link that was never ours, 410 for one that was good once."""
    status = 404 if trouble == Trouble.UNKNOWN else 410
    context = {"trouble": trouble.value, "days": UNCONFIRMED_DAYS}
    return render(request, "members/joining/unusable.html", context, status=status)
