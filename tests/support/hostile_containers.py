"""Zips, mailboxes and mails made to harm by what lies in them together, not by any one file."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Final

from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.hostile_cases import CASES
from tests.support.returning import mail
from tests.support.saved_mails import make_part
from tests.support.spoiled import BRACKETS

ROOM: Final = 19 << 20
"""Nearly as much as a single file may have."""

FAKE: Final = b"PK\x03\x04" + bytes(26)
"""Begins as a zip does, and is none."""


def deflated(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip, packed as well as its method allows."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def repeated_zip(files: int, content: bytes) -> bytes:
    """Return a zip of the same file under many names, which is packed only once."""
    packed_once = deflated({"0.xlsx": content})
    end = packed_once.rfind(b"PK\x05\x06")
    directory_at = struct.unpack_from("<I", packed_once, end + 16)[0]
    entry = packed_once[directory_at:end]
    length = 30 + 6 + struct.unpack_from("<I", entry, 20)[0]
    members, directory = bytearray(), bytearray()
    for number in range(files):
        name = f"{number:06}".encode()
        at = len(members)
        members += packed_once[:30].replace(b"\x06\x00\x00\x00", b"\x06\x00\x00\x00") + name
        members += packed_once[36:length]
        directory += entry[:42] + struct.pack("<I", at) + name
    return bytes(members + directory) + struct.pack(
        "<4s4H2IH",
        *(b"PK\x05\x06", 0, 0, files & 0xFFFF, files & 0xFFFF, len(directory), len(members), 0),
    )


def amplifier(outer: int, inner: int) -> bytes:
    """Return a zip of zips, each of which inflates to much and to many files."""
    content = deflated({f"{number}.xlsx": bytes(ROOM) for number in range(inner)})
    return deflated({f"{number}.zip": content for number in range(outer)})


def stored_amplifier(outer: int) -> bytes:
    """Return a zip of zips that are large themselves, for all that they hold are small files."""
    filler = deflated({"a.xlsx": FAKE, "filler.bin": bytes(ROOM)}, zipfile.ZIP_STORED)
    return deflated({f"{number}.zip": filler for number in range(outer)})


def directory_only(entries: int, *, in_zip64: bool = False) -> bytes:
    """Return a zip that is all directory."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *[0] * 16)[:46]
    directory = entry * entries
    end = b""
    if in_zip64:
        end = struct.pack(
            "<4sQ2H2I4Q",
            *(b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(directory), 4),
        ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, 4 + len(directory), 1)
    few = 0xFFFF if in_zip64 else min(entries, 0xFFFF)
    size = 0xFFFFFFFF if in_zip64 else len(directory)
    end += struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, few, few, size, 4, 0)
    return b"PK\x03\x04" + directory + end


def tiny_mails(count: int) -> bytes:
    """Return a mailbox of mails that say nothing."""
    return b"From \nFrom: a@b\nSubject: x\n\nx\n" * count


def mail_of_mails(count: int) -> bytes:
    """Return a mail with so many others attached, in which there is a workbook each."""
    made = EmailMessage()
    made["From"] = "a@example.org"
    made.set_content("See below.")
    for number in range(count):
        made.add_attachment(mail((f"{number}.xlsx", FAKE), message_id=f"<{number}@example.org>"))
    return made.as_bytes()


def slow_books(count: int) -> dict[str, bytes]:
    """Return workbooks that each take all the time or memory that a file may take."""
    make, _ = CASES["wide.ods"]
    return {f"{number:02}.ods": make(b"") + bytes(number) for number in range(count)}


def slow_answers(count: int, name: str) -> dict[str, bytes]:
    """Return workbooks that are read, each in a great part of the time that a file may take."""
    make, _ = CASES[name]
    scheme = load_scheme("iml4e-mlops")
    made = make(build_workbook(scheme, created=datetime(2026, 3, 1, tzinfo=UTC)))
    return {f"{number:02}.xlsx": made + bytes(number) for number in range(count)}


