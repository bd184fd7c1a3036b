"""Tasks by subject, imported here so that Celery finds them."""

from newsletters.tasks.sending import pump, tick
from newsletters.tasks.subscribers import (
    erase_unconfirmed_subscribers,
    forget_delivery_addresses,
    read_bounces,
)

__all__ = [
    "erase_unconfirmed_subscribers",
    "forget_delivery_addresses",
    "pump",
    "read_bounces",
    "tick",
]
