"""Taking in what came back against doing without a record: reading it, or looking by hand."""

from __future__ import annotations

import io
import mailbox
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from benchmarks.measure import cpu_seconds, report, rounds
from benchmarks.samples import CREATED, filled
from iml4e_xlsx.campaign.collect.collect import collect
from iml4e_xlsx.campaign.folder.campaign import Campaign, init_campaign
from iml4e_xlsx.campaign.record import campaigns, people
from iml4e_xlsx.campaign.record.connection import Record, sqlite_url
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Profile
from iml4e_xlsx.roster import RosterRow
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.builder import build_workbook

WORKBOOKS, MAILS, RETURNS = 1_000, 10_000, 50
_ID = "AAAAAAAAAA"


@dataclass
class _Bench:
    """A campaign of 1,000 people, and what they return."""

    folder: Path
    campaign: Campaign
    ids: Sequence[str]

    @classmethod
    def made(cls, folder: Path) -> _Bench:
        now = datetime.now(UTC)
        campaign = init_campaign(folder / "campaign", name="Bench", created=now)
        with closing(cls._opened(campaign, folder / "people.sqlite")) as record:
            return cls(folder, campaign, cls._people(campaign, record))

    @staticmethod
    def _opened(campaign: Campaign, path: Path) -> Record:
        return Record(sqlite_url(path), campaign.settings.id)

    @staticmethod
    def _people(campaign: Campaign, record: Record) -> list[str]:
        given = [
            RosterRow(
                profile=Profile(respondent=f"Person {number}"),
                targets={},
                file_name="",
                row=number,
                mail=f"p{number}@example.org",
                address=f"p{number}@example.org",
                extra={},
            )
            for number in range(WORKBOOKS)
        ]
        with record.begin(datetime.now(UTC)) as tx:
            scheme = campaign.load_scheme()
            campaigns.ensure_campaign(tx, "Bench", scheme.id, scheme.version)
            return [one.workbook_id for one in people.save_roster(tx, given, "")]

    def fresh(self) -> Record:
        """Return a record that knows the people and nothing that came back."""
        path = self.folder / f"{time.monotonic_ns()}.sqlite"
        path.write_bytes((self.folder / "people.sqlite").read_bytes())
        return self._opened(self.campaign, path)

    def collected(self, path: Path) -> int:
        """Collect from a path into a fresh record; return how much there was."""
        with closing(self.fresh()) as record:
            for kept in (self.campaign.returned, self.campaign.aside):
                for file in kept.glob("*"):
                    file.unlink()
            return len(collect(self.campaign, record, [path]).files)


def _workbooks(ids: Sequence[str]) -> Iterator[bytes]:
    """Yield a filled workbook for each id: one that was built, with another id in it."""
    scheme = load_scheme()
    data = build_workbook(scheme, created=CREATED, response=filled(scheme), identity=_ID)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    for identity in ids:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in parts:
                archive.writestr(name, content.replace(_ID.encode(), identity.encode()))
        yield made.getvalue()


def _mail(number: int, files: Sequence[tuple[str, bytes]]) -> EmailMessage:
    made = EmailMessage()
    made["From"] = f"p{number}@example.org"
    made["Message-ID"] = f"<{number}@example.org>"
    made["Date"] = datetime.now(UTC)
    made.set_content("Here is something to read.\n" * 40)
    made.add_alternative("<p>Here is something to read.</p>\n" * 80, subtype="html")
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made


def _timed(job: Callable[[], int], wanted: int) -> Callable[[], float]:
    def run() -> float:
        start = cpu_seconds()
        assert job() == wanted
        return cpu_seconds() - start

    return run


def _folder(bench: _Bench) -> None:
    folder = bench.folder / "returned"
    folder.mkdir()
    for number, data in enumerate(_workbooks(bench.ids)):
        (folder / f"{number:04}.xlsx").write_bytes(data)
    schemes = bench.campaign.known_schemes()

    def assess() -> int:
        return sum(1 for _ in assess_workbooks(find_workbooks([folder]), schemes=schemes))

    taken = rounds(
        {
            "assess_workbooks alone: nothing kept, nobody known": _timed(assess, WORKBOOKS),
            "collect: known by id, original kept, recorded": _timed(
                lambda: bench.collected(folder), WORKBOOKS
            ),
        },
        count=2,
    )
    report(
        f"Collecting {WORKBOOKS} workbooks from a folder (CPU time; wanted: 0.5 x)",
        taken,
        next(iter(taken)),
    )


def _mbox(bench: _Bench) -> None:
    path = bench.folder / "inbox.mbox"
    paper = ("paper.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 80)
    step = MAILS // RETURNS
    answers = iter(_workbooks(bench.ids[:RETURNS]))
    with closing(mailbox.mbox(path)) as box:
        for number in range(MAILS):
            files = [paper] if number % 5 == 0 else []
            if number % step == 1:
                files = [("answer.xlsx", next(answers))]
            box.add(_mail(number, files))

    def by_hand() -> int:
        found = 0
        with closing(mailbox.mbox(path)) as box:
            for message in box:
                for part in message.walk():
                    if (part.get_filename() or "").endswith(".xlsx"):
                        found += len(part.get_payload(decode=True)) > 0
        return found

    taken = rounds(
        {
            "mailbox.mbox and email: attachments found, none read": _timed(by_hand, RETURNS),
            "collect: found, read, kept, recorded": _timed(lambda: bench.collected(path), RETURNS),
        },
        count=1,
    )
    report(
        f"{RETURNS} answers among {MAILS} mails (CPU time; wanted: 2 x)", taken, next(iter(taken))
    )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench.made(Path(folder))
        _folder(bench)
        _mbox(bench)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of this process {peak:.0f} MB")
