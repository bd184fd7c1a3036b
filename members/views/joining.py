"""Joining, as the applicant meets it: the form, the mail's link, the answer, the withdrawal. No cookie anywhere."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from members import services
from members.forms.joining import BODY_FIELDS, CONTACT_FIELDS, AnswerForm, JoinForm
from members.models import UNCONFIRMED_DAYS, Application, ApplicationState, Charter, JoiningRules
from members.private_links import find_application
from platform_portal.access.checks import Refused
from platform_portal.desk import tell
from platform_portal.markdown import render_markdown
from platform_portal.open_pages import open_page
from platform_portal.public_forms import TOO_MANY, is_limited

RATE = "10/h"
for_applicants = open_page(unusable="members/joining/unusable.html")


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
        form.add_error(None, TOO_MANY)
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
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
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