def header_bomb(name: str, value: bytes) -> bytes:
    """Return a mail with a field that takes a parser long, and a file attached."""
    made = mail(("x.xlsx", FAKE), sender="a@example.org").as_bytes()
    return name.encode() + b": " + value + b"\r\n" + made


def header_bombs() -> dict[str, bytes]:
    """Return mails whose headers take a parser long, by their names."""
    return {
        f"{field.lower()}-of-{name}": header_bomb(field, value)
        for field in FIELDS
        for name, value in BOMBS.items()
    }


WORDS: Final = b"=?utf-8?q?" + b"=41" * 20 + b"?= "
FIELDS: Final = ("From", "To", "Subject", "Date", "Message-ID", "Received", "Content-Type")
BOMBS: Final = {
    "brackets": BRACKETS.encode() * 100,
    "words": WORDS * 10_000,
    "open-words": b"=?utf-8?b?" * 100_000,
    "angles": b"<" * 1_000_000,
    "folds": b"a\r\n " * 200_000,
    "quotes": b'"\\' * 500_000,
    "routes": b"<@a,@b:" * 100_000,
    "groups": b"a:;" * 300_000,
}

HOSTILE_CONTAINERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zips-in-a-zip": ("zip", lambda: amplifier(20, 200)),
    "few-zips-in-a-zip": ("zip", lambda: amplifier(200, 20)),
    "zips-of-filler": ("zip", lambda: stored_amplifier(100)),
    "zips-three-deep": ("zip", lambda: deflated({f"{n}.zip": amplifier(9, 9) for n in range(9)})),
    "one-file-many-times": ("zip", lambda: repeated_zip(60, bytes(ROOM))),
    "many-fakes": ("zip", lambda: deflated({f"{n}.xlsx": FAKE for n in range(9_999)})),
    "many-fakes-in-zips": (
        "zip",
        lambda: deflated(
            {f"{n}.zip": deflated({f"{k}.xlsx": FAKE for k in range(2_000)}) for n in range(20)}
        ),
    ),
    "a-directory": ("zip", lambda: directory_only(2_000_000)),
    "a-directory-in-zip64": ("zip", lambda: directory_only(2_000_000, in_zip64=True)),
    "a-directory-in-a-zip": ("zip", lambda: deflated({"a.zip": directory_only(400_000)})),
    "a-directory-in-a-mail": (
        "eml",
        lambda: mail(("a.zip", directory_only(300_000))).as_bytes(),
    ),
    "tiny-mails": ("zip", lambda: deflated({"box.mbox": tiny_mails(300_000)})),
    "tiny-mails-on-the-disk": ("mbox", lambda: tiny_mails(300_000)),
    "mails-of-blanks": (
        "zip",
        lambda: deflated(
            {
                f"{n}.eml": make_part("From: a@b", body=b" \r\n" * (12 << 20)) + FAKE
                for n in range(3)
            }
        ),
    ),
    "mails-in-a-mail": ("eml", lambda: mail_of_mails(300)),
    "amplifier-in-a-mail": ("eml", lambda: mail(("x.zip", amplifier(20, 200))).as_bytes()),
    "slow-answers-in-a-mail": (
        "eml",
        lambda: mail(*slow_answers(30, "many-cells.xlsx").items()).as_bytes(),
    ),
    "slow-answers-in-a-zip": ("zip", lambda: deflated(slow_answers(30, "many-styles.xlsx"))),
    "stops-in-a-mail": ("eml", lambda: mail(*slow_books(30).items()).as_bytes()),
    "bzip2-of-zeros": (
        "zip",
        lambda: deflated({f"{n}.xlsx": bytes(ROOM) for n in range(9)}, zipfile.ZIP_BZIP2),
    ),
    "lzma-of-zeros": (
        "zip",
        lambda: deflated({f"{n}.xlsx": bytes(ROOM) for n in range(9)}, zipfile.ZIP_LZMA),
    ),
}
"""What has to cost little: a suffix for each, and its maker."""
