"""Invitations and attendance."""

from django.urls import URLPattern, path

from meetings.views.desk import attendance as desk
from meetings.views.desk import inviting
from meetings.views.my import attendance as my
from meetings.views.public import attendance as public

DESK = "desk/meetings/<public_id:public_id>/attendance/"

urlpatterns: list[URLPattern] = [
    path("meetings/invitations/<str:token>/", public.answer, name="answer"),
    path("meetings/invitations/<str:token>/meeting.ics", public.calendar, name="answer-calendar"),
    path("my/meetings/invitations/<public_id:attendance_id>/", my.answer, name="my-answer"),
    path(DESK, desk.attendance, name="desk-attendance"),
    path(f"{DESK}invite/", inviting.invite, name="desk-attendance-invite"),
    path(f"{DESK}remind/", desk.remind, name="desk-attendance-remind"),
    path(f"{DESK}came/", desk.came, name="desk-attendance-came"),
    path(f"{DESK}walk-in/", desk.walk_in, name="desk-attendance-walk-in"),
    path(f"{DESK}file/", desk.export, name="desk-attendance-export"),
    path(f"{DESK}sheet/", desk.sheet, name="desk-attendance-sheet"),
    path(f"{DESK}counts/", desk.take_over_counts, name="desk-attendance-counts"),
    path(f"{DESK}<public_id:attendance_id>/", desk.record, name="desk-attendance-record"),
    path(f"{DESK}<public_id:attendance_id>/withdraw/", desk.withdraw, name="desk-attendance-withdraw"),
]
