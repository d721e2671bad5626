"""A whole round with 200 people, by seven commands, through a real mail server and mailboxes."""

from __future__ import annotations

import csv
import json
import re
import smtplib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import rated_copy, typed
from tests.support.campaigns import all_rated, change_settings, run
from tests.support.office import Cell, Office, Value
from tests.support.returning import mail
from tests.support.servers.common import wait_until
from tests.support.servers.mailhost import MailHost

FACILITATOR: Final = "round.facilitator@example.org"
PEOPLE: Final = 200
LATE, REFUSED = 198, 199
NEVER: Final = range(15)
AFTER_REMINDER: Final = range(15, 55)
BROKEN, RENAMED, TWICE, ELSEWHERE = 60, 61, 62, 63
INCOMPLETE: Final = range(70, 76)
BY_OFFICE: Final = {80: "xlsx", 81: "xlsx", 82: "ods"}


def address(number: int) -> str:
    domain = {LATE: "late.example.org", REFUSED: "bounce.example.org"}.get(number, "example.org")
    return f"person{number:03}@{domain}"


def stage(number: int) -> str:
    """Return where the script leaves a person."""
    if number in (LATE, REFUSED):
        return "mail_failed"
    if number in NEVER:
        return "missing"
    if number == BROKEN:
        return "problems"
    return "incomplete" if number in INCOMPLETE else "complete"


def answers_at_first(number: int) -> bool:
    return number not in (LATE, REFUSED, *NEVER, *AFTER_REMINDER)


