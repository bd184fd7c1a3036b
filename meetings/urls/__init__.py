"""Addresses of meetings, for everybody, for members and for the desk; one module per subject."""

from django.urls import URLPattern

from meetings.urls import meetings, minutes, reading

app_name = "meetings"
urlpatterns: list[URLPattern] = [
    *meetings.urlpatterns,
    *minutes.urlpatterns,
    *reading.urlpatterns,
]
