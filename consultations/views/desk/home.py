"""What waits for me: the first page after signing in."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.audit_labels import Names, describe
from consultations.models import (
    ConsultationWindow,
    ErrorReport,
    LinkCheck,
    VerificationRequest,
    WindowRevision,
)
from consultations.views.desk.common import people_of
from members.filters import without_contact
from members.models import Application, BoardReport, Organization, OrganizationRevision
from platform_portal.access.checks import has, requires
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.desk_jobs import Job, registered_jobs
from platform_portal.mail.models import OutgoingMail

LATEST = 8


@requires(Permission.USE_DESK)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {"jobs": jobs_for(request.user), "latest": _latest()}
    return render(request, "consultations/desk/home.html", context)


def jobs_for(user: Any) -> list[Job]:
    """One query per kind of work, however much there is of it. What other apps tell follows our own."""
    windows = ConsultationWindow.objects.all()
    windows_at = reverse("desk:window-list")
    jobs = []
    if has(user, Permission.APPROVE_WINDOWS):
        waiting = windows.waiting_for(user).count()
        hint = _("ほかの人が書いた窓口です。読んで、公開を認めます。")
        jobs.append(Job(_("確認を頼まれている窓口"), hint, waiting, f"{windows_at}?state=in_review"))
        changes = WindowRevision.objects.waiting().proposed_by_others(user).count()
        hint = _("公開中の窓口の変更です。実際に確かめて、認めるか差し戻します。")
        jobs.append(Job(_("確認を待っている変更"), hint, changes, reverse("desk:revision-list")))
    if has(user, Permission.HANDLE_REPORTS):
        reports = ErrorReport.objects.waiting().count()
        hint = _("住民からの「ちがっています」の声です。")
        jobs.append(Job(_("誤りの知らせ"), hint, reports, reverse("desk:report-list")))
    if has(user, Permission.DECIDE_APPLICATIONS):
        applications = Application.objects.waiting_for_staff().count()
        hint = _("プラットフォームに入りたい団体です。読んで、認めるか、質問するかを決めます。")
        at = reverse("members:application-list")
        jobs.append(Job(_("入会申込"), hint, applications, f"{at}?state=submitted"))
    if has(user, Permission.EDIT_ORGANIZATIONS):
        profiles = OrganizationRevision.objects.pending().exclude(proposed_by=user).count()
        hint = _("会員団体が申し出た、団体の情報の変更です。読んで、認めるか差し戻します。")
        jobs.append(Job(_("団体の情報の変更"), hint, profiles, reverse("members:revision-list")))
        silent = without_contact(Organization.objects.active()).count()
        hint = _("事務局からのメールを読む人がいません。電話などで、担当者を聞きます。")
        at = reverse("members:organization-list")
        jobs.append(Job(_("連絡のつく担当者がいない団体"), hint, silent, f"{at}?contact=none"))
    if has(user, Permission.TEND_BOARD):
        told = BoardReport.objects.waiting().count()
        hint = _("会員団体が、掲示板のやりとりで困ったことを知らせています。")
        jobs.append(
            Job(
                _("やりとりについての知らせ"),
                hint,
                told,
                f"{reverse('members:board-report-list')}?state=waiting",
            )
        )
    if has(user, Permission.VERIFY_WINDOWS):
        due = windows.due_for_verification().count()
        hint = _("番号と受付時間が今も正しいか、確かめる日が来ています。")
        jobs.append(Job(_("確かめる日が来た窓口"), hint, due, reverse("desk:verification-list")))
        jobs += _calls()
    if has(user, Permission.EDIT_WINDOWS):
        returned = windows.returned_to(user).order_by("-returned_at")
        newest = returned.first()
        if newest is not None:
            count = returned.count()
            hint = _("「%(name)s」：%(reason)s") % {"name": newest.name, "reason": newest.return_reason}
            jobs.insert(0, Job(_("差し戻された窓口"), hint, count, f"{windows_at}?author=returned"))
        jobs = _returned_changes(user) + jobs
        drafts = windows.drafts_of(user).count()
        hint = _("書きかけと差し戻されたものです。できたら確認を頼みます。")
        jobs.append(Job(_("自分の下書き"), hint, drafts, f"{windows_at}?state=draft&author=me"))
        jobs += _left_behind(windows_at)
        unknown = windows.published().unknown_hours().count()
        hint = _("いつ開いているか分からないため、「受付中」に出ません。")
        jobs.append(
            Job(_("受付時間が分からない窓口"), hint, unknown, f"{windows_at}?state=published&hours=unknown")
        )
    if has(user, Permission.RESEND_MAILS):
        lost = OutgoingMail.objects.given_up_lately().count()
        hint = _("この7日に作ったものです。アドレスを確かめて、送り直します。")
        address = f"{reverse('mail:mail-list')}?state=given_up&period=week"
        jobs.append(Job(_("送れなかったメール"), hint, lost, address))
    # Residents depend on it at night: before everything else.
    return _needed_by_night(user) + jobs + registered_jobs(user)


def _left_behind(windows_at: str) -> list[Job]:
    """Residents still see them, and nobody of the organisation looks after them any more."""
    count = ConsultationWindow.objects.published().of_gone_organizations().count()
    if not count:
        return []
    hint = _(
        "団体は退会しましたが、窓口は公開のままです。続いているかを確かめて、運営団体を直すか、公開を止めます。"
    )
    return [Job(_("退会した団体の窓口"), hint, count, f"{windows_at}?state=published&operator=left")]


def _returned_changes(user: Any) -> list[Job]:
    """The newest leads to its page; the others follow once that is done."""
    returned = list(WindowRevision.objects.returned_to(user).for_list().order_by("-decided_at"))
    if not returned:
        return []
    newest = returned[0]
    hint = _("「%(name)s」：%(reason)s") % {"name": newest.window.name, "reason": newest.note}
    address = reverse("desk:revision-page", args=[newest.public_id])
    return [Job(_("差し戻された変更"), hint, len(returned), address)]


def _calls() -> list[Job]:
    address = reverse("desk:call-list")
    rounds = VerificationRequest.objects.all()
    hint = _("運営する団体から返事がないか、頼める人がいません。電話などで聞きます。")
    jobs = [Job(_("電話で確かめる窓口"), hint, rounds.to_call_today(timezone.localdate()).count(), address)]
    if stopped := rounds.stopped_by_portal().count():
        hint = _("確認が取れないまま日数が過ぎました。もう一度公開するか、保管するかを決めます。")
        jobs.append(Job(_("自動で公開を止めた窓口"), hint, stopped, f"{address}?show=stopped"))
    if broken := LinkCheck.objects.broken().count():
        hint = _("2回続けて開けませんでした。変わっていたら、窓口を直します。")
        jobs.append(Job(_("つながらないリンク"), hint, broken, reverse("desk:link-list")))
    return jobs


def _needed_by_night(user: Any) -> list[Job]:
    """Windows that should have been stopped, but are the last of their kind to answer day and night."""
    count = VerificationRequest.objects.escalated().count() if has(user, Permission.VERIFY_WINDOWS) else 0
    if not count:
        return []
    hint = _("止めると24時間の窓口がなくなる分野があります。いますぐ電話で確かめてください。")
    address = f"{reverse('desk:call-list')}?show=escalated"
    return [Job(_("確認が取れない24時間の窓口"), hint, count, address)]


@dataclass(frozen=True, slots=True)
class LatestLine:
    window: ConsultationWindow
    what: str
    who: str
    at: dt.datetime


def _latest() -> list[LatestLine]:
    """Windows that changed last, each with the last thing done to it. Three queries."""
    label = ConsultationWindow._meta.label_lower
    events = list(AuditEvent.objects.filter(object_type=label).order_by("-at", "-pk")[: LATEST * 3])
    newest: dict[int, AuditEvent] = {}
    for event in events:
        newest.setdefault(int(event.object_id), event)
    windows = ConsultationWindow.objects.in_bulk(list(newest)[:LATEST])
    names = Names(people=people_of(newest.values()))
    lines = [(windows[key], describe(event, names)) for key, event in newest.items() if key in windows]
    return [LatestLine(window, line.what, line.who, line.at) for window, line in lines]
