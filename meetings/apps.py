from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("会議と議事録")

    def ready(self) -> None:
        from meetings.audit_labels import meetings as meeting_labels
        from meetings.audit_labels import minutes as minutes_labels
        from meetings.event_registration import register_events
        from meetings.presenting.todo import meeting_jobs
        from meetings.services.merging import register_meetings
        from platform_portal import desk_jobs
        from platform_portal.audit import kinds as audit_kinds

        register_meetings()
        audit_kinds.register(meeting_labels.LABELS)
        audit_kinds.register(minutes_labels.LABELS)
        register_events()
        desk_jobs.register(meeting_jobs)
