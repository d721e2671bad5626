"""
The IML4E MLOps Maturity Assessment as Excel workbooks: build, read, score.

Five calls carry a statement from the scheme to the result:

    scheme = load_scheme("iml4e-mlops")
    data = build_workbook(scheme, created=datetime(2026, 11, 23))
    reading = read_workbook("returned.xlsx")
    result = score(reading.response, scheme)
    print(result.overall.level)

Everything is imported when it is first used, so that a program that only scores does not load
what builds.

`__all__` lists the names that are promised. Every other name, in this package and in its rooms, may
change in any release.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.comparison import compare_teams
    from iml4e_xlsx.analysis.decisive_statements import find_decisive_statements
    from iml4e_xlsx.analysis.peer_benchmark import benchmark_assessments
    from iml4e_xlsx.analysis.source_results import group_by_source
    from iml4e_xlsx.analysis.team_roadmap import plan_roadmap
    from iml4e_xlsx.analysis.team_trend import trace_trends
    from iml4e_xlsx.analysis.teams import group_by_team
    from iml4e_xlsx.analysis.workshop_agenda import build_agenda
    from iml4e_xlsx.campaign.collect.collect import MailboxSearch, collect
    from iml4e_xlsx.campaign.corrections.assign import assign_file, dismiss_file
    from iml4e_xlsx.campaign.corrections.close_round import close_round, preview_closing
    from iml4e_xlsx.campaign.corrections.forget import forget
    from iml4e_xlsx.campaign.corrections.readdress import readdress
    from iml4e_xlsx.campaign.folder.campaign import init_campaign, open_campaign
    from iml4e_xlsx.campaign.folder.record_access import open_record
    from iml4e_xlsx.campaign.people.status import read_status
    from iml4e_xlsx.campaign.round_report import (
        ReportOptions,
        campaign_assessments,
        campaign_contents,
    )
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.campaign.send.plan import plan_invitations, plan_reminders
    from iml4e_xlsx.campaign.send.send import send_mails
    from iml4e_xlsx.campaign.send.settle import settle_mails
    from iml4e_xlsx.campaign.servers.smtp import Smtp
    from iml4e_xlsx.campaign.workbooks import build_campaign
    from iml4e_xlsx.errors import (
        CampaignError,
        Iml4eError,
        MailError,
        OutputExistsError,
        RecordError,
        ReportError,
        ResourceError,
        RosterError,
        SchemeError,
        WorkbookReadError,
        WorkbookWriteError,
    )
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.findings.finding import Finding, Severity
    from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
    from iml4e_xlsx.jobs.results import Results
    from iml4e_xlsx.jobs.workbook_repair import repair_workbook
    from iml4e_xlsx.model import (
        DONT_KNOW,
        NOT_APPLICABLE,
        Answer,
        Area,
        AreaResult,
        Assessment,
        Level,
        Profile,
        Rating,
        Response,
        Result,
        RoundNotice,
        Scheme,
        Statement,
    )
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.workbook_reader import assess_workbook, read_workbook
    from iml4e_xlsx.report.charts.radar import draw_radar
    from iml4e_xlsx.report.contents.contents import make_contents
    from iml4e_xlsx.report.formats.render import render_report
    from iml4e_xlsx.report.formats.reply import write_reply
    from iml4e_xlsx.report.formats.respondent_guide import render_guide
    from iml4e_xlsx.roster import read_roster
    from iml4e_xlsx.scheme import load_scheme, review_scheme, scheme_ids, validate_scheme
    from iml4e_xlsx.scheme.coverage import cover_source, cover_sources
    from iml4e_xlsx.scheme.forms import select_form
    from iml4e_xlsx.scoring import score
    from iml4e_xlsx.spreadsheets.limits import Limits
    from iml4e_xlsx.workbook.builder import blank_response, build_workbook

__version__ = "0.1.0"

_HOMES = {
    "analysis.comparison": ("compare_teams",),
    "analysis.decisive_statements": ("find_decisive_statements",),
    "analysis.peer_benchmark": ("benchmark_assessments",),
    "analysis.source_results": ("group_by_source",),
    "analysis.team_roadmap": ("plan_roadmap",),
    "analysis.team_trend": ("trace_trends",),
    "analysis.teams": ("group_by_team",),
    "analysis.workshop_agenda": ("build_agenda",),
    "campaign.collect.collect": ("MailboxSearch", "collect"),
    "campaign.corrections.assign": ("assign_file", "dismiss_file"),
    "campaign.corrections.close_round": ("close_round", "preview_closing"),
    "campaign.corrections.forget": ("forget",),
    "campaign.corrections.readdress": ("readdress",),
    "campaign.folder.campaign": ("init_campaign", "open_campaign"),
    "campaign.folder.record_access": ("open_record",),
    "campaign.people.status": ("read_status",),
    "campaign.round_report": ("ReportOptions", "campaign_assessments", "campaign_contents"),
    "campaign.send.drafts": ("write_drafts",),
    "campaign.send.plan": ("plan_invitations", "plan_reminders"),
    "campaign.send.send": ("send_mails",),
    "campaign.send.settle": ("settle_mails",),
    "campaign.servers.smtp": ("Smtp",),
    "campaign.workbooks": ("build_campaign",),
    "errors": (
        "CampaignError",
        "Iml4eError",
        "MailError",
        "OutputExistsError",
        "RecordError",
        "ReportError",
        "ResourceError",
        "RosterError",
        "SchemeError",
        "WorkbookReadError",
        "WorkbookWriteError",
    ),
    "findings.failure": ("Failure",),
    "findings.finding": ("Finding", "Severity"),
    "jobs.batch": ("assess_workbooks", "find_workbooks"),
    "jobs.results": ("Results",),
    "jobs.workbook_repair": ("repair_workbook",),
    "model": (
        "Answer",
        "Area",
        "AreaResult",
        "Assessment",
        "DONT_KNOW",
        "Level",
        "NOT_APPLICABLE",
        "Profile",
        "Rating",
        "Response",
        "Result",
        "RoundNotice",
        "Scheme",
        "Statement",
    ),
    "reading.identity": ("Schemes",),
    "reading.workbook_reader": ("assess_workbook", "read_workbook"),
    "report.charts.radar": ("draw_radar",),
    "report.contents.contents": ("make_contents",),
    "report.formats.respondent_guide": ("render_guide",),
    "report.formats.render": ("render_report",),
    "report.formats.reply": ("write_reply",),
    "roster": ("read_roster",),
    "scheme": ("load_scheme", "review_scheme", "scheme_ids", "validate_scheme"),
    "scheme.coverage": ("cover_source", "cover_sources"),
    "scheme.forms": ("select_form",),
    "scoring": ("score",),
    "spreadsheets.limits": ("Limits",),
    "workbook.builder": ("blank_response", "build_workbook"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "DONT_KNOW",
    "NOT_APPLICABLE",
    "Answer",
    "Area",
    "AreaResult",
    "Assessment",
    "CampaignError",
    "Failure",
    "Finding",
    "Iml4eError",
    "Level",
    "Limits",
    "MailError",
    "MailboxSearch",
    "OutputExistsError",
    "Profile",
    "Rating",
    "RecordError",
    "ReportError",
    "ReportOptions",
    "ResourceError",
    "Response",
    "Result",
    "Results",
    "RosterError",
    "RoundNotice",
    "Scheme",
    "SchemeError",
    "Schemes",
    "Severity",
    "Smtp",
    "Statement",
    "WorkbookReadError",
    "WorkbookWriteError",
    "__version__",
    "assess_workbook",
    "assess_workbooks",
    "assign_file",
    "benchmark_assessments",
    "blank_response",
    "build_agenda",
    "build_campaign",
    "build_workbook",
    "campaign_assessments",
    "campaign_contents",
    "close_round",
    "collect",
    "compare_teams",
    "cover_source",
    "cover_sources",
    "dismiss_file",
    "draw_radar",
    "find_decisive_statements",
    "find_workbooks",
    "forget",
    "group_by_source",
    "group_by_team",
    "init_campaign",
    "load_scheme",
    "make_contents",
    "open_campaign",
    "open_record",
    "plan_invitations",
    "plan_reminders",
    "plan_roadmap",
    "preview_closing",
    "read_roster",
    "read_status",
    "read_workbook",
    "readdress",
    "render_guide",
    "render_report",
    "repair_workbook",
    "review_scheme",
    "scheme_ids",
    "score",
    "select_form",
    "send_mails",
    "settle_mails",
    "trace_trends",
    "validate_scheme",
    "write_drafts",
    "write_reply",
]


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives when it is first asked for."""
    if name not in _HOME_OF:
        reason = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(reason, name=name)
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
