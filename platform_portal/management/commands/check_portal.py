"""Looks at everything the portal leans on and says in plain words what is wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_portal import health


class Command(BaseCommand):
    help = "ポータルが動くのに必要なものを調べます。"
    requires_system_checks = "__all__"

    def handle(self, *args: Any, **options: Any) -> None:
        findings = [look() for look in health.ALL]
        for finding in findings:
            mark = "○" if finding.is_good else "△" if finding.is_advice else "×"
            self.stdout.write(f"{mark} {finding.name} {finding.problem}".rstrip())
        bad = [finding for finding in findings if not finding.is_good and not finding.is_advice]
        if bad:
            raise CommandError(f"{len(bad)}件の問題があります。上の × を直してください。")
        if all(finding.is_good for finding in findings):
            self.stdout.write("すべてよい状態です。")
        else:
            self.stdout.write("動きます。上の △ も見てください。")
