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
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iml4e_xlsx.agenda import Agenda, agenda_of
    from iml4e_xlsx.batch import assess_many, find_workbooks
    from iml4e_xlsx.campaign.building import Build, build_campaign
    from iml4e_xlsx.campaign.collection import Collection
    from iml4e_xlsx.campaign.drafts import write_drafts
    from iml4e_xlsx.campaign.folder import Campaign, init_campaign, open_campaign
    from iml4e_xlsx.campaign.forgetting import forget
    from iml4e_xlsx.campaign.opening import open_record
    from iml4e_xlsx.campaign.outbox import Plan, plan_invitations, plan_reminders
    from iml4e_xlsx.campaign.readdressing import readdress
    from iml4e_xlsx.campaign.receiving import Look, receive
    from iml4e_xlsx.campaign.record.connection import Record
    from iml4e_xlsx.campaign.reporting import Wanted, campaign_assessments, campaign_contents
    from iml4e_xlsx.campaign.sending import Sending, send_mails
    from iml4e_xlsx.campaign.settings import Settings
    from iml4e_xlsx.campaign.settling import assign_file, dismiss_file, settle_mails
    from iml4e_xlsx.campaign.smtp import Smtp
    from iml4e_xlsx.campaign.status import Status, status_of
    from iml4e_xlsx.comparing import Comparison, compare
    from iml4e_xlsx.consensus import consensus
    from iml4e_xlsx.errors import (
        CampaignError,
        Finding,
        Iml4eError,
        MailError,
        OutputExistsError,
        Place,
        RecordError,
        ResourceError,
        RosterError,
        SchemeError,
        Severity,
        WorkbookReadError,
        WorkbookWriteError,
    )
    from iml4e_xlsx.model import (
        NOT_APPLICABLE,
        Answer,
        Area,
        AreaResult,
        Assessment,
        Failure,
        Level,
        Profile,
        Rating,
        Reading,
        Response,
        Result,
        Scheme,
        Statement,
    )
    from iml4e_xlsx.peers import Peers, peers_of
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.limits import Limits
    from iml4e_xlsx.reading.reader import WorkbookReader, assess_workbook, read_workbook
    from iml4e_xlsx.repairing import Repaired, repair_workbook
    from iml4e_xlsx.report.contents import Contents, contents_of
    from iml4e_xlsx.report.page import as_html, as_pdf
    from iml4e_xlsx.report.radar import draw_radar
    from iml4e_xlsx.report.render import render
    from iml4e_xlsx.report.reply import reply
    from iml4e_xlsx.results import Results
    from iml4e_xlsx.roadmap import Roadmap, plan
    from iml4e_xlsx.roster import RosterRow, read_roster
    from iml4e_xlsx.rounds import Round, split_rounds
    from iml4e_xlsx.scheme import load_scheme, scheme_ids, validate_scheme
    from iml4e_xlsx.scoring import score
    from iml4e_xlsx.sources import Source
    from iml4e_xlsx.teams import TeamAssessment, group_by_team
    from iml4e_xlsx.trend import Trend, Trends, trends_of
    from iml4e_xlsx.workbook.builder import blank_response, build_workbook

__version__ = "0.1.0"

_HOMES = {
    "agenda": ("Agenda", "agenda_of"),
    "batch": ("assess_many", "find_workbooks"),
    "campaign.building": ("Build", "build_campaign"),
    "campaign.collection": ("Collection",),
    "campaign.drafts": ("write_drafts",),
    "campaign.folder": ("Campaign", "init_campaign", "open_campaign"),
    "campaign.opening": ("open_record",),
    "campaign.forgetting": ("forget",),
    "campaign.outbox": ("Plan", "plan_invitations", "plan_reminders"),
    "campaign.receiving": ("Look", "receive"),
    "campaign.readdressing": ("readdress",),
    "campaign.record.connection": ("Record",),
    "campaign.reporting": ("Wanted", "campaign_assessments", "campaign_contents"),
    "campaign.sending": ("Sending", "send_mails"),
    "campaign.settings": ("Settings",),
    "campaign.settling": ("assign_file", "dismiss_file", "settle_mails"),
    "campaign.smtp": ("Smtp",),
    "campaign.status": ("Status", "status_of"),
    "comparing": ("Comparison", "compare"),
    "consensus": ("consensus",),
    "errors": (
        "CampaignError",
        "Finding",
        "Iml4eError",
        "MailError",
        "OutputExistsError",
        "Place",
        "RecordError",
        "ResourceError",
        "RosterError",
        "SchemeError",
        "Severity",
        "WorkbookReadError",
        "WorkbookWriteError",
    ),
    "model": (
        "Answer",
        "Area",
        "AreaResult",
        "Assessment",
        "Failure",
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
    "peers": ("Peers", "peers_of"),
    "reading.identity": ("Schemes",),
    "reading.limits": ("Limits",),
    "reading.reader": ("WorkbookReader", "assess_workbook", "read_workbook"),
    "repairing": ("Repaired", "repair_workbook"),
    "report.contents": ("Contents", "contents_of"),
    "report.page": ("as_html", "as_pdf"),
    "report.radar": ("draw_radar",),
    "report.render": ("render",),
    "report.reply": ("reply",),
    "results": ("Results",),
    "roadmap": ("Roadmap", "plan"),
    "roster": ("RosterRow", "read_roster"),
    "rounds": ("Round", "split_rounds"),
    "scheme": ("load_scheme", "scheme_ids", "validate_scheme"),
    "scoring": ("score",),
    "sources": ("Source",),
    "teams": ("TeamAssessment", "group_by_team"),
    "trend": ("Trend", "Trends", "trends_of"),
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
    "Build",
    "Campaign",
    "CampaignError",
    "Collection",
    "Comparison",
    "Contents",
    "Failure",
    "Finding",
    "Iml4eError",
    "Level",
    "Limits",
    "Look",
    "MailError",
    "OutputExistsError",
    "Peers",
    "Place",
    "Plan",
    "Profile",
    "Rating",
    "Reading",
    "Record",
    "RecordError",
    "Repaired",
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
    "Sending",
    "Settings",
    "Severity",
    "Smtp",
    "Source",
    "Statement",
    "Status",
    "TeamAssessment",
    "Trend",
    "Trends",
    "Wanted",
    "WorkbookReadError",
    "WorkbookReader",
    "WorkbookWriteError",
    "__version__",
    "agenda_of",
    "as_html",
    "as_pdf",
    "assess_many",
    "assess_workbook",
    "assign_file",
    "blank_response",
    "build_campaign",
    "build_workbook",
    "campaign_assessments",
    "campaign_contents",
    "compare",
    "consensus",
    "contents_of",
    "dismiss_file",
    "draw_radar",
    "find_workbooks",
    "forget",
    "group_by_team",
    "init_campaign",
    "load_scheme",
    "open_campaign",
    "open_record",
    "peers_of",
    "plan",
    "plan_invitations",
    "plan_reminders",
    "read_roster",
    "read_workbook",
    "readdress",
    "receive",
    "render",
    "repair_workbook",
    "reply",
    "scheme_ids",
    "score",
    "send_mails",
    "settle_mails",
    "split_rounds",
    "status_of",
    "trends_of",
    "validate_scheme",
    "write_drafts",
]


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives when it is first asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
