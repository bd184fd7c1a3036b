"""What the events about subscribers are called."""

from typing import Any

SUBSCRIBER_LABELS: dict[str, Any] = {}
