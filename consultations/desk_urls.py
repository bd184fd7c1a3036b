"""Pages for staff under /desk/."""

from django.urls import path

from consultations.views.desk import (
    calendar,
    calls,
    categories,
    dashboard,
    editing,
    gallery,
    home,
    importing,
    links,
    reports,
    revisions,
    verification,
    windows,
    words,
    workflow,
)

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("windows/", windows.window_list, name="window-list"),
    path("windows/new/", editing.window_create, name="window-create"),
    path("windows/bulk/", windows.window_bulk, name="window-bulk"),
    path("windows/import/", importing.window_import, name="window-import"),
    path(
        "windows/import/<public_id:public_id>/", importing.window_import_result, name="window-import-result"
    ),
    path("windows/export/", importing.window_export, name="window-export"),
    path("windows/hours-preview/", editing.hours_preview, name="hours-preview"),
    path("windows/<public_id:public_id>/", workflow.window_page, name="window-page"),
    path("windows/<public_id:public_id>/edit/", editing.window_edit, name="window-edit"),
    path("windows/<public_id:public_id>/preview/", workflow.window_preview, name="window-preview"),
    path("windows/<public_id:public_id>/verify/", workflow.window_verify, name="window-verify"),
    path("windows/<public_id:public_id>/verify/undo/", workflow.window_unverify, name="window-unverify"),
    path("windows/<public_id:public_id>/move/<slug:to>/", workflow.window_move, name="window-move"),
    path("revisions/", revisions.revision_list, name="revision-list"),
    path("revisions/<public_id:public_id>/", revisions.revision_page, name="revision-page"),
    path("revisions/<public_id:public_id>/preview/", revisions.revision_preview, name="revision-preview"),
    path("verification/", verification.verification_list, name="verification-list"),
    path("verification/calls/", calls.call_list, name="call-list"),
    path("verification/calls/<int:pk>/", calls.call, name="call"),
    path("verification/links/", links.link_list, name="link-list"),
    path("verification/rules/", calls.verification_rules, name="verification-rules"),
    path("reports/", reports.report_list, name="report-list"),
    path("reports/<int:pk>/", reports.report_handle, name="report-handle"),
    path("words/", words.word_list, name="word-list"),
    path("words/<int:pk>/adopt/", words.word_adopt, name="word-adopt"),
    path("words/<int:pk>/forget/", words.word_forget, name="word-forget"),
    path("categories/", categories.category_list, name="category-list"),
    path("categories/<public_id:public_id>/", categories.category_edit, name="category-edit"),
    path("calendar/", calendar.override_list, name="override-list"),
    path("calendar/new/", calendar.override_create, name="override-create"),
    path("calendar/<int:pk>/", calendar.override_edit, name="override-edit"),
    path("calendar/<int:pk>/delete/", calendar.override_delete, name="override-delete"),
    path("components/", gallery.gallery, name="components"),
]
