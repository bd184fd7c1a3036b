"""Settings of the portal under /desk/settings/."""

from django.urls import path

from platform_portal.region import views

app_name = "region"

urlpatterns = [path("", views.portal_settings, name="settings")]
