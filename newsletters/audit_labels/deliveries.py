"""What the events about deliveries are called."""

from typing import Any

DELIVERY_LABELS: dict[str, Any] = {}
