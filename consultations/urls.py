"""Pages for residents. All are open to everybody."""

from django.urls import path

from consultations.views import public

app_name = "consultations"

urlpatterns = [
    path("", public.home, name="home"),
]
