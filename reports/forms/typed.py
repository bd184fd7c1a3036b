"""What somebody has typed so far, for buttons that only draw the page anew: kept as it is, not judged yet."""

from collections.abc import Mapping
from typing import Any


def show_typed(form: Any, data: Any) -> None:
    """Fills an unbound form with what came by POST."""
    form.initial = typed(form, data)


def typed(form: Any, data: Any) -> Mapping[str, Any]:
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }
