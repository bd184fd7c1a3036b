"""Subscribers and those we write to no more, on the desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
