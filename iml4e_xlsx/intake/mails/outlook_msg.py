"""
Mails as Outlook saves them (.msg): an OLE file with a storage for the mail and each attachment.

Sources: Microsoft, [MS-OXMSG] (which stream is what) and [MS-OXPROPS] (the numbers of properties).
olefile reads the file around them; a stream's size is looked at before it is read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any, Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.intake.mails.mail import Attachment, Kind, Mail, Origin
from iml4e_xlsx.intake.mails.mail_headers import Headers, as_address, clean_name, decoded, one_line
from iml4e_xlsx.intake.mails.rfc822 import read_message
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import OLE
from iml4e_xlsx.spreadsheets.refusal import FileRefused, RefusalReason

_CLASS, _SUBJECT, _SUBMITTED, _DELIVERED = 0x001A, 0x0037, 0x0039, 0x0E06
_HEADERS, _MESSAGE_ID, _CODEPAGE = 0x007D, 0x1035, 0x3FFD
_SENDER_SMTP, _SENDER, _REPRESENTED_SMTP, _REPRESENTED = 0x5D01, 0x0C1F, 0x5D02, 0x0065
_DATA, _LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3701, 0x3707, 0x3704, 0x3001
_MIME_TAG, _CONTENT_ID, _HIDDEN, _CHANGED = 0x370E, 0x3712, 0x7FFE, 0x3008
_TEXT, _TEXT_IN_CODEPAGE, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, 0x000D

_PROPERTIES: Final = "__PROPERTIES_VERSION1.0"
_ATTACHMENT: Final = "__ATTACH_VERSION1.0_#"
_IN_FILE, _IN_MAIL, _IN_ATTACHMENT = 32, 24, 8
"""How much stands before the properties of a file, of a mail in a mail, of an attachment."""

_PROPERTY: Final = struct.Struct("<HHIQ")
_MOST_ENTRIES: Final = 20_000
_LONGEST_TEXT: Final = 1 << 20
_LONGEST_LINE: Final = 200
_LONGEST_ID: Final = 998
_HEAD: Final = 1 << 16
_UTF_8: Final = 65001
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_STORAGE, _STREAM = 1, 2
_REPORT: Final = "REPORT."


def read_mail(data: bytes, limits: Limits | None = None) -> Mail:
    """
    Return what a saved mail holds, in either format; its content decides.

    Raises:
        FileRefused: If it is damaged or claims too much.
    """
    allowed = limits or Limits()
    if len(data) > allowed.message:
        raise FileRefused(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=allowed.message)
    if not data.startswith(OLE):
        return read_message(data, allowed)
    compound = _Compound(data)
    return _mail(_Storage(compound, compound.root, (), _IN_FILE), allowed)


class _Compound:
    """The OLE file; its streams can be read from several threads."""

    def __init__(self, data: bytes) -> None:
        self._lock = Lock()
        try:
            self._file = _opened(data)
        except FileRefused:
            raise
        except Exception as error:  # olefile raises ten unrelated types on damaged files
            raise FileRefused(
                FailureCode.BROKEN_MAIL, RefusalReason.CONTAINER, detail=str(error)
            ) from error
        self.root = self._file.root
        if self.root is None:
            raise FileRefused(FailureCode.BROKEN_MAIL, RefusalReason.CONTAINER, detail="no root")

    def read(self, path: tuple[str, ...]) -> bytes:
        try:
            with self._lock:
                content: bytes = self._file.openstream(list(path)).read()
        except Exception as error:
            raise FileRefused(
                FailureCode.BROKEN_WORKBOOK, RefusalReason.CONTAINER, detail=str(error)
            ) from error
        return content


def _opened(data: bytes) -> Any:
    import olefile

    class Bounded(olefile.OleFileIO):  # type: ignore[misc]
        """Gives up at a directory that no mail has: an entry costs a kilobyte."""

        entries = claimed = 0

        def _load_direntry(self, sid: int) -> Any:
            entry = super()._load_direntry(sid)
            self.entries += 1
            self.claimed += entry.size if entry.entry_type == _STREAM else 0
            if self.entries > _MOST_ENTRIES:
                raise FileRefused(FailureCode.TOO_LARGE, RefusalReason.ENTRIES, limit=_MOST_ENTRIES)
            if self.claimed > len(data):  # streams that share their bytes
                raise FileRefused(FailureCode.BROKEN_MAIL, RefusalReason.LONGER_THAN_SAID)
            return entry

    return Bounded(io.BytesIO(data))


class _Storage:
    """A storage in the file that has properties: a mail or an attachment."""

    def __init__(self, compound: _Compound, node: Any, path: tuple[str, ...], before: int) -> None:
        self.compound = compound
        self.path = path
        self.kids = {str(kid.name).upper(): kid for kid in node.kids}
        content = self._stream(_PROPERTIES, _LONGEST_TEXT)[before:]
        whole = len(content) // _PROPERTY.size * _PROPERTY.size
        self.fixed = {
            number: value for _, number, _, value in _PROPERTY.iter_unpack(content[:whole])
        }

    def _stream(self, name: str, limit: int) -> bytes:
        """Return a stream's content; none if there is no such stream or it is longer than that."""
        kid = self.kids.get(name)
        if kid is None or kid.entry_type != _STREAM or kid.size > limit:
            return b""
        return self.compound.read((*self.path, str(kid.name)))

    def text(self, number: int) -> str:
        text = self._stream(_stream_name(number, _TEXT), _LONGEST_TEXT)
        if text:
            return text.decode("utf-16-le", "replace").rstrip("\0")
        codepage = self.fixed.get(_CODEPAGE, 0) & 0xFFFF_FFFF
        charset = "utf-8" if codepage == _UTF_8 else f"cp{codepage}"
        return decoded(
            self._stream(_stream_name(number, _TEXT_IN_CODEPAGE), _LONGEST_TEXT), charset
        ).rstrip("\0")

    def time(self, number: int) -> datetime | None:
        try:
            return _EPOCH + timedelta(microseconds=self.fixed[number] // 10)
        except (KeyError, OverflowError):
            return None

    def content(self, limit: int) -> bytes:
        kid = self.kids.get(_stream_name(_DATA, _BINARY))
        if kid is not None and kid.size > limit:
            raise FileRefused(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
        return self._stream(_stream_name(_DATA, _BINARY), limit)

    def head(self, limit: int) -> bytes:
        try:
            return self.content(limit)[:_HEAD]
        except FileRefused:
            return b""

    def within(self, name: str, before: int) -> Iterator[_Storage]:
        """Yield the storages in this one whose names begin so, in order."""
        for called, kid in sorted(self.kids.items()):
            if called.startswith(name) and kid.entry_type == _STORAGE:
                yield _Storage(self.compound, kid, (*self.path, str(kid.name)), before)


def _stream_name(number: int, form: int) -> str:
    return f"__SUBSTG1.0_{number:04X}{form:04X}"


def _mail(storage: _Storage, limits: Limits) -> Mail:
    count = sum(name.startswith(_ATTACHMENT) for name in storage.kids)
    if count > limits.attachments:
        raise FileRefused(
            FailureCode.TOO_LARGE, RefusalReason.ATTACHMENTS, limit=limits.attachments
        )
    origin = _origin(storage)
    if storage.text(_CLASS).upper().startswith(_REPORT):  # our own mail that comes back
        return Mail(origin=origin)
    found = storage.within(_ATTACHMENT, _IN_ATTACHMENT)
    return Mail(origin=origin, attachments=tuple(_attachment(one, limits) for one in found))


def _origin(storage: _Storage) -> Origin:
    """Return where a mail comes from: as its header says, which a mail that was sent lacks."""
    origin = Headers.of(storage.text(_HEADERS).encode("utf-8", "replace")).origin()
    addresses = (_SENDER_SMTP, _REPRESENTED_SMTP, _SENDER, _REPRESENTED)
    found = (as_address(storage.text(number)) for number in addresses)
    return replace(
        origin,
        sender=origin.sender or next(filter(None, found), ""),
        message_id=origin.message_id or one_line(storage.text(_MESSAGE_ID), _LONGEST_ID),
        received=origin.received or storage.time(_DELIVERED) or storage.time(_SUBMITTED),
        subject=origin.subject or one_line(storage.text(_SUBJECT), _LONGEST_LINE),
    )


def _attachment(storage: _Storage, limits: Limits) -> Attachment:
    name = clean_name(
        storage.text(_LONG_NAME) or storage.text(_SHORT_NAME) or storage.text(_DISPLAY_NAME)
    )
    kind_of_file = storage.text(_MIME_TAG).lower()
    opened: Callable[[], Mail] | None = None
    if _stream_name(_DATA, _OBJECT) in storage.kids:
        opened = partial(_embedded, storage, limits)
    elif kind_of_file == "multipart/signed":  # how Outlook keeps a mail that is signed
        opened = partial(_signed, storage, limits)
    kind = Kind.FILE
    is_shown = storage.text(_CONTENT_ID) and kind_of_file.startswith("image/")
    if name.lower() == "winmail.dat":
        kind = Kind.WINMAIL
    elif name.lower() == "smime.p7m" and opened is None:
        kind = Kind.SEALED
    elif is_shown or storage.fixed.get(_HIDDEN, 0) & 0xFF:
        kind = Kind.INCIDENTAL
    return Attachment(
        name=name,
        kind=kind,
        head=partial(storage.head, limits.size),
        read=storage.content,
        modified=storage.time(_CHANGED),
        opened=opened,
    )


def _embedded(storage: _Storage, limits: Limits) -> Mail:
    for inner in storage.within(_stream_name(_DATA, _OBJECT), _IN_MAIL):
        return _mail(inner, limits)
    raise FileRefused(FailureCode.BROKEN_MAIL, RefusalReason.CONTAINER, detail="no mail in it")


def _signed(storage: _Storage, limits: Limits) -> Mail:
    return read_message(storage.content(limits.message), limits)
