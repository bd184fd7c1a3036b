"""Invitations (open to whoever holds the link) and, on the desk, the pages about users."""

from django.urls import path

from members.views import desk, invitation

app_name = "members"

urlpatterns = [
    path("invitation/", invitation.invitation_accept, name="invitation-accept"),
    path("invitation/<str:secret>/", invitation.invitation_open, name="invitation-open"),
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
