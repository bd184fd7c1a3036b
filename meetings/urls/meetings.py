"""Bodies, meetings and their agenda."""

from django.urls import URLPattern, path

from meetings.views.desk import bodies as desk_bodies
from meetings.views.desk import meetings as desk_meetings
from meetings.views.my import meetings as my_meetings
from meetings.views.public import meetings as public_meetings

urlpatterns: list[URLPattern] = [
    path("meetings/", public_meetings.meeting_list, name="meeting-list"),
    path("meetings/<public_id:public_id>/", public_meetings.meeting_detail, name="meeting-detail"),
    path("my/meetings/", my_meetings.meeting_list, name="my-meetings"),
    path("my/meetings/<public_id:public_id>/", my_meetings.meeting_page, name="my-meeting"),
    path("desk/meetings/", desk_meetings.meeting_list, name="desk-meeting-list"),
    path("desk/meetings/bodies/", desk_bodies.body_list, name="desk-body-list"),
    path("desk/meetings/<public_id:public_id>/", desk_meetings.meeting_page, name="desk-meeting"),
]
