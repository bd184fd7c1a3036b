from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("会議と議事録")

    def ready(self) -> None:
        from meetings.approval_registration import register_approval
        from meetings.attendance_registration import register_attendance
        from meetings.audit_labels import documents as document_labels
        from meetings.audit_labels import meetings as meeting_labels
        from meetings.audit_labels import minutes as minutes_labels
        from meetings.case_registration import register_case_studies
        from meetings.event_registration import register_events
        from meetings.presenting.todo import meeting_jobs
        from meetings.services.merging import register_meetings
        from members.services.personal_data import delete_rows
        from platform_portal import desk_jobs, personal_data
        from platform_portal.audit import kinds as audit_kinds
        from platform_portal.personal_data import Handling

        register_meetings()
        audit_kinds.register(meeting_labels.LABELS)
        audit_kinds.register(minutes_labels.LABELS)
        register_events()
        register_case_studies()
        register_attendance()
        desk_jobs.register(meeting_jobs)
        register_approval()
        personal_data.handle("meetings.calendarlink", Handling(_("消します。"), delete_rows))
        audit_kinds.register(document_labels.LABELS)
