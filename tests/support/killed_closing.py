"""Kills the command that closes a round at each of its steps, and tells what is left of it."""

from __future__ import annotations

from contextlib import closing

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.record_access import open_record
from iml4e_xlsx.campaign.record.closing import find_closed_round, is_finished
from tests.support.campaigns import NOW, record_of
from tests.support.forgetting import team_results
from tests.support.forking import ENDS

KILL = f"""{ENDS}
from pathlib import Path
from iml4e_xlsx.campaign.corrections import close_round
from iml4e_xlsx.campaign.record import closing
from iml4e_xlsx.campaign.record.connection import Record
"""
STEPS = {
    "before anything": "closing.save_closed_round = ends(closing.save_closed_round, before=1)",
    "before the commit": "closing.save_closed_round = ends(closing.save_closed_round)",
    "after the commit": (
        "close_round.remove_personal_files = ends(close_round.remove_personal_files, before=1)"
    ),
    "after the first file": "Path.unlink = ends(Path.unlink)",
    "after the last file": "close_round.remove_personal_files = ends("
    "close_round.remove_personal_files)",
    "before the end": "closing.finish_closing = ends(closing.finish_closing, before=1)",
    "before the database is compact": "Record.compact = ends(Record.compact, before=1)",
}
UNDONE = ("before anything", "before the commit")


def results_of(campaign: Campaign) -> list[tuple[str, object]]:
    """Return the results of a campaign's teams."""
    with closing(open_record(campaign)) as record:
        return [(name, areas) for name, areas in team_results(campaign, record)]


def is_closed(campaign: Campaign, *, finished: bool = False) -> bool:
    """Tell whether the record says that the round is closed, or that all of it is done."""
    with record_of(campaign) as record, record.begin(NOW) as tx:
        return is_finished(tx) if finished else find_closed_round(tx) is not None
