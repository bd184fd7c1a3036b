"""Addresses of the portal. Everything needs a sign-in unless its view says `login_not_required`."""

from django.urls import include, path

from consultations.my_urls import urlpatterns as my_windows
from members.my_urls import urlpatterns as my_organizations
from platform_portal import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", include("consultations.urls")),
    path("", include("meetings.urls")),
    path("", include("newsletters.urls")),
    path("", include("reports.urls")),
    path("desk/", include("consultations.desk_urls")),
    # One namespace for what members reach, whichever app a page is in.
    path("my/", include(([*my_organizations, *my_windows], "my"))),
    path("", include("members.urls")),
    path("accounts/", include("members.account_urls")),
    path("desk/mails/", include("platform_portal.mail.urls")),
    path("desk/settings/", include("platform_portal.region.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler429 = "members.views.account.too_many_requests"
handler404 = views.page_not_found
handler500 = views.server_error
