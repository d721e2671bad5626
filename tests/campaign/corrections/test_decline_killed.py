"""A decline that is killed at any moment: it is recorded whole or not at all, and once."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind, open_letters, save_letter
from iml4e_xlsx.campaign.record.schema import events
from tests.support.campaigns import NOW, built_campaign, rows
from tests.support.forking import ENDS, KILLED, Forks, RandomKills
from tests.support.noting import note_mail
from tests.support.returning import standing_of

KILLS = 50
PEOPLE = rows(10)

_KILL = f"""{ENDS}
from iml4e_xlsx.campaign.corrections import decline
"""
STEPS = {
    "before the letters are handled": "decline.mark_handled = ends(decline.mark_handled, before=1)",
    "after the letters are handled": "decline.mark_handled = ends(decline.mark_handled)",
    "after the decline is written": "decline.save_decline = ends(decline.save_decline)",
    "after the commit": "decline.DeclineOutcome = ends(decline.DeclineOutcome, before=1)",
}


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Yield what starts commands."""
    with Forks(tmp_path_factory.mktemp("forks")) as one:
        yield one


def prepare(record: Record) -> None:
    """Let everybody be invited and write one letter."""
    with record.begin(NOW) as tx:
        for number, person in enumerate(people.all_people(tx)):
            note_mail(tx, person)
            letter = Letter(
                key=f"{number:08x}" * 8,
                message_id=f"<{number}@x>",
                person=person.id,
                kind=LetterKind.REPLY,
                sender=person.mail,
                subject="No",
                received=NOW,
            )
            save_letter(tx, letter)


def check(record: Record, mail: str, *, is_done: bool) -> None:
    """See that stage, letters and history of a person say the same."""
    participant = standing_of(record, mail)
    has_declined = participant.stage is Stage.DECLINED
    with record.begin(NOW) as tx:
        waiting = [letter.sender for letter in open_letters(tx)]
        written = tx.connection.scalar(
            sa.select(sa.func.count())
            .select_from(events)
            .where(events.c.kind == "declined", events.c.person == participant.person.id)
        )
        if tx.connection.dialect.name == "sqlite":
            assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert (mail not in waiting) == has_declined
    assert written == has_declined
    assert has_declined or not is_done


def test_killed_at_random(forks: Forks, tmp_path: Path, database: str) -> None:
    """Fifty times: what the next run finds is whole, and it says once that somebody declined."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - where it fails, this says how to repeat it
    with built_campaign(tmp_path, PEOPLE, database=database, roster="roster.csv") as both:
        campaign, record = both
        prepare(record)
        first, *others = (row.mail for row in PEOPLE)
        where = ("-C", campaign.folder, "--database", database)
        began = time.monotonic()
        assert forks.run("campaign", "decline", first, *where)[0] == 0
        kills = RandomKills(forks, seed, time.monotonic() - began)
        check(record, first, is_done=True)
        for turn in range(KILLS):
            mail = others[turn % len(others)]
            code, said = kills.run("campaign", "decline", mail, *where)
            assert "Traceback" not in said
            check(record, mail, is_done=code == 0)
            if standing_of(record, mail).stage is Stage.DECLINED:
                with record.begin(NOW) as tx:  # so that there is something to kill next time
                    tx.connection.exec_driver_sql("DELETE FROM events")
                    tx.connection.exec_driver_sql("UPDATE people SET declined = NULL")
                    tx.connection.exec_driver_sql("UPDATE letters SET handled = NULL")
                shutil.rmtree(campaign.folder / "copies", ignore_errors=True)  # else it is older
        for mail in others:
            assert forks.run("campaign", "decline", mail, *where)[0] == 0
            check(record, mail, is_done=True)
    assert kills.count > KILLS // 2, "the kills came too late"


def test_killed_at_each_step(forks: Forks, tmp_path: Path, database: str) -> None:
    """Within the transaction nothing is recorded, after it all is; the next run does the rest."""
    with built_campaign(tmp_path, PEOPLE, database=database, roster="roster.csv") as both:
        campaign, record = both
        prepare(record)
        for row, (step, patch) in zip(PEOPLE, STEPS.items(), strict=False):
            command = ("campaign", "decline", row.mail, "-C", campaign.folder)
            code, said = forks.run(*command, "--database", database, before=f"{_KILL}\n{patch}")
            assert code == KILLED, said
            has_declined = standing_of(record, row.mail).stage is Stage.DECLINED
            assert has_declined == (step == "after the commit"), step
            check(record, row.mail, is_done=has_declined)
            assert forks.run(*command, "--database", database)[0] == 0
            check(record, row.mail, is_done=True)
