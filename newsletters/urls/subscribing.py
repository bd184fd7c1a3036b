"""Subscribing, choosing and leaving: what every reader reaches."""

from django.urls import path

from newsletters.views import bounce_hook
from newsletters.views.public import subscribing as views

urlpatterns = [
    path("newsletters/subscribe/", views.subscribe, name="subscribe"),
    path("newsletters/subscribe/sent/", views.subscribe_sent, name="subscribe-sent"),
    path("newsletters/confirm/<str:token>/", views.confirm, name="confirm"),
    path("newsletters/choose/<str:token>/", views.choose, name="choose"),
    path("newsletters/leave/<str:token>/", views.leave, name="leave"),
    path("newsletters/bounces/", bounce_hook.take_notice, name="bounce-hook"),
]
