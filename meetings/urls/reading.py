"""Published records: read, quoted, searched."""

from django.urls import URLPattern, path

from meetings.views.my import reading as my_reading
from meetings.views.public import reading, search

urlpatterns: list[URLPattern] = [
    path("meetings/minutes/search/", search.search, name="search"),
    path("meetings/<public_id:public_id>/minutes/", reading.minutes, name="minutes"),
    path("meetings/<public_id:public_id>/minutes.pdf", reading.minutes_pdf, name="minutes-pdf"),
    path("u/<public_id:public_id>/", reading.utterance, name="utterance"),
    path("my/meetings/<public_id:public_id>/minutes/", my_reading.minutes, name="my-minutes"),
    path("my/meetings/<public_id:public_id>/minutes.pdf", my_reading.minutes_pdf, name="my-minutes-pdf"),
    path("my/u/<public_id:public_id>/", my_reading.utterance, name="my-utterance"),
]
