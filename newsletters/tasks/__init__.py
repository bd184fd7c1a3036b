"""Tasks by subject, imported here so that Celery finds them."""

from newsletters.tasks.issues import ask_links, remind_of_duties, sweep_attachments
from newsletters.tasks.sending import pump, tick
from newsletters.tasks.subscribers import (
    apply_subscriber_import,
    erase_unconfirmed_subscribers,
    forget_delivery_addresses,
    forget_old_subscriber_imports,
    plan_subscriber_import,
    read_bounces,
)

__all__ = [
    "apply_subscriber_import",
    "ask_links",
    "erase_unconfirmed_subscribers",
    "forget_delivery_addresses",
    "forget_old_subscriber_imports",
    "plan_subscriber_import",
    "pump",
    "read_bounces",
    "remind_of_duties",
    "sweep_attachments",
    "tick",
]
