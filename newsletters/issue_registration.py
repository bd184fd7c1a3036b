"""What other apps are told of writing issues when this one starts."""

from newsletters.mails import duties, trials
from newsletters.waiting import issue_jobs
from platform_portal import desk_jobs
from platform_portal.mail import kinds as mail_kinds


def register_issues() -> None:
    """Called once, when the app is ready."""
    desk_jobs.register(issue_jobs)
    mail_kinds.register(duties.KINDS)
    mail_kinds.register(trials.KINDS)
