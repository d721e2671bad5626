"""
Reads mails as Outlook saves them (.msg): an OLE file with a storage for each attachment.

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
from iml4e_xlsx.intake.mails.header_fields import (
    Headers,
    clean_name,
    decode_bytes,
    parse_address,
    single_line,
)
from iml4e_xlsx.intake.mails.mail import Attachment, AttachmentKind, Mail, Origin
from iml4e_xlsx.intake.mails.rfc822 import read_message
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import OLE
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_CLASS, _SUBJECT, _SUBMITTED, _DELIVERED = 0x001A, 0x0037, 0x0039, 0x0E06
_HEADERS, _MESSAGE_ID, _CODEPAGE, _BODY = 0x007D, 0x1035, 0x3FFD, 0x1000
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
        FileRefusal: If it is damaged or claims too much.
    """
    allowed = limits or Limits()
    if len(data) > allowed.message:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=allowed.message)
    if not data.startswith(OLE):
        return read_message(data, allowed)
    compound = _CompoundFile(data)
    return _make_mail(_Storage(compound, compound.root, (), _IN_FILE), allowed)


class _CompoundFile:
    """The OLE file; its streams can be read from several threads."""

    def __init__(self, data: bytes) -> None:
        self._lock = Lock()
        try:
            self._file = _open_compound(data)
        except FileRefusal:
            raise
        except Exception as error:  # olefile raises ten unrelated types on damaged files
            raise FileRefusal(FailureCode.BROKEN_MAIL, RefusalReason.CONTAINER) from error
        self.root = self._file.root
        if self.root is None:
            raise FileRefusal(FailureCode.BROKEN_MAIL, RefusalReason.NO_ROOT)

    def read_stream(self, path: tuple[str, ...]) -> bytes:
        try:
            with self._lock:
                content: bytes = self._file.openstream(list(path)).read()
        except Exception as error:
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CONTAINER) from error
        return content


def _open_compound(data: bytes) -> Any:
    import olefile

    class SizedOleFile(olefile.OleFileIO):  # type: ignore[misc]
        """Gives up at a directory that no mail has: an entry costs a kilobyte."""

        entries = claimed = 0

        def _load_direntry(self, sid: int) -> Any:
            entry = super()._load_direntry(sid)
            self.entries += 1
            self.claimed += entry.size if entry.entry_type == _STREAM else 0
            if self.entries > _MOST_ENTRIES:
                raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.ENTRIES, limit=_MOST_ENTRIES)
            if self.claimed > len(data):  # streams that share their bytes
                raise FileRefusal(FailureCode.BROKEN_MAIL, RefusalReason.LONGER_THAN_SAID)
            return entry

    return SizedOleFile(io.BytesIO(data))


