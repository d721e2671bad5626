"""
Reads the roster: the table of people and teams that get a workbook, and makes templates of it.

In: a CSV file or a workbook, and the scheme. Out: a `Roster` with a `RosterRow` for each person, or
a `RosterError` with everything that is wrong. The table of columns is `columns.COLUMNS`: reader,
checks and templates follow it. `campaign`, `jobs` and `cli` may import this room; it imports
`spreadsheets` and `workbook`.
"""

from __future__ import annotations

from iml4e_xlsx.roster.columns import list_copies
from iml4e_xlsx.roster.mail_address import usable_address
from iml4e_xlsx.roster.roster_reader import Roster, RosterRow, read_roster
from iml4e_xlsx.roster.roster_table import MOST_ROWS
from iml4e_xlsx.roster.targets import parse_targets

__all__ = [
    "MOST_ROWS",
    "Roster",
    "RosterRow",
    "list_copies",
    "parse_targets",
    "read_roster",
    "usable_address",
]
