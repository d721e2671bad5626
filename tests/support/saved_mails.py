"""Mails for tests: made in parts, bounced, put into mailboxes, and searched for workbooks."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.source import Source, SourceFailure
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support import outlook
from tests.support.hostile import packed

BOOK = b"PK\x03\x04" + bytes(range(256)) * 40
"""Begins as a workbook does; what else is in it is not looked at here."""

BOOKS = (("a.xlsx", BOOK), ("b.xlsx", BOOK[:300]))
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


def make_mail(*files: tuple[str, bytes], sender: str = "Ann <Ann@Example.org>") -> EmailMessage:
    """Return a mail with files attached, as a mail program makes one."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, "we@example.org", "Re: Assessment"
    message["Message-ID"] = "<one@example.org>"
    message["Date"] = "Mon, 02 Mar 2026 13:00:30 +0100"
    message.set_content("Here it is.\n")
    message.add_alternative("<p>Here it is.</p>", subtype="html")
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message


def make_part(*lines: str, body: bytes = b"") -> bytes:
    """Make a part of a mail: its header lines and its body."""
    return "\r\n".join((*lines, "", "")).encode() + body


def encode_base64(content: bytes) -> bytes:
    """Encode a content in the lines that mails have."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def make_multipart(*parts: bytes, head: str = "From: a@example.org") -> bytes:
    """Return a multipart of parts that are given with their headers."""
    body = b"".join(b"\r\n--bb\r\n" + part for part in parts)
    return make_part(
        head, 'Content-Type: multipart/mixed; boundary="bb"', body=body + b"\r\n--bb--\r\n"
    )


ATTACHMENT_NAMES = [
    ('attachment; filename="plain.xlsx"', "plain.xlsx"),
    ("attachment; filename=plain.xlsx", "plain.xlsx"),
    ("attachment; filename*=utf-8''%E2%82%AC.xlsx", "€.xlsx"),
    ("attachment; filename*0*=iso-8859-1'de'R%FCck; filename*1=lauf.xlsx", "Rücklauf.xlsx"),
    ('attachment; filename="=?utf-8?B?w7xiZXIueGxzeA==?="', "über.xlsx"),
    ('attachment; filename="=?utf-8?Q?two words?= =?utf-8?Q?.xlsx?="', "two words.xlsx"),
    ('attachment; filename="über.xlsx"', "über.xlsx"),
    ('attachment; filename="a;b=c.xlsx"', "a;b=c.xlsx"),
    ('attachment; filename="../../etc/up.xlsx"', "up.xlsx"),
    ('attachment; filename="C:\\Users\\ann\\my.xlsx"', "my.xlsx"),
    ("attachment; filename*=utf-8''a%0D%0Ab%1B%E2%80%AE.xlsx", "a  b  .xlsx"),
    ("attachment; filename*=unicode_escape''a.xlsx", "a.xlsx"),
    ("attachment", "#1"),
    ('attachment; filename=""', "#1"),
]


class SearchResult:
    """What a search found: workbooks, failures, and the names of other files."""

    def __init__(
        self, search: Callable[[Finder], Iterator[Source | SourceFailure]], **options: Any
    ) -> None:
        self.other_files: list[str] = []
        items = list(search(Finder(on_other_file=self.other_files.append, **options)))
        self.sources = [item for item in items if isinstance(item, Source)]
        failures = [item for item in items if isinstance(item, SourceFailure)]
        self.failures = [(item.name, item.failure.code) for item in failures]
        self.messages = [item.failure.message for item in failures]

    @property
    def names(self) -> list[str]:
        """Return the names of the workbooks."""
        return [source.name for source in self.sources]

    @property
    def contents(self) -> list[bytes]:
        """Return the contents of the workbooks."""
        return [source.read() for source in self.sources]

    @property
    def senders(self) -> list[str]:
        """Return the senders of the workbooks that came by mail."""
        return [source.origin.sender for source in self.sources if source.origin]


def search_mail(data: bytes, **options: Any) -> SearchResult:
    """Search a mail that is called m."""
    return SearchResult(lambda finder: finder.search_message(data, "m"), **options)


def search_paths(*paths: Path, **options: Any) -> SearchResult:
    """Search files and folders."""
    return SearchResult(lambda finder: finder.find_sources(paths), **options)


DELIVERY_STATUS = """\
Reporting-MTA: dns; mx.example.org

