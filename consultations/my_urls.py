"""Windows of one's own organisations under /my/; `platform_portal.urls` gives them the namespace `my`."""

from django.urls import path

from consultations.views.my import windows

urlpatterns = [
    path("windows/", windows.window_list, name="window-list"),
    path("windows/new/", windows.window_create, name="window-create"),
    path("windows/hours-preview/", windows.hours_preview, name="hours-preview"),
    path("windows/<public_id:public_id>/", windows.window_page, name="window-page"),
    path("windows/<public_id:public_id>/edit/", windows.window_edit, name="window-edit"),
    path("windows/<public_id:public_id>/confirm/", windows.window_confirm, name="window-confirm"),
    path("windows/<public_id:public_id>/submit/", windows.window_submit, name="window-submit"),
    path("windows/<public_id:public_id>/take-back/", windows.window_take_back, name="window-take-back"),
    path("windows/<public_id:public_id>/withdraw/", windows.revision_withdraw, name="revision-withdraw"),
]
