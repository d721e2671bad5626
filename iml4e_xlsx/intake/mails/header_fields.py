"""
Reads the header of a mail, or of a part of one: the fields that are needed, decoded.

Only these fields are cut out, each to a length that no honest one reaches, so a header costs its
length and no more, whatever is in it. `email.message` keeps every line as an object of its own.
A field that the standard library fails at, in whatever way, counts as one that is not there: who
sent a mail may be illegible, and the workbook attached to it is not.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header
from email.utils import decode_params, parseaddr, parsedate_to_datetime, unquote
from functools import lru_cache, partial
from itertools import islice
from typing import Final, Self

from iml4e_xlsx.intake.mails.mail import Origin
from iml4e_xlsx.text.addresses import address_key

_NAMES: Final = (
    *("content-type", "content-transfer-encoding", "content-disposition", "content-id"),
    *("from", "subject", "date", "received", "message-id", "return-path"),
    *("in-reply-to", "references", "auto-submitted", "precedence", "list-id"),
    *("x-auto-response-suppress", "x-autoreply", "x-autorespond"),
    *("final-recipient", "original-recipient", "action", "status", "diagnostic-code"),
)
_MARKS: Final = tuple((name, f"\n{name}:".encode()) for name in _NAMES)
_FIELD_END: Final = re.compile(rb"\n(?![ \t])")
_LONGEST_HEADER: Final = 1 << 20
_LONGEST_FIELD: Final = 8_000
_MOST_PARAMETERS: Final = 100
_LONGEST_LINE: Final = 200
_LONGEST_ID: Final = 998
_LONGEST_ADDRESS: Final = 254
_LONGEST_NAME: Final = 150
_LONGEST_CHARSET: Final = 40
_COMMENT: Final = re.compile(r"\([^()]*\)")
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_PARAMETER: Final = re.compile(r""";\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)""", re.DOTALL)
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,998}>")
_MOST_ANSWERS: Final = 100
_MAIL_SYSTEMS: Final = ("mailer-daemon", "postmaster", "microsoftexchange")
_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"}
)
"""Codecs of Python that no mail means; some of them are slow, some warn."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a header by their names in lower case; of one that is repeated, the first."""

    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse_block(cls, data: bytes, start: int = 0, end: int | None = None) -> Self:
        """Return the header that stands at a place in bytes."""
        fields: dict[str, str] = {}
        until = min(len(data) if end is None else end, start + _LONGEST_HEADER)
        block = b"\n" + data[start:until]
        lowered = block.lower()
        for name, mark in _MARKS:
            at = lowered.find(mark)
            if at >= 0:
                value = block[at + len(mark) : at + len(mark) + _LONGEST_FIELD]
                text = decode_text(_FIELD_END.split(value, maxsplit=1)[0])
                fields[name] = _FOLD.sub(" ", text).strip()
        return cls(fields)

    def __getitem__(self, name: str) -> str:
        """Return a field's value, unfolded, as it stands; empty if there is none."""
        return self.fields.get(name, "")

    def bare_value(self, name: str) -> str:
        """Return a field's value without its parameters and comments, in lower case."""
        value = self[name].partition(";")[0]
        if "(" in value:
            value = _COMMENT.sub(" ", value)
        return value.strip(" \t\r\n\"'").lower()

    def read_parameters(self, name: str) -> dict[str, str]:
        """Return a field's parameters, those in pieces and in other charsets (RFC 2231) decoded."""
        matches = islice(_PARAMETER.finditer(self[name]), _MOST_PARAMETERS)
        written = [(match[1].lower(), match[2].strip()) for match in matches]
        try:
            pairs = decode_params([("", ""), *written])[1:]
        except Exception:  # noqa: BLE001 - pieces with absurd numbers
            return {}
        return {name: _decode_parameter(value) for name, value in reversed(pairs)}

    def read_file_name(self) -> str:
        """Return the name of the file in a part; empty if it has none."""
        name = (
            self.read_parameters("content-disposition").get("filename")
            or self.read_parameters("content-type").get("name")
            or ""
        )
        return clean_name(decode_words(name))

    def read_time(self, name: str) -> datetime | None:
        """Return the time that a field ends with, in UTC."""
        return parse_time(self[name].rpartition(";")[2])

    def read_origin(self) -> Origin:
        """Return where the mail comes from."""
        return Origin(
            sender=parse_address(self["from"]),
            message_id=single_line(self["message-id"], _LONGEST_ID),
            received=self.read_time("received") or self.read_time("date"),
            subject=single_line(decode_words(self["subject"]), _LONGEST_LINE),
            answers=self._read_answers(),
            is_automatic=self._is_automatic(),
            is_returned=self._is_returned(),
        )

    def _read_answers(self) -> tuple[str, ...]:
        """Return the mails that it answers, the nearest first: References has them oldest first."""
        nearest = _MESSAGE_ID.findall(self["in-reply-to"])
        others = reversed(_MESSAGE_ID.findall(self["references"]))
        return tuple(dict.fromkeys((*nearest, *others)))[:_MOST_ANSWERS]

    def _is_automatic(self) -> bool:
        """Return whether a program sent it: as RFC 3834 says, or as programs said before that."""
        if self.bare_value("auto-submitted") not in ("", "no"):
            return True
        if self["x-auto-response-suppress"] or self["x-autoreply"] or self["x-autorespond"]:
            return True
        precedence = self.bare_value("precedence")
        # What goes to a list is of this kind as well, and answers nobody.
        is_bulk = precedence in ("bulk", "junk") and not self["list-id"]
        return is_bulk or precedence == "auto_reply" or self["return-path"] == "<>"

    def _is_returned(self) -> bool:
        local = parse_address(self["from"]).partition("@")[0]
        return local.startswith(_MAIL_SYSTEMS)


