"""Published records: read, quoted, searched."""

from django.urls import URLPattern, path

from meetings.views.my import reading as my_reading
from meetings.views.public import machines, reading, search

urlpatterns: list[URLPattern] = [
    path("meetings/minutes/search/", search.search, name="search"),
    path("meetings/minutes/feed.atom", machines.minutes_feed, name="minutes-feed"),
    path("meetings/corrections/feed.atom", machines.correction_feed, name="correction-feed"),
    path("meetings/sitemap.xml", machines.sitemap, name="sitemap"),
    path("meetings/<public_id:public_id>/meeting.json", machines.meeting_json, name="meeting-json"),
    path("meetings/<public_id:public_id>/minutes/", reading.minutes, name="minutes"),
    path("meetings/<public_id:public_id>/minutes.pdf", reading.minutes_pdf, name="minutes-pdf"),
    path("u/<public_id:public_id>/", reading.utterance, name="utterance"),
    path("my/meetings/<public_id:public_id>/minutes/", my_reading.minutes, name="my-minutes"),
    path("my/meetings/<public_id:public_id>/minutes.pdf", my_reading.minutes_pdf, name="my-minutes-pdf"),
    path("my/u/<public_id:public_id>/", my_reading.utterance, name="my-utterance"),
]
