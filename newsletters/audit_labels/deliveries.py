"""What the events about deliveries are called."""

from typing import Any

from django.utils.translation import gettext_lazy as _

DELIVERY_LABELS: dict[str, Any] = {
    "newsletters.ledger_exported": _("送達台帳を書き出した"),
}
