"""Writing records, and taking them in from files."""

from django.urls import URLPattern, path

from meetings.views.desk import imports, minutes

urlpatterns: list[URLPattern] = [
    path("desk/meetings/<public_id:public_id>/minutes/", minutes.minutes_page, name="desk-minutes"),
    path("desk/meetings/utterances/<public_id:public_id>/", minutes.utterance, name="desk-utterance"),
    path("desk/meetings/flags/<int:pk>/", minutes.flag, name="desk-flag"),
    path("desk/meetings/<public_id:public_id>/import/", imports.import_start, name="desk-import"),
    path("desk/meetings/bodies/<public_id:public_id>/import/", imports.body_import, name="desk-body-import"),
    path("desk/meetings/bodies/<public_id:public_id>/speakers/", imports.aliases, name="desk-aliases"),
    path("desk/meetings/imports/<public_id:public_id>/", imports.proposal, name="desk-import-proposal"),
]