@dataclass
class People:
    """The respondents: each takes the workbook out of the mailbox, fills it in, sends it back."""

    host: MailHost
    office: Office
    scheme: Scheme
    folder: Path
    sent: list[str] = field(default_factory=list)

    def workbook_of(self, number: int) -> tuple[str, bytes]:
        """Return name and content of what is attached to the first mail to a person."""
        message = message_from_bytes(self.host.messages(address(number))[0], policy=policy.default)
        assert isinstance(message, EmailMessage)
        (attached,) = message.iter_attachments()
        return str(attached.get_filename()), attached.get_content()

    def answer(self, smtp: smtplib.SMTP, number: int) -> None:
        """Send back what the person makes of the workbook."""
        name, blank = self.workbook_of(number)
        ratings = all_rated(self.scheme, number % 4)
        if number in INCOMPLETE:
            ratings = dict([*ratings.items()][:20])
        if number == TWICE:  # before the whole one is saved: of two versions the later counts
            half = self._by_openpyxl(number, blank, dict([*ratings.items()][:10]))
            self._send(smtp, number, name, half)
        if number in BY_OFFICE:
            name, data = self._by_office(number, blank)
        elif number in (BROKEN, RENAMED, TWICE, ELSEWHERE) or number % 10 == 0:
            data = self._by_openpyxl(number, blank, ratings)
        else:
            data = rated_copy(self.scheme, blank, ratings)
        if number == BROKEN:
            data = data[: len(data) // 2]
        if number == RENAMED:
            name = "My answers (final) 2.xlsx"
        self._send(smtp, number, name, data)

    def _by_openpyxl(self, number: int, blank: bytes, ratings: Mapping[str, Any]) -> bytes:
        path = self.folder / f"{number}.xlsx"
        path.write_bytes(blank)
        return typed(self.scheme, path, ratings).read_bytes()

    def _by_office(self, number: int, blank: bytes) -> tuple[str, bytes]:
        """Fill in with LibreOffice and save; its list has words, its cells take numbers."""
        source = self.folder / f"{number}.xlsx"
        source.write_bytes(blank)
        layout, form = layout_of(self.scheme), BY_OFFICE[number]
        cells: dict[Cell, Value] = {}
        for statement in self.scheme.statements:
            place = layout.area_sheet_of(statement).rating_cell(statement)
            cells[place.sheet, place.a1] = number % 4
        target = self.folder / f"{number}-saved.{form}"
        self.office.edit(source, cells, targets={form: target})
        return target.name, target.read_bytes()

    def _send(self, smtp: smtplib.SMTP, number: int, name: str, data: bytes) -> None:
        sender = "private@example.org" if number == ELSEWHERE else address(number)
        message_id = f"<{len(self.sent)}-{sender}>"
        answer = mail((name, data), sender=sender, to=FACILITATOR, message_id=message_id, at=None)
        smtp.send_message(answer)
        self.sent.append(message_id)

    @contextmanager
    def connected(self) -> Iterator[smtplib.SMTP]:
        with smtplib.SMTP(self.host.host, self.host.submission_port, timeout=120) as smtp:
            smtp.starttls(context=self.host.certificates.client_context())
            smtp.login(address(0), self.host.password)
            yield smtp

    def answer_all(self, numbers: list[int]) -> None:
        """Answer, and wait until everything has arrived at the facilitator."""
        before = self.host.count(FACILITATOR)
        sent = len(self.sent)
        with self.connected() as smtp:
            for number in numbers:
                self.answer(smtp, number)
        wanted = before + len(self.sent) - sent
        wait_until(lambda: self.host.count(FACILITATOR) >= wanted, 300, self.host.log)


def arrived(host: MailHost, numbers: Sequence[int], count: int) -> None:
    """Wait until so many mails lie in the mailbox of each of these people."""
    wait_until(lambda: all(host.count(address(n)) >= count for n in numbers), 300, host.log)


def write_roster(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["name", "mail", "organisation", "team", "role"])
        for number in range(PEOPLE):
            team = f"Team {number % 8}"
            table.writerow([f"Person {number:03}", address(number), "Org", team, "engineer"])


@pytest.fixture
def folder(mail_host: MailHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a campaign's folder after `init`, with roster and settings as a facilitator's."""
    for name in ("SMTP", "IMAP"):
        monkeypatch.setenv(f"IML4E_{name}_PASSWORD", mail_host.password)
    path = tmp_path / "round"
    run("campaign", "init", path, "--name", "Autumn Round")
    write_roster(path / "roster.csv")
    change_settings(
        path,
        **{
            "sender.name": "Fay Facilitator",
            "sender.mail": FACILITATOR,
            "reminders.interval_days": 0,
            "smtp.host": mail_host.host,
            "smtp.port": mail_host.submission_port,
            "smtp.ca_file": str(mail_host.certificates.authority),
            "imap.host": mail_host.host,
            "imap.port": mail_host.imaps_port,
            "imap.ca_file": str(mail_host.certificates.authority),
        },
    )
    return path


def status_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("campaign", "status", folder, "--format", "json").stdout)
    return found


def test_a_round_of_two_hundred(
    mail_host: MailHost, office: Office, official: Scheme, folder: Path, tmp_path: Path
) -> None:
    """Everybody gets a mail, most answer, and the status accounts for every one of them."""
    people = People(mail_host, office, official, tmp_path)
    run("campaign", "build", folder)
    said = run("campaign", "send", "--smtp", folder, code=1).output
    assert f"Sent: {PEOPLE - 1}. Refused: 1." in said
    mail_host.wait_for(FACILITATOR, 1)  # the report that a mail did not arrive
    arrived(mail_host, [n for n in range(PEOPLE) if n not in (LATE, REFUSED)], 1)

    people.answer_all([number for number in range(PEOPLE) if answers_at_first(number)])
    said = run("campaign", "collect", "--imap", "-C", folder, code=1).output
    assert "Mails that came back as undeliverable: 1." in said
    run("campaign", "remind", "--smtp", folder)
    reminded = [*NEVER, *AFTER_REMINDER]
    arrived(mail_host, reminded, 2)
    assert [n for n in range(PEOPLE) if mail_host.count(address(n)) == 2] == reminded

    people.answer_all([*AFTER_REMINDER])
    run("campaign", "collect", "--imap", "-C", folder)
    found = status_of(folder)
    stages = {one["mail"]: one["stage"] for one in found["persons"]}
    assert stages == {address(number): stage(number) for number in range(PEOPLE)}
    counts = Counter(stages.values())
    assert found["counts"] == {name: counts[name] for name in found["counts"]}
    assert sum(found["counts"].values()) == found["people"] == PEOPLE
    returned = PEOPLE - len(NEVER) - 3  # late, refused, and one that cannot be read
    assert found["returned"] == returned
    assert found["aside"] == []
    by_mail = {one["mail"]: one for one in found["persons"]}
    assert by_mail[address(TWICE)]["earlier"] == 1
    assert by_mail[address(ELSEWHERE)]["matched"] == "workbook"
    assert by_mail[address(82)]["source"] == "82-saved.ods"
    assert by_mail[address(RENAMED)]["source"] == "My answers (final) 2.xlsx"
    assert "The mailbox was closed" in by_mail[address(LATE)]["mails"][0]["words"]
    assert "No such mailbox" in by_mail[address(REFUSED)]["mails"][0]["words"]
    run("campaign", "report", folder, "-o", tmp_path / "report.html")
    page = re.sub(r"<[^>]+>", "", (tmp_path / "report.html").read_text(encoding="utf-8"))
    page = page.replace("\u00a0", " ")
    assert f"{returned} of {PEOPLE}" in page
