"""Celery application. Every task takes an id, loads, and calls one service."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_portal.settings")


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery would else put handlers of its own in the place of ours, and those write down all that an error says."""


app = Celery("platform_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What beat starts: task, when (or every how many seconds), and how many seconds a run that no worker came to is worth anything (None: it keeps).
SCHEDULE: tuple[tuple[str, crontab | float, int | None], ...] = (
    # One round finds all that is due, so ticks that were missed are not made up for.
    ("platform_portal.mail.tasks.send_waiting_mails", crontab(), 50),
    ("newsletters.tasks.sending.tick", 30.0, 25),
    ("meetings.tasks.renderings.print_waiting_minutes", crontab(), 50),
    ("reports.tasks.make_waiting_files", crontab(), 50),
    ("meetings.tasks.attendance.write_letters", crontab(), 50),
    ("meetings.tasks.read_waiting_papers", crontab(minute="*/5"), 280),
    ("newsletters.tasks.subscribers.read_bounces", crontab(minute="*/5"), 280),
    ("newsletters.tasks.issues.ask_links", crontab(minute="*/5"), 280),
    ("members.tasks.tell_of_waiting_messages", crontab(minute="*/10"), 500),
    # Small runs through the small hours: together they ask every link once a week, and no mail waits long.
    ("consultations.tasks.check_links", crontab(hour="1-4", minute="*/10"), 540),
    ("members.tasks.erase_unconfirmed_applications", crontab(hour="3", minute="35"), None),
    ("members.tasks.clear_expired_sessions", crontab(hour="3", minute="40"), None),
    ("platform_portal.mail.tasks.forget_mail_bodies", crontab(hour="3", minute="45"), None),
    ("consultations.tasks.forget_old_reports", crontab(hour="3", minute="50"), None),
    ("consultations.tasks.forget_old_imports", crontab(hour="3", minute="55"), None),
    ("members.tasks.forget_old_organization_imports", crontab(hour="3", minute="57"), None),
    ("members.tasks.forget_people", crontab(hour="4", minute="5"), None),
    ("newsletters.tasks.subscribers.forget_old_subscriber_imports", crontab(hour="3", minute="59"), None),
    ("newsletters.tasks.subscribers.erase_unconfirmed_subscribers", crontab(hour="4", minute="8"), None),
    ("newsletters.tasks.subscribers.forget_delivery_addresses", crontab(hour="4", minute="10"), None),
    ("meetings.tasks.events.forget_event_applications", crontab(hour="4", minute="15"), None),
    ("meetings.tasks.attendance.forget_attendance", crontab(hour="4", minute="17"), None),
    ("members.tasks.sweep_logos", crontab(hour="4", minute="20"), None),
    ("meetings.tasks.sweep_files", crontab(hour="4", minute="22"), None),
    ("reports.tasks.sweep_report_files", crontab(hour="4", minute="24"), None),
    ("newsletters.tasks.issues.sweep_attachments", crontab(hour="4", minute="26"), None),
    ("members.tasks.tend_offers", crontab(hour="6", minute="30"), None),
    # In the morning of working days and others alike: people read it when they sit down.
    ("consultations.tasks.ask_for_verification", crontab(hour="7", minute="30"), 12 * 3600),
    ("meetings.tasks.attendance.remind_of_meetings", crontab(hour="8", minute="0"), 10 * 3600),
    ("newsletters.tasks.issues.remind_of_duties", crontab(hour="8", minute="10"), 10 * 3600),
    # Reminds those who have not confirmed their words, and ends rounds whose due date has passed.
    ("meetings.tasks.confirmation.tend_rounds", crontab(hour="8", minute="5"), 12 * 3600),
    ("members.tasks.tell_of_charter", crontab(hour="8-19", minute="15"), 3000),
)
app.conf.beat_schedule = {
    task.rpartition(".")[2].replace("_", "-"): {
        "task": task,
        "schedule": when,
        "options": {} if expires is None else {"expires": expires},
    }
    for task, when, expires in SCHEDULE
}
