"""The outbox under /desk/mails/."""

from django.urls import path

from platform_portal.mail import views

app_name = "mail"

urlpatterns = [
    path("", views.mail_list, name="mail-list"),
    path("search/", views.mail_search, name="mail-search"),
    path("delivered/", views.mailbox_list, name="mailbox"),
    path("delivered/<str:name>/<int:number>/", views.mailbox_mail, name="mailbox-mail"),
    path("<public_id:public_id>/", views.mail_detail, name="mail-detail"),
    path("<public_id:public_id>/resend/", views.mail_resend, name="mail-resend"),
    path("<public_id:public_id>/cancel/", views.mail_cancel, name="mail-cancel"),
]
