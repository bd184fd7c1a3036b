"""Mails about the matching board: that something waits there, never what it says."""

from collections.abc import Sequence

from django.db import models
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.mails import absolute, send_message
from members.models import Conversation, Membership, MembershipRole, Offer, Organization, User

MESSAGE_WAITS = "members.board_message"
OFFERS_ENDING = "members.offers_ending"
KINDS = {
    MESSAGE_WAITS: gettext_lazy("掲示板のメッセージの知らせ"),
    OFFERS_ENDING: gettext_lazy("掲示の期限の知らせ"),
}


def send_message_waits(conversation: Conversation, organization: Organization) -> None:
    _send_to_contacts(
        organization,
        kind=MESSAGE_WAITS,
        about=conversation,
        subject=_("掲示板にメッセージがあります"),
        before=[
            _("「%(name)s」あてのメッセージが、掲示板に届いています。サインインして読んでください。")
            % {"name": organization.name},
        ],
        link=absolute(reverse("my:conversation", args=[conversation.public_id])),
        link_words=_("やりとりを開く"),
        after=[_("同じやりとりについてのメールは、1時間に1通までにしています。")],
    )


def send_offers_ending(organization: Organization, offers: Sequence[Offer]) -> None:
    lines = [
        _("・%(title)s（%(day)s まで）")
        % {"title": offer.title, "day": date_format(offer.valid_to, "n月j日")}
        for offer in offers
    ]
    _send_to_contacts(
        organization,
        kind=OFFERS_ENDING,
        about=organization,
        subject=_("掲示の期限が近づいています"),
        before=[
            _("「%(name)s」が掲示板に載せた次の掲示は、もうすぐ期限です。") % {"name": organization.name},
            *lines,
        ],
        link=absolute(f"{reverse('my:board')}?own=1"),
        link_words=_("自分の団体の掲示を見る"),
        after=[_("続けるときは「6か月のばす」を、相手が見つかったときは「決まった」を押してください。")],
    )


def contacts_of(organization: Organization) -> list[User]:
    """Its people who may answer: those who want mail, or all of them when nobody does."""
    rows = Membership.objects.current().filter(
        organization=organization,
        organization__state="active",
        user__is_active=True,
        role__in=[MembershipRole.MANAGER, MembershipRole.EDITOR],
    )
    people = list(rows.select_related("user").order_by("pk"))
    wanting = [membership.user for membership in people if membership.is_contact]
    return wanting or [membership.user for membership in people]


def _send_to_contacts(
    organization: Organization,
    *,
    kind: str,
    about: models.Model,
    subject: str,
    before: list[str],
    link: str,
    link_words: str,
    after: list[str],
) -> None:
    for user in contacts_of(organization):
        send_message(
            kind=kind,
            about=about,
            subject=subject,
            to=user.email,
            text="members/emails/letter.txt",
            html="members/emails/letter.html",
            name=user.name,
            before=before,
            link=link,
            link_words=link_words,
            after=after,
        )