class _Storage:
    """A storage in the file that has properties: a mail or an attachment."""

    def __init__(
        self, compound: _CompoundFile, node: Any, path: tuple[str, ...], before: int
    ) -> None:
        self.compound = compound
        self.path = path
        self.kids = {str(kid.name).upper(): kid for kid in node.kids}
        content = self._read_stream(_PROPERTIES, _LONGEST_TEXT)[before:]
        whole = len(content) // _PROPERTY.size * _PROPERTY.size
        self.fixed = {
            number: value for _, number, _, value in _PROPERTY.iter_unpack(content[:whole])
        }

    def _read_stream(self, name: str, limit: int) -> bytes:
        """Return a stream's content; none if there is no such stream or it is longer than that."""
        kid = self.kids.get(name)
        if kid is None or kid.entry_type != _STREAM or kid.size > limit:
            return b""
        return self.compound.read_stream((*self.path, str(kid.name)))

    def read_text(self, number: int) -> str:
        text = self._read_stream(_stream_name(number, _TEXT), _LONGEST_TEXT)
        if text:
            return text.decode("utf-16-le", "replace").rstrip("\0")
        codepage = self.fixed.get(_CODEPAGE, 0) & 0xFFFF_FFFF
        charset = "utf-8" if codepage == _UTF_8 else f"cp{codepage}"
        return decode_bytes(
            self._read_stream(_stream_name(number, _TEXT_IN_CODEPAGE), _LONGEST_TEXT), charset
        ).rstrip("\0")

    def read_time(self, number: int) -> datetime | None:
        try:
            return _EPOCH + timedelta(microseconds=self.fixed[number] // 10)
        except (KeyError, OverflowError):
            return None

    def read_content(self, limit: int) -> bytes:
        kid = self.kids.get(_stream_name(_DATA, _BINARY))
        if kid is not None and kid.size > limit:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
        return self._read_stream(_stream_name(_DATA, _BINARY), limit)

    def read_head(self, limit: int) -> bytes:
        try:
            return self.read_content(limit)[:_HEAD]
        except FileRefusal:
            return b""

    def inner_storages(self, name: str, before: int) -> Iterator[_Storage]:
        """Yield the storages in this one whose names begin so, in order."""
        for called, kid in sorted(self.kids.items()):
            if called.startswith(name) and kid.entry_type == _STORAGE:
                yield _Storage(self.compound, kid, (*self.path, str(kid.name)), before)


def _stream_name(number: int, form: int) -> str:
    return f"__SUBSTG1.0_{number:04X}{form:04X}"


def _make_mail(storage: _Storage, limits: Limits) -> Mail:
    count = sum(name.startswith(_ATTACHMENT) for name in storage.kids)
    if count > limits.attachments:
        raise FileRefusal(
            FailureCode.TOO_LARGE, RefusalReason.ATTACHMENTS, limit=limits.attachments
        )
    origin = _read_origin(storage)
    if storage.read_text(_CLASS).upper().startswith(_REPORT):  # our own mail that comes back
        return Mail(
            origin=replace(origin, is_returned=True), read_text=partial(storage.read_text, _BODY)
        )
    storages = storage.inner_storages(_ATTACHMENT, _IN_ATTACHMENT)
    return Mail(
        origin=origin,
        attachments=tuple(_make_attachment(inner, limits) for inner in storages),
        read_text=partial(storage.read_text, _BODY),
    )


def _read_origin(storage: _Storage) -> Origin:
    """Return where a mail comes from: as its header says, which a mail that was sent lacks."""
    origin = Headers.parse_block(
        storage.read_text(_HEADERS).encode("utf-8", "replace")
    ).read_origin()
    addresses = (_SENDER_SMTP, _REPRESENTED_SMTP, _SENDER, _REPRESENTED)
    senders = (parse_address(storage.read_text(number)) for number in addresses)
    return replace(
        origin,
        sender=origin.sender or next(filter(None, senders), ""),
        message_id=origin.message_id or single_line(storage.read_text(_MESSAGE_ID), _LONGEST_ID),
        received=origin.received or storage.read_time(_DELIVERED) or storage.read_time(_SUBMITTED),
        subject=origin.subject or single_line(storage.read_text(_SUBJECT), _LONGEST_LINE),
    )


def _make_attachment(storage: _Storage, limits: Limits) -> Attachment:
    name = clean_name(
        storage.read_text(_LONG_NAME)
        or storage.read_text(_SHORT_NAME)
        or storage.read_text(_DISPLAY_NAME)
    )
    kind_of_file = storage.read_text(_MIME_TAG).lower()
    opened: Callable[[], Mail] | None = None
    if _stream_name(_DATA, _OBJECT) in storage.kids:
        opened = partial(_read_embedded, storage, limits)
    elif kind_of_file == "multipart/signed":  # how Outlook keeps a mail that is signed
        opened = partial(_read_signed, storage, limits)
    kind = AttachmentKind.FILE
    is_shown = storage.read_text(_CONTENT_ID) and kind_of_file.startswith("image/")
    if name.lower() == "winmail.dat":
        kind = AttachmentKind.WINMAIL
    elif name.lower() == "smime.p7m" and opened is None:
        kind = AttachmentKind.SEALED
    elif is_shown or storage.fixed.get(_HIDDEN, 0) & 0xFF:
        kind = AttachmentKind.INCIDENTAL
    return Attachment(
        name=name,
        kind=kind,
        head=partial(storage.read_head, limits.size),
        read=storage.read_content,
        modified=storage.read_time(_CHANGED),
        opened=opened,
    )


def _read_embedded(storage: _Storage, limits: Limits) -> Mail:
    for inner in storage.inner_storages(_stream_name(_DATA, _OBJECT), _IN_MAIL):
        return _make_mail(inner, limits)
    raise FileRefusal(FailureCode.BROKEN_MAIL, RefusalReason.NO_MAIL)


def _read_signed(storage: _Storage, limits: Limits) -> Mail:
    return read_message(storage.read_content(limits.message), limits)
