"""Pages for staff under /desk/."""

from django.urls import path

from consultations.views import desk

app_name = "desk"

urlpatterns = [
    path("", desk.home, name="home"),
]
