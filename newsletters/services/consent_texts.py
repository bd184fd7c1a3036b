"""The words under which people subscribe. A version that was shown to somebody never changes; a new one is added."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.models import ConsentText
from platform_portal.access.checks import check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit

FIRST_VERSION = 1
# Comes with the portal. Staff write their own on the desk.
FIRST_TEXT = (
    "選んだメルマガを、書いたメールアドレスに送ってもらうことに同意します。\n"
    "メールアドレスは、メルマガを送ることと、届いたかを確かめることだけに使われます。ほかの人や会社には渡されません。\n"
    "いつでも、メルマガの終わりにあるリンクから、配信を止められます。"
)


def current_text() -> ConsentText:
    """The newest version. A portal whose staff have not written one has the first."""
    newest: ConsentText | None = ConsentText.objects.order_by("-version").first()
    if newest is None:
        newest, _made = ConsentText.objects.get_or_create(
            version=FIRST_VERSION, defaults={"text": FIRST_TEXT}
        )
    return newest


@transaction.atomic
def write_consent_text(*, text: str, by: Any) -> ConsentText:
    """Adds a version, shown from now on. Raises Refused, ValidationError."""
    check_has(by, Permission.TEND_SUBSCRIBERS)
    newest = current_text()
    plain = text.replace("\r\n", "\n").strip()
    if plain == newest.text:
        raise ValidationError({"text": _("いまの文章と同じです。直してから、保存してください。")})
    row = ConsentText(version=newest.version + 1, text=plain, written_at=timezone.now(), written_by=by)
    row.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError(
            _("ほかの人が、先に新しい文章を保存しました。それを読んでから、もう一度保存してください。")
        ) from error
    audit.record(
        type="newsletters.consent_text_written",
        by=by,
        obj=row,
        old={"version": newest.version},
        new={"version": row.version},
    )
    return row
