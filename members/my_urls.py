"""Pages under /my/ for those who act for an organisation; `platform_portal.urls` gives them the namespace `my`."""

from django.urls import URLPattern, URLResolver, include, path

from members.views.my import consent, home, organization, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("organizations/<public_id:public_id>/", organization.page, name="organization"),
    path("organizations/<public_id:public_id>/edit/", organization.edit, name="organization-edit"),
    path(
        "organizations/<public_id:public_id>/withdraw/", organization.withdraw, name="organization-withdraw"
    ),
    path("board/", include("members.board_urls")),
    path("organizations/<public_id:public_id>/charter/", consent.consent, name="consent"),
    path("organizations/<public_id:public_id>/people/", people.people, name="people"),
    path("organizations/<public_id:public_id>/people/invite/", people.invite, name="person-invite"),
    path("organizations/<public_id:public_id>/people/<int:pk>/", people.change, name="person-change"),
    path("organizations/<public_id:public_id>/people/<int:pk>/end/", people.end, name="person-end"),
    path(
        "organizations/<public_id:public_id>/invitations/<int:pk>/resend/",
        people.resend,
        name="person-invite-again",
    ),
    path(
        "organizations/<public_id:public_id>/invitations/<int:pk>/withdraw/",
        people.withdraw,
        name="person-uninvite",
    ),
]
