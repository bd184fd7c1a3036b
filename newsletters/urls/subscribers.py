"""Subscribers and those we write to no more, on the desk."""

from django.urls import URLPattern, path

from newsletters.views.desk import subscribers, suppressions

_SUBSCRIBERS = "desk/newsletters/subscribers/"
_SUPPRESSIONS = "desk/newsletters/suppressions/"
_IMPORT = f"{_SUBSCRIBERS}import/"

urlpatterns: list[URLPattern] = [
    path(_SUBSCRIBERS, subscribers.subscriber_list, name="desk-subscriber-list"),
    path(f"{_SUBSCRIBERS}find/", subscribers.subscriber_search, name="desk-subscriber-search"),
    path(f"{_SUBSCRIBERS}new/", subscribers.subscriber_create, name="desk-subscriber-create"),
    path(f"{_SUBSCRIBERS}export/", subscribers.subscriber_export, name="desk-subscriber-export"),
    path(_IMPORT, subscribers.subscriber_import, name="desk-subscriber-import"),
    path(
        f"{_IMPORT}<public_id:public_id>/",
        subscribers.subscriber_import_result,
        name="desk-subscriber-import-result",
    ),
    path(f"{_SUBSCRIBERS}<public_id:public_id>/", subscribers.subscriber, name="desk-subscriber"),
    path(_SUPPRESSIONS, suppressions.suppression_list, name="desk-suppression-list"),
    path(f"{_SUPPRESSIONS}find/", suppressions.suppression_search, name="desk-suppression-search"),
    path(f"{_SUPPRESSIONS}new/", suppressions.suppression_create, name="desk-suppression-create"),
    path(
        f"{_SUPPRESSIONS}<public_id:public_id>/lift/",
        suppressions.suppression_lift,
        name="desk-suppression-lift",
    ),
    path("desk/newsletters/consent/", suppressions.consent_text_list, name="desk-consent-texts"),
]
