"""The people who were asked: each takes the workbook out of a mail, and does with it as they do."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import openpyxl

from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import rated_copy, typed
from tests.support.hostile import packed, parts_of
from tests.support.mailing import parsed
from tests.support.moving_clock import MovingClock
from tests.support.office import Cell, Office, Value
from tests.support.returning import SHEET
from tests.support.two_rounds.expectation import Expectation, find_person

_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_KEYWORDS = re.compile(rb"<cp:keywords>[^<]*/([^</]+)</cp:keywords>")
_message_numbers = itertools.count(1)


@dataclass(kw_only=True)
class Respondents:
    """
    The respondents of a round, and those around them.

    `inbox_of` returns the mails that an address has got, oldest first; `sent` are the workbooks
    that each has filled in. `last_round` are the respondents of the previous round.
    """

    facilitator: str
    people: Sequence[Expectation]
    inbox_of: Callable[[str], Sequence[bytes]]
    scheme: Scheme
    office: Office
    clock: MovingClock
    folder: Path
    sent: dict[str, list[bytes]] = field(default_factory=dict)
    last_round: Respondents | None = None

    def invitation_of(self, mail: str) -> EmailMessage:
        """Return the newest mail to a person that brought a workbook to fill in."""
        messages = [parsed(one) for one in self.inbox_of(mail)]
        return next(one for one in reversed(messages) if attached_workbook(one) is not None)

    def blank_of(self, mail: str) -> tuple[str, bytes]:
        """Return name and content of the workbook that a person has got."""
        attached = attached_workbook(self.invitation_of(mail))
        assert attached is not None
        return str(attached.get_filename()), attached.get_content()

    def fill(
        self, person: Expectation, ratings: Mapping[str, RatingValue] | None = None
    ) -> tuple[str, bytes]:
        """Fill in a person's workbook; return its name and content."""
        return self.fill_blank(person, *self.blank_of(person.mail), ratings)

    def fill_blank(
        self,
        person: Expectation,
        name: str,
        blank: bytes,
        ratings: Mapping[str, RatingValue] | None = None,
    ) -> tuple[str, bytes]:
        """Fill in a workbook, with the next answer of a person unless told."""
        done = self.sent.setdefault(person.mail, [])
        given = person.ratings(self.scheme, len(done) + 1) if ratings is None else ratings
        done.append(saved_at(self.clock.time, rated_copy(self.scheme, blank, given)))
        return name, done[-1]

    def fill_with_own_name(self, person: Expectation, of: str) -> tuple[str, bytes]:
        """Fill in somebody else's workbook, and write one's own name into it."""
        name, blank = self.blank_of(of)
        path = self.folder / "own-name.xlsx"
        path.write_bytes(blank)
        typed(self.scheme, path, person.ratings(self.scheme))
        book = openpyxl.load_workbook(path)
        cell = layout_of(self.scheme).cover.profile_cell("respondent")
        book[cell.sheet][cell.a1] = person.name
        book.save(path)
        return name, saved_at(self.clock.time, path.read_bytes())

    def fill_by_office(self, person: Expectation, form: str) -> tuple[str, bytes]:
        """Fill in and save with LibreOffice."""
        source, target = self.folder / "issued.xlsx", self.folder / f"saved.{form}"
        source.write_bytes(self.blank_of(person.mail)[1])
        layout = layout_of(self.scheme)
        cells: dict[Cell, Value] = {}
        for statement, rating in person.ratings(self.scheme).items():
            place = layout.area_sheet_of(statement).rating_cell(statement)
            cells[place.sheet, place.a1] = rating
        self.office.edit(source, cells, targets={form: target})
        return target.name, target.read_bytes()

    def person(self, mail: str) -> Expectation:
        """Return the person with an address."""
        return find_person(self.people, mail)

    def write(
        self,
        sender: str,
        *files: tuple[str, bytes],
        to_mail_of: str = "",
        subject: str = "",
        text: str = "Mit freundlichen Grüßen\n",
        at: datetime | None = None,
        **header: str,
    ) -> EmailMessage:
        """
        Write a mail to the facilitator.

        Args:
            sender: What stands under From.
            files: Names and contents of what is attached.
            to_mail_of: The address of the person whose invitation it answers; "" for none.
            subject: The subject, if it is another than that of the invitation.
            text: The text.
            at: The date, if it is another than now.
            header: More of the header; _ stands for -.
        """
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"] = sender, self.facilitator
        if to_mail_of:
            invitation = self.invitation_of(to_mail_of)
            subject = subject or f"AW: {invitation['Subject']}"
            made["In-Reply-To"] = made["References"] = str(invitation["Message-ID"])
        made["Subject"] = subject
        made["Message-ID"] = f"<{next(_message_numbers)}.two-rounds@example.org>"
        made["Date"] = format_datetime(at or self.clock.time)
        for name, value in header.items():
            made[name.replace("_", "-")] = value
        made.set_content(text)
        for name, content in files:
            attach(made, name, content)
        return made

    def reply(self, person: Expectation, *files: tuple[str, bytes], **mail: Any) -> EmailMessage:
        """Write the mail by which a person answers the invitation."""
        return self.write(f"{person.name} <{person.mail}>", *files, to_mail_of=person.mail, **mail)


def attached_workbook(message: EmailMessage) -> EmailMessage | None:
    """Return the workbook that is attached to a mail, if there is one."""
    for part in message.iter_attachments():
        if str(part.get_filename()).endswith(".xlsx") and isinstance(part, EmailMessage):
            return part
    return None


def attach(message: EmailMessage, name: str, content: bytes) -> None:
    """Attach a file, with the type that mail programs give it."""
    types = {
        ".xlsx": SHEET,
        ".zip": "application/zip",
        ".dat": "application/ms-tnef",
        ".jpg": "image/jpeg",
        ".pdf": "application/pdf",
    }
    kind = types.get(Path(name).suffix, "application/octet-stream")
    maintype, subtype = kind.split("/")
    message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)


def saved_at(moment: datetime, data: bytes) -> bytes:
    """Return a workbook that says of itself that it was saved at a time."""
    parts = parts_of(data)
    text = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    parts[_CORE] = _MODIFIED.sub(rb"\g<1>" + text, parts[_CORE])
    return packed(parts)


def drop_id(data: bytes) -> bytes:
    """Return a workbook without its id, which stands on each sheet and in its properties."""
    parts = parts_of(data)
    found = _KEYWORDS.search(parts[_CORE])
    assert found is not None
    id_ = found[1]
    return packed(
        {name: part.replace(b"/" + id_, b"").replace(id_, b"") for name, part in parts.items()}
    )
