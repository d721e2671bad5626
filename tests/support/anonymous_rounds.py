"""Anonymous rounds for tests: twelve people in teams of three, four and five, and their mails."""

from __future__ import annotations

from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import DAY, NOW, Row, rows
from tests.support.closing import ratings_of
from tests.support.collecting import eml
from tests.support.returning import filled_of

TEAMS = ("Red",) * 5 + ("Green",) * 4 + ("Blue",) * 3
PEOPLE = [
    Row(name=f"{row.name} Quisling", mail=row.mail, team=team)
    for row, team in zip(rows(12), TEAMS, strict=True)
]
EVIDENCE = "quixotic quotation"
SILENT = PEOPLE[8]


def write_answers(campaign: Campaign, record: Record, folder: Path) -> Path:
    """Write the mails of eleven people, two of one of them; of the two the later one counts."""
    folder.mkdir(exist_ok=True)
    for number, row in enumerate(PEOPLE):
        if row is SILENT:
            continue
        data = filled_of(campaign, record, row.mail, ratings_of(number * 7 + 1), note=EVIDENCE)
        eml(folder / f"{number:02}.eml", ("a.xlsx", data), sender=row.mail,
            message_id=f"<{number}@quarry>", at=NOW + DAY)  # fmt: skip
    first = filled_of(campaign, record, PEOPLE[0].mail, 0)
    eml(folder / "early.eml", ("a.xlsx", first), sender=PEOPLE[0].mail, message_id="<e@quarry>")
    return folder
