"""Where subscribers make themselves known to the rest of the portal, which does not know them."""

from django.utils.translation import gettext_lazy as _

from members.services.personal_data import delete_rows
from newsletters.mails import subscribing as mails
from newsletters.models import Bounce, Consent, Delivery, Subscriber, Subscription, Suppression
from newsletters.services.forgetting import copies_on_their_way, erase_deliveries
from newsletters.services.members import register_members
from platform_portal import personal_data
from platform_portal.mail import kinds
from platform_portal.personal_data import Handling, scrub


def register_subscribers() -> None:
    """Called once, when the app is ready."""
    kinds.register(mails.KINDS)
    register_members()
    personal_data.ask_before_erasing(copies_on_their_way)
    for model, handling in {
        Subscriber: Handling(_("メルマガの購読者から消します。何も届かなくなります。"), delete_rows),
        Subscription: Handling(_("購読者といっしょに消します。"), delete_rows),
        Consent: Handling(_("購読者といっしょに消します。"), delete_rows),
        Delivery: Handling(
            _("アドレスを消します。送る前のものは送りません。号ごとの数は変わりません。"), erase_deliveries
        ),
        Bounce: Handling(_("届かなかったことの数だけが残ります。")),
        Suppression: Handling(
            _("アドレスとメモを消します。また送られないように、元に戻せない印だけが残ります。"), scrub
        ),
    }.items():
        personal_data.handle(model._meta.label_lower, handling)
