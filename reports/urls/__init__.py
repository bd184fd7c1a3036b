"""Addresses of the year's record and its report; one module per subject."""

from django.urls import URLPattern

from reports.urls import activities, annual, projects, schemes

app_name = "reports"
urlpatterns: list[URLPattern] = [
    *schemes.urlpatterns,
    *activities.urlpatterns,
    *projects.urlpatterns,
    *annual.urlpatterns,
]
