"""The table of people and teams that get a workbook: CSV or xlsx, columns in any order."""

from __future__ import annotations

from iml4e_xlsx.roster.columns import COLUMNS
from iml4e_xlsx.roster.mail_address import usable_address
from iml4e_xlsx.roster.roster_reader import RosterRow, read_roster
from iml4e_xlsx.roster.roster_table import MOST_ROWS
from iml4e_xlsx.roster.targets import parse_targets

__all__ = ["COLUMNS", "MOST_ROWS", "RosterRow", "parse_targets", "read_roster", "usable_address"]
