"""Where subscribers make themselves known to the rest of the portal, which does not know them."""

from newsletters.mails import subscribing as mails
from platform_portal.mail import kinds


def register_subscribers() -> None:
    """Called once, when the app is ready."""
    kinds.register(mails.KINDS)
