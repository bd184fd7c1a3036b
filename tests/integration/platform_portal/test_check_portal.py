"""`check_portal` says what is wrong, and fails then."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from platform_portal import health, print_needs
from platform_portal.region.models import PortalSettings
from tests.factories.mail import OutgoingMailFactory
from tests.factories.region import PortalSettingsFactory


def run() -> str:
    out = StringIO()
    call_command("check_portal", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
class TestCheckPortal:
    @pytest.fixture(autouse=True)
    def _contact(self):
        PortalSettingsFactory(secretariat_phone="087-832-0000")

    def test_all_good(self):
        assert run().strip().endswith("すべてよい状態です。")

    def test_a_secretariat_that_nobody_can_ask(self):
        PortalSettings.objects.update(secretariat_phone="", secretariat_email="")
        said = run()
        assert "△ 事務局の連絡先 電話もメールも入っていません" in said
        assert "すべてよい状態" not in said
        PortalSettings.objects.update(secretariat_email="jimukyoku@portal.example")
        assert health.check_contact().is_good

    def test_redis_away(self, settings):
        settings.REDIS_URL = "unix:///nowhere.sock"
        with pytest.raises(CommandError, match="1件の問題"):
            run()
        assert not health.check_redis().is_vital

    def test_mail_server_away(self, settings):
        settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        assert "PORTAL_EMAIL_URL" in health.check_mail().problem

    def test_mails_that_nobody_sends(self):
        hour = dt.timedelta(hours=1)
        OutgoingMailFactory(next_attempt_at=timezone.now() - hour)
        OutgoingMailFactory(state="failed", next_attempt_at=timezone.now() + hour)
        with pytest.raises(CommandError, match="1件の問題"):
            run()
        assert "1件が15分より長く待っています" in health.check_outbox().problem
        assert not health.check_outbox().is_vital

    def test_mails_that_were_given_up_lately(self):
        OutgoingMailFactory(state="given_up", created_at=timezone.now() - dt.timedelta(days=8))
        assert health.check_outbox().is_good
        OutgoingMailFactory(state="given_up")
        assert "1件を送れませんでした" in health.check_outbox().problem

    def test_outbox_cannot_be_read(self, monkeypatch):
        def broken(*args, **kwargs):
            raise OperationalError("gone")

        monkeypatch.setattr(health.OutgoingMail.objects, "overdue", broken)
        assert "調べられません" in health.check_outbox().problem

    def test_settings_cannot_be_read(self, monkeypatch):
        def broken():
            raise OperationalError("gone")

        monkeypatch.setattr(health.PortalSettings, "load", broken)
        assert "調べられません" in health.check_contact().problem
        assert not health.check_contact().is_advice

    def test_database_away(self, monkeypatch):
        def broken(*args, **kwargs):
            raise OperationalError("gone")

        monkeypatch.setattr(health.connection, "cursor", broken)
        assert "DATABASE_URL" in health.check_database().problem
        assert health.check_database().is_vital

    def test_a_library_and_a_font_missing(self, monkeypatch):
        monkeypatch.setitem(print_needs.LIBRARIES, "libharfbuzz-subset0", "libnowhere.so.0")
        monkeypatch.setitem(print_needs.FONTS, "fonts-morisawa-bizud-gothic", "Nobody's Gothic")
        with pytest.raises(CommandError, match="1件の問題"):
            run()
        said = health.check_printing().problem
        assert "apt-get install libharfbuzz-subset0 fonts-morisawa-bizud-gothic" in said
        assert "pango" not in said
        assert not health.check_printing().is_vital

    def test_migration_missing(self, monkeypatch):
        monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["0002"])
        assert "migrate" in health.check_migrations().problem
