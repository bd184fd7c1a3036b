"""What waits for a member on the matching board."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import ConversationParty, Membership, Offer, Organization, User
from members.waiting import Waiting


def writing(memberships: Iterable[Membership], apart_from: int | None = None) -> list[Organization]:
    """Organisations that one writes for."""
    return [
        membership.organization
        for membership in memberships
        if membership.may_edit and membership.organization_id != apart_from
    ]


def unread_conversations(memberships: Sequence[Membership]) -> int:
    """Conversations with something new in them."""
    keys = [one.pk for one in writing(memberships)]
    return int(ConversationParty.objects.unread_of(keys).count())


def messages_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    count = unread_conversations(memberships)
    if count:
        hint = _("ほかの団体か事務局からのメッセージを、まだだれも開いていません。")
        yield Waiting(_("掲示板の新しいメッセージ"), hint, count, reverse("my:conversation-list"))


def offers_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    keys = [one.pk for one in writing(memberships)]
    count = Offer.objects.ending_soon(timezone.localdate()).of(keys).count()
    if count:
        hint = _("続けるときは期限をのばし、相手が見つかったときは「決まった」にします。")
        yield Waiting(_("もうすぐ期限の掲示"), hint, count, f"{reverse('my:board')}?own=1")
