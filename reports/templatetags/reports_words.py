"""Words that pages about annual reports use."""

from django import template

from platform_portal.japanese.calendar import format_fiscal_year
from reports.models import AnnualReport, Rendering, RenderingState, ReportState

register = template.Library()
register.filter("fiscal_year_words", format_fiscal_year)

STYLES = {
    ReportState.DRAFT: "unknown",
    ReportState.IN_REVIEW: "appointment",
    ReportState.APPROVED: "good",
    ReportState.SUBMITTED: "open",
}
STAGES = (RenderingState.QUEUED, RenderingState.LAYING_OUT, RenderingState.WRITING, RenderingState.DONE)


@register.filter
def report_style(report: AnnualReport) -> str:
    """The class of its state's badge."""
    return STYLES[ReportState(report.state)]


@register.filter
def stage_number(rendering: Rendering) -> int:
    """How far a file is: 0 while it waits, 3 when it is done."""
    return STAGES.index(RenderingState(rendering.state))


@register.filter
def in_braces(name: str) -> str:
    """How prose asks for a figure of the year."""
    return "{" + name + "}"