Original-Recipient: rfc822;Ann@Example.org
Final-Recipient: rfc822; ann@inner.example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ann@inner.example.org>:
 no such user

Final-Recipient: rfc822; <bob@example.org>
Action: Delayed
Status: 4.4.1 (waiting)

Final-Recipient: rfc822; fine@example.org
Action: delivered
Status: 2.0.0
"""


def make_bounce(original: bytes, form: str = "message/rfc822") -> bytes:
    """Make the report on a mail that reached two people late or never."""
    head = 'Content-Type: multipart/report; report-type=delivery-status; boundary="rr"'
    body = b"\r\n--rr\r\n".join(
        (
            b"",
            make_part("Content-Type: text/plain", body=b"Sorry."),
            make_part("Content-Type: message/delivery-status", body=DELIVERY_STATUS.encode()),
            make_part(f"Content-Type: {form}", body=original),
        )
    )
    return make_part("From: MAILER-DAEMON@example.org", head, body=body + b"\r\n--rr--\r\n")


SEPARATOR = b"From ann@example.org Mon Mar  2 12:00:30 2026\n"


def make_mailbox(*mails: bytes) -> bytes:
    """Make the content of a mailbox in one file."""
    return b"".join(SEPARATOR + mail.replace(b"\r\n", b"\n") + b"\n" for mail in mails)


def make_seeds() -> list[bytes]:
    """Make mails of many kinds, to be damaged at random."""
    forwarded = make_mail(("a.xlsx", BOOK), ("b.zip", packed({"c.xlsx": BOOK})))
    forwarded.add_attachment(make_mail(("d.xlsx", BOOK[:300])))
    inner = outlook.message(files={"a.xlsx": BOOK})
    saved = outlook.message(sender="a@example.org", files={"Ä.xlsx": BOOK[:300]})
    saved.add_embedded_message_attachment(inner, filename="inner")
    names = make_multipart(
        *(
            make_part(f"Content-Disposition: {value}", body=BOOK[:9])
            for value, _ in ATTACHMENT_NAMES
        )
    )
    return [forwarded.as_bytes(), make_bounce(make_mail().as_bytes()), saved.to_bytes(), names]


def make_container_seeds() -> list[tuple[str, bytes]]:
    """Make mails, saved mails, mailboxes and zips of many kinds, with the suffix of each."""
    digest, mails = b"Content-Type: multipart/digest", make_seeds()
    plain, saved = [seed for seed in mails if seed[:1] != b"\xd0"], outlook.message(files=BOOKS)
    uuencoded = b"".join(binascii.b2a_uu(BOOK[at : at + 45]) for at in range(0, 900, 45))
    text = make_part("From: a@b", body=b"begin 644 a.xlsx\n" + uuencoded + b"`\nend\n")
    forwarded = make_multipart(b"\r\n" + make_mail(*BOOKS).as_bytes())
    mails += [text, forwarded.replace(b"Content-Type: multipart/mixed", digest, 1)]
    box = make_mailbox(*plain, text)
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    inner = {"a.xlsx": BOOK, "in.zip": packed({"b.xlsx": BOOK}), "c.eml": plain[0], "d.mbox": box}
    zips = [_pack(inner, method) for method in methods]
    return [
        *((".msg" if seed[:1] == b"\xd0" else ".eml", seed) for seed in mails),
        *((".zip", seed) for seed in zips),
        *((".mbox", seed) for seed in (box, box.replace(SEPARATOR, b"From \n"))),
        (".msg", saved.to_bytes()),
        (".eml", make_mail(*((f"{n}.zip", seed) for n, seed in enumerate(zips))).as_bytes()),
    ]


def _pack(files: dict[str, bytes], method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def read_paths(*paths: Path) -> list[str]:
    """Search paths and read what is in them; fail if it raises anything but a refusal."""
    result = search_paths(*paths)
    assert all(code != "defect" for _, code in result.failures), result.messages
    for source in result.sources:
        with contextlib.suppress(FileRefusal):
            assert isinstance(source.read(), bytes)
    return result.names


def read_everything(data: bytes) -> None:
    """Search a mail and read what is in it; fail if it raises anything but a refusal."""
    result = search_mail(data)
    assert all(code != "defect" for _, code in result.failures), result.messages
    for source in result.sources:
        with contextlib.suppress(FileRefusal):
            assert isinstance(source.read(), bytes)
