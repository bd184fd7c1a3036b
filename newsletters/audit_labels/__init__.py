"""What the events about newsletters are called."""

from newsletters.audit_labels.deliveries import DELIVERY_LABELS
from newsletters.audit_labels.issues import ISSUE_LABELS
from newsletters.audit_labels.subscribers import SUBSCRIBER_LABELS

LABELS = {**ISSUE_LABELS, **SUBSCRIBER_LABELS, **DELIVERY_LABELS}
