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
app.conf.beat_schedule = {
    "send-waiting-mails": {
        "task": "platform_portal.mail.tasks.send_waiting_mails",
        "schedule": crontab(),
        # Ticks that no worker came to are worth nothing later: one round finds all that is due.
        "options": {"expires": 50},
    },
    "forget-mail-bodies": {
        "task": "platform_portal.mail.tasks.forget_mail_bodies",
        "schedule": crontab(hour="3", minute="45"),
    },
    "ask-for-verification": {
        "task": "consultations.tasks.ask_for_verification",
        # In the morning of working days and others alike: people read it when they sit down.
        "schedule": crontab(hour="7", minute="30"),
        "options": {"expires": 12 * 3600},
    },
    "check-links": {
        "task": "consultations.tasks.check_links",
        # Small runs through the small hours: together they ask every link once a week, and no mail waits long.
        "schedule": crontab(hour="1-4", minute="*/10"),
        "options": {"expires": 540},
    },
    "clear-expired-sessions": {
        "task": "members.tasks.clear_expired_sessions",
        "schedule": crontab(hour="3", minute="40"),
    },
    "erase-unconfirmed-applications": {
        "task": "members.tasks.erase_unconfirmed_applications",
        "schedule": crontab(hour="3", minute="35"),
    },
    "forget-old-organization-imports": {
        "task": "members.tasks.forget_old_organization_imports",
        "schedule": crontab(hour="3", minute="57"),
    },
    "forget-people": {
        "task": "members.tasks.forget_people",
        "schedule": crontab(hour="4", minute="5"),
    },
    "tend-offers": {
        "task": "members.tasks.tend_offers",
        "schedule": crontab(hour="6", minute="30"),
    },
    "tell-of-waiting-messages": {
        "task": "members.tasks.tell_of_waiting_messages",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 500},
    },
    "forget-old-imports": {
        "task": "consultations.tasks.forget_old_imports",
        "schedule": crontab(hour="3", minute="55"),
    },
    "forget-old-reports": {
        "task": "consultations.tasks.forget_old_reports",
        "schedule": crontab(hour="3", minute="50"),
    },
}
