"""What must be true for the portal to serve: asked by the proxy, by `check_portal`, and by people at night."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import Redis
from redis.exceptions import RedisError

from platform_portal import print_needs
from platform_portal.mail.models import OutgoingMail
from platform_portal.mail.sending import delivery_connection
from platform_portal.region.models import PortalSettings

MAIL_MAY_WAIT = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `is_vital`: without it residents see nothing. `is_advice`: all works without it."""

    name: str
    problem: str = ""
    is_vital: bool = True
    is_advice: bool = False

    @property
    def is_good(self) -> bool:
        return not self.problem


def check_database() -> Finding:
    name = _("データベース")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_encoding')")
            row = cursor.fetchone()
    except Error:
        return Finding(name, _("つながりません。DATABASE_URL と PostgreSQL を確かめてください。"))
    if row is None or row[0] != "UTF8":
        return Finding(name, _("文字コードが UTF8 ではありません。UTF8 で作り直してください。"))
    return Finding(name)


def check_migrations() -> Finding:
    name = _("表の形")
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return Finding(name, _("調べられません。"))
    if missing:
        return Finding(name, _("古いままです。manage.py migrate を実行してください。"))
    return Finding(name)


def check_redis() -> Finding:
    name = _("Redis")
    try:
        client = Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
        client.ping()
        client.close()
    except RedisError:
        return Finding(
            name,
            _("つながりません。ページは表示できますが、遅くなり、裏の仕事が止まります。"),
            is_vital=False,
        )
    return Finding(name, is_vital=False)


def check_mail() -> Finding:
    name = _("メール")
    backend = delivery_connection()
    try:
        backend.open()
        backend.close()
    except OSError:
        return Finding(
            name, _("メールの送り先につながりません。PORTAL_EMAIL_URL を確かめてください。"), is_vital=False
        )
    return Finding(name, is_vital=False)


def check_outbox() -> Finding:
    """Mails that nobody sends, and those given up lately: the first is ours to mend, the second the secretariat's."""
    name = _("送るメール")
    now = timezone.now()
    try:
        overdue = OutgoingMail.objects.overdue(before=now - MAIL_MAY_WAIT).count()
        given_up = OutgoingMail.objects.given_up_lately().count()
    except Error:
        return Finding(name, _("調べられません。"), is_vital=False)
    problems = []
    if overdue:
        problems.append(
            _(
                "%(count)d件が15分より長く待っています。worker と beat（または send_mails --loop）と、メールの送り先を確かめてください。"
            )
            % {"count": overdue}
        )
    if given_up:
        problems.append(
            _("この7日に作ったうち%(count)d件を送れませんでした。職員のページの「メール」を見てください。")
            % {"count": given_up}
        )
    return Finding(name, " ".join(problems), is_vital=False)


def check_contact() -> Finding:
    """Pages and mails that would send people to the secretariat leave it out while there is nothing to ask it by."""
    name = _("事務局の連絡先")
    try:
        can_be_reached = PortalSettings.load().can_be_reached
    except Error:
        return Finding(name, _("調べられません。"), is_vital=False)
    if can_be_reached:
        return Finding(name, is_vital=False)
    words = _("電話もメールも入っていません。職員のページの「ポータルの設定」に入れてください。")
    return Finding(name, words, is_vital=False, is_advice=True)


def check_printing() -> Finding:
    name = _("PDF を作る部品")
    missing = print_needs.missing_packages()
    if not missing:
        return Finding(name, is_vital=False)
    words = _(
        "足りません: %(packages)s。管理者が入れてください（Debian なら apt-get install %(packages)s）。"
    )
    return Finding(name, words % {"packages": " ".join(missing)}, is_vital=False)


VITAL: list[Callable[[], Finding]] = [check_database]
ALL: list[Callable[[], Finding]] = [
    check_database,
    check_migrations,
    check_redis,
    check_mail,
    check_outbox,
    check_contact,
    check_printing,
]
