"""Measures `collect` against doing without a record: reading alone, or looking by hand."""

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

from benchmarks.measure import cpu_seconds, print_report, run_rounds
from benchmarks.samples import CREATED, fill_response
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
    def prepare(cls, folder: Path) -> _Bench:
        now = datetime.now(UTC)
        campaign = init_campaign(folder / "campaign", name="Bench", created=now)
        with closing(cls._open_record(campaign, folder / "people.sqlite")) as record:
            return cls(folder, campaign, cls._save_people(campaign, record))

    @staticmethod
    def _open_record(campaign: Campaign, path: Path) -> Record:
        return Record(sqlite_url(path), campaign.settings.id)

    @staticmethod
    def _save_people(campaign: Campaign, record: Record) -> list[str]:
        rows = [
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
            return [person.workbook_id for person in people.save_roster(tx, rows, "")]

    def copy_record(self) -> Record:
        """Return a record that has the people and no returned file."""
        path = self.folder / f"{time.monotonic_ns()}.sqlite"
        path.write_bytes((self.folder / "people.sqlite").read_bytes())
        return self._open_record(self.campaign, path)

    def collect_from(self, path: Path) -> int:
        """Collect from a path into a fresh record; return the number of files."""
        with closing(self.copy_record()) as record:
            for folder in (self.campaign.returned, self.campaign.aside):
                for file in folder.glob("*"):
                    file.unlink()
            return len(collect(self.campaign, record, [path]).files)


def _make_workbooks(ids: Sequence[str]) -> Iterator[bytes]:
    """Yield a filled workbook for each id: the bytes of one build with another id."""
    scheme = load_scheme()
    data = build_workbook(scheme, created=CREATED, response=fill_response(scheme), identity=_ID)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    for identity in ids:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in parts:
                archive.writestr(name, content.replace(_ID.encode(), identity.encode()))
        yield buffer.getvalue()


def _make_mail(number: int, files: Sequence[tuple[str, bytes]]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"p{number}@example.org"
    mail["Message-ID"] = f"<{number}@example.org>"
    mail["Date"] = datetime.now(UTC)
    mail.set_content("Here is something to read.\n" * 40)
    mail.add_alternative("<p>Here is something to read.</p>\n" * 80, subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def _time_count(job: Callable[[], int], expected: int) -> Callable[[], float]:
    def run() -> float:
        start = cpu_seconds()
        assert job() == expected
        return cpu_seconds() - start

    return run


def _measure_folder(bench: _Bench) -> None:
    folder = bench.folder / "returned"
    folder.mkdir()
    for number, data in enumerate(_make_workbooks(bench.ids)):
        (folder / f"{number:04}.xlsx").write_bytes(data)
    schemes = bench.campaign.known_schemes()

    def assess() -> int:
        return sum(1 for _ in assess_workbooks(find_workbooks([folder]), schemes=schemes))

    taken = run_rounds(
        {
            "assess_workbooks alone: nothing kept, nobody known": _time_count(assess, WORKBOOKS),
            "collect: known by id, original kept, recorded": _time_count(
                lambda: bench.collect_from(folder), WORKBOOKS
            ),
        },
        count=2,
    )
    print_report(
        f"Collecting {WORKBOOKS} workbooks from a folder (CPU time; wanted: 0.5 x)",
        taken,
        next(iter(taken)),
    )


def _measure_mbox(bench: _Bench) -> None:
    path = bench.folder / "inbox.mbox"
    paper = ("paper.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 80)
    step = MAILS // RETURNS
    answers = iter(_make_workbooks(bench.ids[:RETURNS]))
    with closing(mailbox.mbox(path)) as box:
        for number in range(MAILS):
            files = [paper] if number % 5 == 0 else []
            if number % step == 1:
                files = [("answer.xlsx", next(answers))]
            box.add(_make_mail(number, files))

    def search_mailbox() -> int:
        count = 0
        with closing(mailbox.mbox(path)) as box:
            for message in box:
                for part in message.walk():
                    if (part.get_filename() or "").endswith(".xlsx"):
                        count += len(part.get_payload(decode=True)) > 0
        return count

    taken = run_rounds(
        {
            "mailbox.mbox and email: attachments found, none read": _time_count(
                search_mailbox, RETURNS
            ),
            "collect: found, read, kept, recorded": _time_count(
                lambda: bench.collect_from(path), RETURNS
            ),
        },
        count=1,
    )
    print_report(
        f"{RETURNS} answers among {MAILS} mails (CPU time; wanted: 2 x)", taken, next(iter(taken))
    )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench.prepare(Path(folder))
        _measure_folder(bench)
        _measure_mbox(bench)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of this process {peak:.0f} MB")
