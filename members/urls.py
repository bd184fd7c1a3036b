"""Joining and invitations (open to everybody or to whoever holds the link); the desk's pages about members and users."""

from django.urls import path

from members.views import (
    applications,
    board,
    charters,
    consents,
    desk,
    importing,
    invitation,
    joining,
    logos,
    masters,
    merging,
    organizations,
    personal_data,
    revisions,
)

app_name = "members"

urlpatterns = [
    path("invitation/", invitation.invitation_accept, name="invitation-accept"),
    path("invitation/<str:secret>/", invitation.invitation_open, name="invitation-open"),
    path("join/", joining.join, name="join"),
    path("join/sent/", joining.join_sent, name="join-sent"),
    path("join/application/<str:token>/", joining.application_open, name="application-open"),
    path("join/application/<str:token>/answer/", joining.application_answer, name="application-answer"),
    path("join/application/<str:token>/withdraw/", joining.application_withdraw, name="application-withdraw"),
    path("desk/applications/", applications.application_list, name="application-list"),
    path("desk/applications/search/", applications.application_search, name="application-search"),
    path("desk/applications/batch/", applications.application_batch, name="application-batch"),
    path("desk/applications/<public_id:public_id>/", applications.application_page, name="application-page"),
    path(
        "desk/applications/<public_id:public_id>/approve/",
        applications.application_approve,
        name="application-approve",
    ),
    path(
        "desk/applications/<public_id:public_id>/return/",
        applications.application_return,
        name="application-return",
    ),
    path(
        "desk/applications/<public_id:public_id>/refuse/",
        applications.application_refuse,
        name="application-refuse",
    ),
    path(
        "desk/applications/<public_id:public_id>/note/",
        applications.application_note,
        name="application-note",
    ),
    path(
        "desk/applications/<public_id:public_id>/invite-again/",
        applications.application_invite_again,
        name="application-invite-again",
    ),
    path("charter/", charters.charter, name="charter"),
    path("members/<public_id:public_id>/logo/<slug:digest>/", logos.public_logo, name="public-logo"),
    path("my/organizations/<public_id:public_id>/logo/<slug:digest>/", logos.own_logo, name="own-logo"),
    path("desk/organizations/", organizations.organization_list, name="organization-list"),
    path("desk/organizations/search/", organizations.search, name="organization-search"),
    path("desk/organizations/new/", organizations.create, name="organization-create"),
    path("desk/organizations/revisions/", revisions.revision_list, name="revision-list"),
    path("desk/organizations/revisions/<slug:revision_id>/", revisions.revision_page, name="revision-page"),
    path(
        "desk/organizations/revisions/<slug:revision_id>/approve/", revisions.approve, name="revision-approve"
    ),
    path(
        "desk/organizations/revisions/<slug:revision_id>/return/", revisions.send_back, name="revision-return"
    ),
    path("desk/organizations/consents/", consents.consent_list, name="consent-list"),
    path("desk/organizations/consents/export/", consents.consent_export, name="consent-export"),
    path("desk/organizations/<public_id:public_id>/", organizations.page, name="organization-page"),
    path("desk/organizations/<public_id:public_id>/edit/", organizations.edit, name="organization-edit"),
    path("desk/organizations/<public_id:public_id>/leave/", organizations.leave, name="organization-leave"),
    path(
        "desk/organizations/<public_id:public_id>/come-back/",
        organizations.come_back,
        name="organization-come-back",
    ),
    path(
        "desk/organizations/<public_id:public_id>/invite/", organizations.invite, name="organization-invite"
    ),
    path(
        "desk/organizations/<public_id:public_id>/people/<int:pk>/",
        organizations.person,
        name="organization-person",
    ),
    path(
        "desk/organizations/<public_id:public_id>/people/<int:pk>/end/",
        organizations.person_end,
        name="organization-person-end",
    ),
    path("desk/charters/", charters.charter_list, name="charter-list"),
    path("desk/charters/new/", charters.charter_create, name="charter-create"),
    path("desk/charters/<int:number>/", charters.charter_page, name="charter-page"),
    path("desk/charters/<int:number>/publish/", charters.charter_publish, name="charter-publish"),
    path("desk/charters/<int:number>/delete/", charters.charter_delete, name="charter-delete"),
    path("desk/joining/", masters.master_list, name="master-list"),
    path("desk/joining/rules/", masters.rules_edit, name="rules-edit"),
    path("desk/joining/<slug:kind>/new/", masters.master_create, name="master-create"),
    path("desk/joining/<slug:kind>/<int:pk>/", masters.master_edit, name="master-edit"),
    path("desk/organizations/import/", importing.organization_import, name="organization-import"),
    path(
        "desk/organizations/import/<public_id:public_id>/",
        importing.organization_import_result,
        name="organization-import-result",
    ),
    path("desk/organizations/export/", importing.organization_export, name="organization-export"),
    path("desk/organizations/duplicates/", merging.organization_duplicates, name="organization-duplicates"),
    path(
        "desk/organizations/merge/<public_id:first_id>/<public_id:second_id>/",
        merging.organization_merge,
        name="organization-merge",
    ),
    path("desk/people/", personal_data.person_search, name="person-search"),
    path("desk/people/found/", personal_data.person_page, name="person-page"),
    path("desk/people/export/", personal_data.person_export, name="person-export"),
    path("desk/people/erase/", personal_data.person_erase, name="person-erase"),
    path("desk/board/", board.conversation_list, name="board-list"),
    path("desk/board/reports/", board.report_list, name="board-report-list"),
    path("desk/board/reports/<int:pk>/", board.report_page, name="board-report"),
    path("desk/board/reports/<int:pk>/read/", board.report_read, name="board-report-read"),
    path("desk/board/offers/<public_id:public_id>/introduce/", board.introduce, name="board-introduce"),
    path("desk/users/", desk.user_list, name="user-list"),
    path("desk/users/search/", desk.user_search, name="user-search"),
    path("desk/users/<int:pk>/", desk.user_detail, name="user-detail"),
    path("desk/users/<int:pk>/deactivate/", desk.user_deactivate, name="user-deactivate"),
    path("desk/users/<int:pk>/reactivate/", desk.user_reactivate, name="user-reactivate"),
    path(
        "desk/users/<int:pk>/reset-second-factor/",
        desk.user_reset_second_factor,
        name="user-reset-second-factor",
    ),
    path("desk/users/invitations/", desk.invitation_list, name="invitation-list"),
    path("desk/users/invitations/new/", desk.invitation_create, name="invitation-create"),
    path("desk/users/invitations/<int:pk>/resend/", desk.invitation_resend, name="invitation-resend"),
    path("desk/users/invitations/<int:pk>/withdraw/", desk.invitation_withdraw, name="invitation-withdraw"),
]
