from reports.models.activities import Activity, ActivityCategory, Dismissal, Evidence, SourceKind
from reports.models.annual import (
    AnnualReport,
    ReportComment,
    ReportEdition,
    ReportSection,
    ReportState,
    SectionKind,
)
from reports.models.doubts import ImportDoubt
from reports.models.projects import BudgetLine, TrialProject
from reports.models.renderings import Rendering, RenderingKind, RenderingState
from reports.models.schemes import GrantCategory, GrantScheme

__all__ = [
    "Activity",
    "ActivityCategory",
    "AnnualReport",
    "BudgetLine",
    "Dismissal",
    "Evidence",
    "GrantCategory",
    "GrantScheme",
    "ImportDoubt",
    "Rendering",
    "RenderingKind",
    "RenderingState",
    "ReportComment",
    "ReportEdition",
    "ReportSection",
    "ReportState",
    "SectionKind",
    "SourceKind",
    "TrialProject",
]
