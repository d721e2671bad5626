"""Holds what the tests of the record share."""

from __future__ import annotations

import subprocess
import sys

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from iml4e_xlsx.campaign.record import campaigns, people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.model import Profile
from iml4e_xlsx.roster import RosterRow
from tests.support.campaigns import NOW, ROOT

OPEN = (
    "import sys\n"
    "from iml4e_xlsx.campaign.record.connection import Record\n"
    "sys.stdin.readline()\n"
    "Record(sys.argv[1], sys.argv[2]).close()\n"
)
"""Opens a record as soon as it is told to."""


def rows_of(*names: str) -> list[RosterRow]:
    return [
        RosterRow(
            profile=Profile(respondent=name, team="Red"),
            targets={"AA": 2},
            file_name=f"{name}.xlsx",
            row=number,
            mail=f"{name}@example.org",
            address=f"{name}@example.org",
            extra={"Büro": "3"},
        )
        for number, name in enumerate(names, start=2)
    ]


def filled(record: Record, *names: str) -> None:
    with record.begin(NOW) as tx:
        campaigns.ensure_campaign(tx, "Round", "small", "1.0.0")
        people.save_roster(tx, rows_of(*names), "digest")


def tables_of(url: str) -> dict[str, int]:
    engine = sa.create_engine(make_url(url))
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        counts = {
            name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}"))  # noqa: S608
            for name in names
        }
    engine.dispose()
    return counts


def open_at_once(database: str, campaign: str, count: int) -> None:
    """Let several processes open a record at the same time; each has to succeed."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, database, campaign],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=300)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * count, errors
