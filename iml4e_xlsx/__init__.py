"""
The IML4E MLOps Maturity Assessment as Excel workbooks: build, read, score.

Five calls carry a statement from the scheme to the result:

    scheme = load_scheme("iml4e-mlops")
    data = build_workbook(scheme, created=datetime(2026, 11, 23))
    reading = read_workbook("returned.xlsx")
    result = score_response(reading.response, scheme)
    print(result.overall.level)

Everything is imported when it is first used, so that a program that only scores does not load
what builds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.comparison import Comparison, compare_teams
    from iml4e_xlsx.analysis.consensus import measure_consensus
    from iml4e_xlsx.analysis.peer_benchmark import Benchmark, benchmark_assessments
    from iml4e_xlsx.analysis.rounds import Round, split_rounds
    from iml4e_xlsx.analysis.team_roadmap import Roadmap, plan_roadmap
    from iml4e_xlsx.analysis.team_trend import Trend, Trends, trace_trends
    from iml4e_xlsx.analysis.teams import TeamAssessment, group_by_team
    from iml4e_xlsx.analysis.workshop_agenda import Agenda, build_agenda
    from iml4e_xlsx.campaign.collect.collect import MailboxSearch, collect
    from iml4e_xlsx.campaign.collect.outcome import CollectionOutcome
    from iml4e_xlsx.campaign.corrections.assign import assign_file, dismiss_file
    from iml4e_xlsx.campaign.corrections.forget import forget
    from iml4e_xlsx.campaign.corrections.readdress import readdress
    from iml4e_xlsx.campaign.folder.campaign import Campaign, init_campaign, open_campaign
    from iml4e_xlsx.campaign.folder.record_access import open_record
    from iml4e_xlsx.campaign.folder.settings import Settings
    from iml4e_xlsx.campaign.people.status import Status, read_status
    from iml4e_xlsx.campaign.record.connection import Record
    from iml4e_xlsx.campaign.round_report import (
        ReportOptions,
        campaign_assessments,
        campaign_contents,
    )
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.campaign.send.plan import MailPlan, plan_invitations, plan_reminders
    from iml4e_xlsx.campaign.send.send import SendOutcome, send_mails
    from iml4e_xlsx.campaign.send.settle import settle_mails
    from iml4e_xlsx.campaign.servers.smtp import Smtp
    from iml4e_xlsx.campaign.workbooks import BuildOutcome, build_campaign
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
    from iml4e_xlsx.findings.finding import Finding, Place, Severity
    from iml4e_xlsx.intake.source import Source
    from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
    from iml4e_xlsx.jobs.results import Results
    from iml4e_xlsx.jobs.workbook_repair import RepairedWorkbook, repair_workbook
    from iml4e_xlsx.model import (
        NOT_APPLICABLE,
        Answer,
        Area,
        AreaResult,
        Assessment,
        Level,
        Profile,
        Rating,
        Reading,
        Response,
        Result,
        Scheme,
        Statement,
    )
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.workbook_reader import WorkbookReader, assess_workbook, read_workbook
    from iml4e_xlsx.report.charts.radar import draw_radar
    from iml4e_xlsx.report.contents.contents import Contents, make_contents
    from iml4e_xlsx.report.formats.html import render_html
    from iml4e_xlsx.report.formats.pdf import render_pdf
    from iml4e_xlsx.report.formats.render import render_report
    from iml4e_xlsx.report.formats.reply import write_reply
    from iml4e_xlsx.roster import RosterRow, read_roster
    from iml4e_xlsx.scheme import load_scheme, scheme_ids, validate_scheme
    from iml4e_xlsx.scoring import score_response
    from iml4e_xlsx.spreadsheets.limits import Limits
    from iml4e_xlsx.workbook.builder import blank_response, build_workbook

__version__ = "0.1.0"

_HOMES = {
    "analysis.workshop_agenda": ("Agenda", "build_agenda"),
    "jobs.batch": ("assess_workbooks", "find_workbooks"),
    "campaign.workbooks": ("BuildOutcome", "build_campaign"),
    "campaign.collect.outcome": ("CollectionOutcome",),
    "campaign.send.drafts": ("write_drafts",),
    "campaign.folder.campaign": ("Campaign", "init_campaign", "open_campaign"),
    "campaign.folder.record_access": ("open_record",),
    "campaign.corrections.forget": ("forget",),
    "campaign.send.plan": ("MailPlan", "plan_invitations", "plan_reminders"),
    "campaign.collect.collect": ("MailboxSearch", "collect"),
    "campaign.corrections.readdress": ("readdress",),
    "campaign.record.connection": ("Record",),
    "campaign.round_report": ("ReportOptions", "campaign_assessments", "campaign_contents"),
    "campaign.send.settle": ("settle_mails",),
    "campaign.send.send": ("SendOutcome", "send_mails"),
    "campaign.folder.settings": ("Settings",),
    "campaign.corrections.assign": ("assign_file", "dismiss_file"),
    "campaign.servers.smtp": ("Smtp",),
    "campaign.people.status": ("Status", "read_status"),
    "analysis.comparison": ("Comparison", "compare_teams"),
    "analysis.consensus": ("measure_consensus",),
    "findings.failure": ("Failure",),
    "findings.finding": ("Finding", "Place", "Severity"),
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
    "model": (
        "Answer",
        "Area",
        "AreaResult",
        "Assessment",
        "Level",
        "NOT_APPLICABLE",
        "Profile",
        "Rating",
        "Reading",
        "Response",
        "Result",
        "Scheme",
        "Statement",
    ),
    "analysis.peer_benchmark": ("Benchmark", "benchmark_assessments"),
    "reading.identity": ("Schemes",),
    "spreadsheets.limits": ("Limits",),
    "reading.workbook_reader": ("WorkbookReader", "assess_workbook", "read_workbook"),
    "jobs.workbook_repair": ("RepairedWorkbook", "repair_workbook"),
    "report.contents.contents": ("Contents", "make_contents"),
    "report.formats.html": ("render_html",),
    "report.formats.pdf": ("render_pdf",),
    "report.charts.radar": ("draw_radar",),
    "report.formats.render": ("render_report",),
    "report.formats.reply": ("write_reply",),
    "jobs.results": ("Results",),
    "analysis.team_roadmap": ("Roadmap", "plan_roadmap"),
    "roster": ("RosterRow", "read_roster"),
    "analysis.rounds": ("Round", "split_rounds"),
    "scheme": ("load_scheme", "scheme_ids", "validate_scheme"),
    "scoring": ("score_response",),
    "intake.source": ("Source",),
    "analysis.teams": ("TeamAssessment", "group_by_team"),
    "analysis.team_trend": ("Trend", "Trends", "trace_trends"),
    "workbook.builder": ("blank_response", "build_workbook"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "NOT_APPLICABLE",
    "Agenda",
    "Answer",
    "Area",
    "AreaResult",
    "Assessment",
    "Benchmark",
    "BuildOutcome",
    "Campaign",
    "CampaignError",
    "CollectionOutcome",
    "Comparison",
    "Contents",
    "Failure",
    "Finding",
    "Iml4eError",
    "Level",
    "Limits",
    "MailError",
    "MailPlan",
    "MailboxSearch",
    "OutputExistsError",
    "Place",
    "Profile",
    "Rating",
    "Reading",
    "Record",
    "RecordError",
    "RepairedWorkbook",
    "ReportError",
    "ReportOptions",
    "ResourceError",
    "Response",
    "Result",
    "Results",
    "Roadmap",
    "RosterError",
    "RosterRow",
    "Round",
    "Scheme",
    "SchemeError",
    "Schemes",
    "SendOutcome",
    "Settings",
    "Severity",
    "Smtp",
    "Source",
    "Statement",
    "Status",
    "TeamAssessment",
    "Trend",
    "Trends",
    "WorkbookReadError",
    "WorkbookReader",
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
    "collect",
    "compare_teams",
    "dismiss_file",
    "draw_radar",
    "find_workbooks",
    "forget",
    "group_by_team",
    "init_campaign",
    "load_scheme",
    "make_contents",
    "measure_consensus",
    "open_campaign",
    "open_record",
    "plan_invitations",
    "plan_reminders",
    "plan_roadmap",
    "read_roster",
    "read_status",
    "read_workbook",
    "readdress",
    "render_html",
    "render_pdf",
    "render_report",
    "repair_workbook",
    "scheme_ids",
    "score_response",
    "send_mails",
    "settle_mails",
    "split_rounds",
    "trace_trends",
    "validate_scheme",
    "write_drafts",
    "write_reply",
]


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives when it is first asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
