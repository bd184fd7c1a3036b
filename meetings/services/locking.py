"""Who writes about a meeting holds it first; then its attendances, papers and minutes, in any order."""

from meetings.models import Meeting


def lock_meeting(meeting: Meeting) -> Meeting:
    """As it stands now, and nobody else changes it until the transaction ends."""
    locked: Meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("body").get(pk=meeting.pk)
    )
    return locked
