"""How things stand with the addresses that somebody asks about: before what they were sent, whether they are sent
anything at all."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from newsletters.models import Subscriber, SubscriberState, Subscription, Suppression

MOST = 5  # of more, the list of subscribers is the page to look at


@dataclass(frozen=True, slots=True)
class Standing:
    """`subscriber` None: stopped without having subscribed. `address` empty: erased since."""

    address: str
    subscriber: Subscriber | None
    suppression: Suppression | None
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        if self.suppression is not None:
            return _("配信を止めています（%(reason)s）。") % {"reason": self.suppression.get_reason_display()}
        if self.subscriber is not None and self.subscriber.state == SubscriberState.UNCONFIRMED:
            return _("確認待ちです。確認のメールのリンクが、まだ押されていません。")
        if not self.names:
            return _("登録はありますが、いま届くメルマガはありません。")
        return _("届くのは%(names)sです。") % {"names": "".join(f"「{name}」" for name in self.names)}


def standing_of(words: str) -> list[Standing]:
    """In three queries. Nothing when the words fit more addresses than a page can tell of."""
    people = list(Subscriber.objects.search(words).order_by("address")[: MOST + 1])
    rows = Suppression.objects.search(words).order_by("address")[: MOST + 1]
    stopped = {row.address: row for row in rows}
    if len({*stopped, *(each.address for each in people)}) > MOST:
        return []
    running = Subscription.objects.current().filter(subscriber__in=people).select_related("newsletter")
    names: dict[int, list[str]] = {}
    for each in running.order_by("newsletter__position", "pk"):
        names.setdefault(each.subscriber_id, []).append(each.newsletter.name)
    found = [
        Standing(each.address, each, stopped.pop(each.address, None), tuple(names.get(each.pk, ())))
        for each in people
    ]
    return [*found, *(Standing(address, None, row) for address, row in stopped.items())]
