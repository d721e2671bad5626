"""Files and mails that make the libraries raise what nobody thinks of."""

from __future__ import annotations

import io
import zipfile

from tests.support.returning import mail

BRACKETS = "(" * 3_900
"""A comment in a comment and so on: the standard library calls itself for each."""

JUNK = b"PK\x03\x04 and nothing that a zip has"


def damaged_lzma(name: str = "x.xlsx") -> bytes:
    """Return a zip with a member that is packed with LZMA, whose properties are damaged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(name, bytes(range(256)) * 40)
    data = bytearray(buffer.getvalue())
    properties = 30 + len(name) + 4  # behind the header of the member and its LZMA version
    data[properties : properties + 5] = b"\xff" * 5
    return bytes(data)


def nameless_member(content: bytes = JUNK + b" at all") -> bytes:
    """Return a zip with a member that has no name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo("x")
        member.filename = ""
        with archive.open(member, "w") as part:
            part.write(content)
    return buffer.getvalue()


def bracketed_mail(*files: tuple[str, bytes], message_id: str = "<brackets@example.org>") -> bytes:
    """Return a mail whose sender is nothing but brackets."""
    made = mail(*files, sender="nobody@example.org", message_id=message_id).as_bytes()
    return made.replace(b"From: nobody@example.org", b"From: " + BRACKETS.encode(), 1)
