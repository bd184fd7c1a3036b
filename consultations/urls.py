"""Pages for residents. All are open to everybody."""

from django.urls import path

from consultations.views import public

app_name = "consultations"

urlpatterns = [
    path("", public.home, name="home"),
    path("leave-no-trace/", public.safety, name="safety"),
    path("for-family/", public.around, name="around"),
    path("privacy/", public.privacy, name="privacy"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("about/", public.about, name="about"),
]
