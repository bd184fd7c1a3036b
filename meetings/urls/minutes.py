"""Writing records, and taking them in from files."""

from django.urls import URLPattern, path

from meetings.views.desk import minutes

urlpatterns: list[URLPattern] = [
    path("desk/meetings/<public_id:public_id>/minutes/", minutes.minutes_page, name="desk-minutes"),
    path("desk/meetings/utterances/<public_id:public_id>/", minutes.utterance, name="desk-utterance"),
    path("desk/meetings/flags/<int:pk>/", minutes.flag, name="desk-flag"),
]
