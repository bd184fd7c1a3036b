"""The desk's pages about the papers of one meeting."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from meetings.forms.documents import DocumentForm, NewDocumentForm, ReplaceForm, WithdrawForm
from meetings.models import Document, DocumentVersion, Meeting
from meetings.permissions.documents import (
    can_change_document,
    can_edit_documents,
    check_can_change_document,
    check_can_edit_documents,
)
from meetings.services import documents as services
from meetings.views.desk.common import edits, get_meeting, section_steps, sees
from platform_portal.desk import Crumbs, Step, attempt

WORDS = ("label", "title", "audience", "opens_at", "agenda_items")


@sees
@require_safe
def document_list(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    rows = list(_papers(request, meeting).prefetch_related("agenda_items", _versions()))
    context = {
        "meeting": meeting,
        "rows": [(row, *_newest(row)) for row in rows],
        "is_reading": any(newest and newest.read_at is None for newest, _count in map(_newest, rows)),
        "can_edit": can_edit_documents(request.user, meeting),
        "crumbs": _steps(meeting),
    }
    return render(request, "meetings/desk/document_list.html", context)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def document_add(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    check_can_edit_documents(request.user, meeting)
    initial = {"label": _("資料%d") % (_papers(request, meeting).count() + 1)}
    form = NewDocumentForm(request.POST or None, request.FILES or None, meeting=meeting, initial=initial)
    if form.is_valid():
        values = form.cleaned_data
        done = attempt(
            request,
            lambda: services.add_document(
                meeting=meeting, paper=values["file"], values=_words(values), by=request.user
            ),
            _("「%s」を載せました。") % values["title"],
            form,
        )
        if done:
            _tell_of_same_label(request, meeting, values["label"])
            return redirect("meetings:desk-documents", meeting.public_id)
    return _form(request, meeting, form, _("資料を載せる"), _("載せる"))


def _tell_of_same_label(request: HttpRequest, meeting: Meeting, label: str) -> None:
    """Whoever meant a new version of a paper has made a second one; minutes tie papers to points by their labels."""
    same = meeting.documents.filter(withdrawn_at=None, label=label)
    if label and same.count() > 1:
        words = _("「%s」という番号の資料が、ほかにもあります。新しい版なら、前の資料で差し替えてください。")
        messages.warning(request, words % label)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def document_edit(request: HttpRequest, public_id: str, paper_id: str) -> HttpResponse:
    """Its words and who may see it; below, its versions and what was done."""
    meeting, document = _paper(request, public_id, paper_id)
    can_change = can_change_document(request.user, document)
    if request.method == "POST":
        check_can_change_document(request.user, document)
    form = DocumentForm(request.POST or None, instance=document, meeting=meeting)
    if form.is_valid():
        values = form.cleaned_data
        done = attempt(
            request,
            lambda: services.change_document(document=document, values=_words(values), by=request.user),
            _("「%s」を保存しました。") % values["title"],
            form,
        )
        if done:
            return redirect("meetings:desk-documents", meeting.public_id)
    context = {
        "meeting": meeting,
        "document": document,
        "form": form,
        "can_change": can_change,
        "versions": list(document.versions.defer("text", "search_vector")),
        "history": history_of(document),
        "crumbs": _steps(meeting, (str(document), "")),
    }
    return render(request, "meetings/desk/document_page.html", context, status=422 if form.errors else 200)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def document_replace(request: HttpRequest, public_id: str, paper_id: str) -> HttpResponse:
    meeting, document = _paper(request, public_id, paper_id)
    check_can_change_document(request.user, document)
    form = ReplaceForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        values = form.cleaned_data
        done = attempt(
            request,
            lambda: services.replace_document(
                document=document, paper=values["file"], change_note=values["change_note"], by=request.user
            ),
            _("「%s」を差し替えました。前の版も残っています。") % document.title,
            form,
        )
        if done:
            return redirect("meetings:desk-document", meeting.public_id, document.public_id)
    return _form(request, meeting, form, _("「%s」を差し替える") % document, _("差し替える"), document)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def document_withdraw(request: HttpRequest, public_id: str, paper_id: str) -> HttpResponse:
    meeting, document = _paper(request, public_id, paper_id)
    check_can_change_document(request.user, document)
    form = WithdrawForm(request.POST or None, is_public=services.is_public(document))
    if form.is_valid():
        said = form.cleaned_data
        done = attempt(
            request,
            lambda: services.withdraw_document(
                document=document, reason=said["reason"], notice=said.get("notice", ""), by=request.user
            ),
            _("「%s」を取り下げました。") % document.title,
            form,
        )
        if done:
            return redirect("meetings:desk-documents", meeting.public_id)
    return _form(request, meeting, form, _("「%s」を取り下げる") % document, _("取り下げる"), document)


def _papers(request: HttpRequest, meeting: Meeting) -> Any:
    """Those that this person may open: a closed paper is not even named to others."""
    return Document.objects.visible_to(request.user).filter(meeting=meeting)


def _paper(request: HttpRequest, public_id: str, paper_id: str) -> tuple[Meeting, Document]:
    meeting = get_meeting(request, public_id)
    rows = _papers(request, meeting).select_related("meeting", "withdrawn_by")
    return meeting, get_object_or_404(rows, public_id=paper_id)


def _versions() -> Any:
    return Prefetch("versions", DocumentVersion.objects.defer("text", "search_vector"))


def _newest(document: Document) -> tuple[DocumentVersion | None, int]:
    versions = list(document.versions.all())
    return (versions[0] if versions else None), len(versions)


def _words(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in WORDS if name in values}


def _steps(meeting: Meeting, *more: Step) -> Crumbs:
    return section_steps(meeting, "desk-documents", _("資料"), *more)


def _form(
    request: HttpRequest,
    meeting: Meeting,
    form: Any,
    title: str,
    button: str,
    document: Document | None = None,
) -> HttpResponse:
    back = (
        reverse("meetings:desk-document", args=[meeting.public_id, document.public_id])
        if document is not None
        else reverse("meetings:desk-documents", args=[meeting.public_id])
    )
    steps = [(str(document), back)] if document is not None else []
    context = {
        "meeting": meeting,
        "document": document,
        "form": form,
        "title": title,
        "button": button,
        "back": back,
        "is_danger": isinstance(form, WithdrawForm),
        "crumbs": _steps(meeting, *steps, (title, "")),
    }
    status = 422 if form.errors else 200
    return render(request, "meetings/desk/document_form.html", context, status=status)
