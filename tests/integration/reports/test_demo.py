"""What the trial shows of annual reports; loading it again adds nothing and undoes nothing."""

import pytest
from django.core.management import CommandError, call_command

from newsletters.demo import load_demo_newsletters
from reports.demo import DRAFTED, SUBMITTED, load_demo_reports
from reports.models import GrantScheme, Rendering, RenderingState, ReportEdition, ReportState, TrialProject
from reports.services import renderings
from reports.services.offers import offers_of
from reports.services.projects import total_yen
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db


def test_one_report_submitted_and_one_with_its_projects(secretariat, administrator, settings, tmp_path):
    PortalSettingsFactory()
    load_demo_newsletters(editors=[secretariat], approver=administrator)
    assert load_demo_reports(by=secretariat, approver=administrator) == 2
    waiting = [offer.kind for each in GrantScheme.objects.all() for offer in offers_of(each, secretariat)]
    assert waiting == ["newsletter", "newsletter"]
    edition = ReportEdition.objects.published().get()
    assert edition.report.scheme.fiscal_year == SUBMITTED
    assert len(edition.snapshot["activities"]) == 8
    drafted = GrantScheme.objects.get(fiscal_year=DRAFTED)
    assert (drafted.report.state, total_yen(drafted)) == (ReportState.DRAFT, 8_712_064)
    assert TrialProject.objects.exclude(starts_on=None).count() == 7
    assert load_demo_reports(by=secretariat, approver=administrator) == 0
    # Both are printed out of the box.
    renderings.ask_for_file(report=drafted.report, kind="pdf", by=secretariat)
    renderings.make_waiting()
    assert [row.error for row in Rendering.objects.exclude(state=RenderingState.DONE)] == []
    assert Rendering.objects.count() == 2
    for year, options in ((SUBMITTED, []), (DRAFTED, ["--draft"])):
        output = tmp_path / f"{year}.pdf"
        call_command("render_report", str(year), "--output", str(output), *options)
        assert output.read_bytes().startswith(b"%PDF")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_command_is_for_trials_alone(settings, secretariat, administrator, capsys):
    settings.PORTAL_DEMO = False
    with pytest.raises(CommandError, match="何もしません"):
        call_command("load_demo_reports")
    settings.PORTAL_DEMO = True
    with pytest.raises(CommandError, match="利用者がいません"):
        call_command("load_demo_reports", by="nobody@portal.example")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["2031"], "報告書はありません"),
        ([str(DRAFTED)], "まだ承認されていません"),
        ([str(SUBMITTED), "--output", "/nowhere/at/all.pdf"], "書けません"),
    ],
)
def test_render_report_says_why_not(secretariat, administrator, tmp_path, arguments, words):
    PortalSettingsFactory()
    load_demo_reports(by=secretariat, approver=administrator)
    given = arguments if "--output" in arguments else [*arguments, "--output", str(tmp_path / "x.pdf")]
    with pytest.raises(CommandError, match=words):
        call_command("render_report", *given)
    assert list(tmp_path.iterdir()) == []
