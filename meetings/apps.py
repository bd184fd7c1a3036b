from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("会議と議事録")

    def ready(self) -> None:
        from meetings.attendance_registration import register_attendance
        from meetings.audit_labels import approval as approval_labels
        from meetings.audit_labels import documents as document_labels
        from meetings.audit_labels import meetings as meeting_labels
        from meetings.audit_labels import minutes as minutes_labels
        from meetings.case_registration import register_case_studies
        from meetings.event_registration import register_events
        from meetings.mails import confirmation as confirmation_mails
        from meetings.presenting.todo import meeting_jobs
        from meetings.services.merging import register_meetings
        from meetings.waiting.approval import approval_jobs, asked_of, confirmations_wait
        from members import correspondence, waiting
        from members.services.personal_data import delete_rows
        from platform_portal import desk_jobs, personal_data
        from platform_portal.audit import kinds as audit_kinds
        from platform_portal.mail import kinds as mail_kinds
        from platform_portal.personal_data import Handling

        register_meetings()
        audit_kinds.register(meeting_labels.LABELS)
        audit_kinds.register(minutes_labels.LABELS)
        register_events()
        register_case_studies()
        register_attendance()
        desk_jobs.register(meeting_jobs)
        audit_kinds.register(approval_labels.LABELS)
        mail_kinds.register(confirmation_mails.KINDS)
        waiting.register(confirmations_wait)
        desk_jobs.register(approval_jobs)
        correspondence.register(asked_of)
        personal_data.handle("meetings.calendarlink", Handling(_("消します。"), delete_rows))
        audit_kinds.register(document_labels.LABELS)
