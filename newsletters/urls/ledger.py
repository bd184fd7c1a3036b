"""Sending and what became of each copy, on the desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
