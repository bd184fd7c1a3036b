"""Addresses of meetings, for everybody, for members and for the desk; one module per subject."""

from django.urls import URLPattern

app_name = "meetings"
urlpatterns: list[URLPattern] = []
