"""What everybody reaches: the archive, subscribing, leaving."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
