"""Addresses of meetings, for everybody, for members and for the desk; one module per subject."""

from django.urls import URLPattern

from meetings.urls import approval, attendance, case_studies, documents, events, meetings, minutes, reading

app_name = "meetings"
urlpatterns: list[URLPattern] = [
    *approval.urlpatterns,
    *case_studies.urlpatterns,
    *documents.urlpatterns,
    *events.urlpatterns,
    *minutes.urlpatterns,
    *reading.urlpatterns,
    *attendance.urlpatterns,
    *meetings.urlpatterns,  # last: a word of six letters may look like the id of a meeting
]
