"""Confirmation, the way to publication, corrections and promises."""

from django.urls import URLPattern, path

from meetings.views.desk import action_items, confirmation, corrections, publication
from meetings.views.public import confirmation as public_confirmation

_ONE = "desk/meetings/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("meetings/confirm/<str:token>/", public_confirmation.confirm_utterances, name="confirm-utterances"),
    path(
        "meetings/confirm/<str:token>/<public_id:public_id>/",
        public_confirmation.propose_change,
        name="confirm-utterance-change",
    ),
    path(f"{_ONE}/confirmation/", confirmation.confirmation, name="desk-confirmation"),
    path(f"{_ONE}/confirmation/open/", confirmation.confirmation_open, name="desk-confirmation-open"),
    path(f"{_ONE}/confirmation/close/", confirmation.confirmation_close, name="desk-confirmation-close"),
    path(
        f"{_ONE}/confirmation/requests/<public_id:request_id>/",
        confirmation.confirmation_request,
        name="desk-confirmation-request",
    ),
    path(f"{_ONE}/confirmation/proposals/<int:pk>/", confirmation.proposal, name="desk-proposal"),
    path(f"{_ONE}/publication/", publication.publication, name="desk-publication"),
    path(f"{_ONE}/publication/pdf/", publication.print_again, name="desk-minutes-print"),
    path(f"{_ONE}/publication/names/", publication.leaks, name="desk-leaks"),
    path(f"{_ONE}/corrections/", corrections.corrections, name="desk-corrections"),
    path(
        f"{_ONE}/corrections/new/<public_id:utterance_id>/",
        corrections.correction_create,
        name="desk-correction-create",
    ),
    path(f"{_ONE}/corrections/<public_id:correction_id>/", corrections.correction, name="desk-correction"),
    path(f"{_ONE}/action-items/", action_items.action_items, name="desk-action-items"),
    path(f"{_ONE}/action-items/new/", action_items.action_item_create, name="desk-action-item-create"),
    path(f"{_ONE}/action-items/<public_id:item_id>/", action_items.action_item, name="desk-action-item"),
]
