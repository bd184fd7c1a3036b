"""What the tests of the board share besides fixtures."""

from members import services
from platform_portal.audit.models import AuditEvent


def ask(offer, asker, text="くわしく聞かせてください。", **more):
    return services.ask_about_offer(
        offer=offer, organization=asker.organization, text=text, by=asker.user, **more
    )


def events(kind):
    return AuditEvent.objects.filter(type=f"members.{kind}")