def _decode_parameter(value: object) -> str:
    if isinstance(value, tuple):
        charset, _, text = value
        plain = unquote(text)
        try:
            return decode_bytes(plain.encode("latin-1"), charset or "")
        except UnicodeEncodeError:  # it is no escaped text at all
            return plain
    return unquote(str(value))


def decode_text(data: bytes) -> str:
    """Return bytes without a declared charset as text."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def decode_bytes(data: bytes, charset: str) -> str:
    """Return bytes as text in the charset that is declared, or in a usual one if it is none."""
    try:
        if len(charset) <= _LONGEST_CHARSET and codecs.lookup(charset).name not in _NO_CHARSETS:
            return data.decode(charset, "replace")
    except Exception:  # noqa: BLE001, S110 - a codec may raise anything
        pass
    return decode_text(data)


def decode_words(text: str) -> str:
    """Return a text with its encoded words (RFC 2047) decoded; as it is where they are broken."""
    if "=?" not in text or len(text) > _LONGEST_FIELD:
        return text
    try:
        chunks = decode_header(text)
    except Exception:  # noqa: BLE001 - how, depends on where they are broken
        return text
    as_it_was = partial(str, encoding="raw-unicode-escape", errors="replace")
    return "".join(
        chunk
        if isinstance(chunk, str)
        else decode_bytes(chunk, charset)
        if charset
        else as_it_was(chunk)
        for chunk, charset in chunks
    )


def single_line(text: str, longest: int) -> str:
    """Return a text as one printable line, not longer than that."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * longest])
    return " ".join(printable.split())[:longest]


def clean_name(name: str) -> str:
    """Return a file's name without folders and control characters; its suffix always stays."""
    last = re.split(r"[/\\]", name)[-1]
    line = "".join(c if c.isprintable() else " " for c in last).strip()
    return line if len(line) <= _LONGEST_NAME else line[:100] + "…" + line[100 - _LONGEST_NAME :]


@lru_cache(maxsize=256)  # the mails of a mailbox come from the same people
def parse_address(text: str) -> str:
    """Return the first address in a field, by its key; empty if there is none."""
    field = text[:_LONGEST_FIELD]
    for candidate in (field, decode_words(field)):  # some programs encode the address with the name
        try:
            address = parseaddr(candidate)[1]
        except Exception:  # noqa: BLE001 - it calls itself for each bracket in a comment
            address = ""
        if "@" in address and address.isprintable() and len(address) <= _LONGEST_ADDRESS:
            return address_key(address)
    return ""


def parse_time(text: str) -> datetime | None:
    """Return a date of a mail in UTC; None if it is none."""
    try:
        moment = parsedate_to_datetime(text[:_LONGEST_FIELD].strip()[:_LONGEST_LINE])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except Exception:  # noqa: BLE001 - each part of a date has errors of its own
        return None
