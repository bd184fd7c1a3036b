"""Who writes for a year holds its scheme first: then nobody approves a report under somebody's pen."""

from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused
from reports.models import GrantScheme


def lock_scheme(pk: int) -> GrantScheme:
    locked: GrantScheme = GrantScheme.objects.select_for_update(of=("self",)).get(pk=pk)
    return locked


def check_is_as_seen(seen: int | None, current: int) -> None:
    """`seen` None: nobody looked, as in a command. Raises Refused."""
    if seen is not None and seen != current:
        raise Refused(
            _(
                "画面を開いてから、ほかの人がここを直しました。まだ保存していません。"
                "別の画面で今の内容を確かめてから、もう一度保存してください。"
            )
        )
