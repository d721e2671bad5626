"""
Where returned workbooks come from: files, folders, zips and mails, and what lies in these.

Nothing is ever unpacked to the disk: what lies in a zip or a mail is read into memory, bounded,
when its turn comes, so its name is only ever shown.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.file import (
    MESSAGE_SUFFIXES,
    File,
    Within,
    file_at,
    file_in_mail,
    file_in_zip,
)
from iml4e_xlsx.intake.mails.mail import Attachment, DeliveryReport, Kind, Mail, Origin
from iml4e_xlsx.intake.mails.mbox import TooLarge, messages
from iml4e_xlsx.intake.mails.outlook_msg import read_mail
from iml4e_xlsx.spreadsheets.archive import HIDDEN, list_members
from iml4e_xlsx.spreadsheets.failures import defect_failure, empty_failure, refusal_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefused, RefusalReason
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.spelling import path_text, quote_value
from iml4e_xlsx.text.texts import Texts

_Event = TypeVar("_Event")


@dataclass(frozen=True, slots=True)
class Source:
    """
    One file that may be a workbook: what it is called, and how to get its content.

    Attributes:
        name: Its path, and its way through zips and mails.
        read: Returns its content; raises OSError, or FileRefused where it is damaged or too large;
            nobody knows what else damaged content makes a library raise.
        origin: The mail that it came with, the outermost of several.
        modified: When it was last changed, in UTC, as far as the disk, zip or mail tells.
        sent: The time of the innermost mail, where it lies in a mail within a mail.
    """

    name: str
    read: Callable[[], bytes]
    origin: Origin | None = None
    modified: datetime | None = None
    sent: datetime | None = None

    def __post_init__(self) -> None:
        """Make the name a text that any output takes; the content is found without it."""
        object.__setattr__(self, "name", path_text(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailure:
    """
    A failure in place of a source, and the mail that it came with, if it came by mail.

    Attributes:
        failure: Why nothing can be read there.
        origin: The mail, the outermost of several.
        sent: The time of the innermost mail, where there are several.
        attachment: The attachment that holds the file, or is it; None for a whole mail.
    """

    failure: Failure
    origin: Origin | None = None
    sent: datetime | None = None
    attachment: Attachment | None = None

    @property
    def name(self) -> str:
        """Return the path, and the way through zips and mails, as a source has it."""
        return self.failure.source


class Finder:
    """
    Finds workbooks at paths, lazily and in order.

    A file that is named itself is taken whatever it is. In a folder, a zip or a mail, files count
    that are called workbooks or begin as one does; lock files and hidden files are left alone, and
    all others are told to `passed_over` by their names. Zips and mails are gone through wherever
    they lie; what mails say about mails of ours that reached nobody is told to `reported`, and of
    which mail nothing came at all to `letter`. What lies at one of the paths `apart` is left alone
    in a folder, without a word, and taken if it is named itself.

    Whatever a file, a mail or a part of either raises costs that alone: it becomes a failure. What
    those raise who are told something ends the search.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        texts: Texts | None = None,
        passed_over: Callable[[str], None] | None = None,
        reported: Callable[[DeliveryReport], None] | None = None,
        letter: Callable[[Origin], None] | None = None,
        apart: Iterable[Path] = (),
    ) -> None:
        self.limits = limits or Limits()
        self.texts = texts or load_texts()
        self._listener_error: Exception | None = None
        self.passed_over = self._telling(passed_over)
        self.reported = self._telling(reported)
        self.letter = self._telling(letter)
        self._apart = {os.path.realpath(path) for path in apart}
        self._seen: set[str] = set()

    def find(self, paths: Iterable[str | Path]) -> Iterator[Source | SourceFailure]:
        """Yield a source for each workbook, and a failure for what holds none."""
        for path in map(Path, paths):
            yield from self._contained(self._named(path), path_text(path))

    def in_message(self, data: bytes, name: str) -> Iterator[Source | SourceFailure]:
        """
        Yield a source for each workbook that came with a mail; nothing if there is none.

        Args:
            data: The message as it was sent (RFC 822), or as Outlook saves it.
            name: What sources and failures call it.
        """
        yield from self._mail(partial(read_mail, data, self.limits), name, Within(), data)

    def _telling(self, listener: Callable[[_Event], None] | None) -> Callable[[_Event], None]:
        """Return a listener whose errors are not taken for those of what it is told of."""

        def tell(event: _Event) -> None:
            try:
                if listener is not None:
                    listener(event)
            except Exception as error:
                self._listener_error = error
                raise

        return tell

    def _contained(
        self, items: Iterator[Source | SourceFailure], called: str, within: Within | None = None
    ) -> Iterator[Source | SourceFailure]:
        """Yield what an item holds; whatever that raises becomes a failure of this item."""
        try:
            yield from items
        except Exception as error:
            if error is self._listener_error:
                raise
            yield _located(defect_failure(error, called, self.texts), within or Within())

    def _named(self, path: Path) -> Iterator[Source | SourceFailure]:
        try:
            is_folder, is_pipe = path.is_dir(), path.is_fifo()
        except OSError as error:  # a folder above it that is closed, a name that is too long
            yield self._unreadable(FailureCode.UNREADABLE, path, error)
            return
        if is_folder:
            yield from self._in_folder(path)
        elif is_pipe:  # opening it may wait for ever
            yield self._failure(FailureCode.PIPE, path_text(path))
        else:
            yield from self._path(path, named=True)

    def _in_folder(self, folder: Path) -> Iterator[Source | SourceFailure]:
        found = False
        closed: list[OSError] = []
        for path in sorted(self._walked(folder, closed)):
            try:
                if not path.is_file():
                    continue
            except OSError as error:  # the folder lists its files and lets nobody at them
                found = True
                yield self._unreadable(FailureCode.UNREADABLE, path, error)
                continue
            for one in self._contained(self._path(path, named=False), path_text(path)):
                found = True
                yield one
        for refusal in closed:
            found = True
            yield self._unreadable(FailureCode.UNREADABLE_FOLDER, Path(refusal.filename), refusal)
        if not found:
            yield _located(empty_failure(path_text(folder), self.texts), Within())

    def _walked(self, folder: Path, closed: list[OSError]) -> Iterator[Path]:
        """Yield what lies in a folder and below; which folders are closed goes to `closed`."""
        waiting = [folder]  # `os.walk` calls itself for each level, of which it bears 1,000
        while waiting:
            levels = os.walk(waiting.pop(), onerror=closed.append)
            for where, folders, names in islice(levels, 1):
                below = [Path(where, name) for name in self._counting(where, folders)]
                # A folder that lets nobody at what lies in it makes `Path.is_symlink` raise.
                waiting.extend(path for path in below if not os.path.islink(path))  # noqa: PTH114
                yield from (Path(where, name) for name in self._counting(where, names))

    def _counting(self, where: str, names: Collection[str]) -> list[str]:
        """Return the names that are neither hidden nor of what is left alone."""
        plain = [name for name in names if not name.startswith(HIDDEN)]
        if not self._apart:
            return plain
        folder = Path(os.path.realpath(where))
        return [name for name in plain if str(folder / name) not in self._apart]

    def _path(self, path: Path, *, named: bool) -> Iterator[Source | SourceFailure]:
        resolved = os.path.realpath(path)  # `Path.resolve` raises where links lead in a circle
        if resolved in self._seen:
            return
        for one in self._file(file_at(path, self.limits), named=named):
            self._seen.add(resolved)
            yield one

    def _file(self, file: File, *, named: bool = False) -> Iterator[Source | SourceFailure]:
        yield from self._contained(self._in_file(file, named=named), file.called, file.within)

    def _in_file(self, file: File, *, named: bool) -> Iterator[Source | SourceFailure]:
        if file.is_mail():
            yield from self._in_mails(file, named=named)
            return
        if not named and not file.may_be_workbook():
            self.passed_over(file.called)
            return
        try:
            archive = file.archive()
        except FileRefused as refused:
            yield self._refused(refused, file.called, file.within)
            return
        if archive is not None:
            yield from self._in_archive(archive, file)
        else:
            read = partial(file.content, self.limits.size)
            within = file.within
            yield Source(file.called, read, within.origin, file.modified, within.sent)

    def _in_archive(self, archive: zipfile.ZipFile, file: File) -> Iterator[Source | SourceFailure]:
        """Yield what lies in a zip; it stays open as long as a source of it is unread."""
        within = replace(file.within, zips=file.within.zips + 1)
        try:
            if within.zips > self.limits.zips:
                raise FileRefused(FailureCode.TOO_LARGE, RefusalReason.ZIPS, limit=self.limits.zips)  # noqa: TRY301
            members = list_members(archive, self.limits)
        except FileRefused as refused:
            yield self._refused(refused, file.called, within)
            return
        found = False
        for number, member in enumerate(members, start=1):
            called = f"{file.called}/{quote_value(member.filename) or f'#{number}'}"
            items = self._member(archive, member, called, within)
            for one in self._contained(items, called, within):
                found = True
                yield one
        if not found:
            yield _located(empty_failure(file.called, self.texts), within)

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, called: str, within: Within
    ) -> Iterator[Source | SourceFailure]:
        if member.flag_bits & 1:
            yield self._failure(FailureCode.ENCRYPTED, called, within)
            return
        yield from self._file(file_in_zip(archive, member, called, within, self.limits))

    def _in_mails(self, file: File, *, named: bool) -> Iterator[Source | SourceFailure]:
        if file.suffix in MESSAGE_SUFFIXES:
            found = self._mail(
                lambda: read_mail(file.content(self.limits.message), self.limits),
                file.called,
                file.within,
                file.head(),
            )
        else:
            found = self._in_mailbox(file)
        yield from self._found_in(found, file.called, named=named)

    def _found_in(
        self, found: Iterator[Source | SourceFailure], called: str, *, named: bool = False
    ) -> Iterator[Source | SourceFailure]:
        """Yield what was found in a mail, and say so if it is nothing."""
        is_empty = True
        for one in found:
            is_empty = False
            yield one
        if is_empty and named:
            yield _located(empty_failure(called, self.texts), Within())
        elif is_empty:
            self.passed_over(called)

    def _in_mailbox(self, file: File) -> Iterator[Source | SourceFailure]:
        try:
            with file.stream() as stream:
                for number, message in enumerate(messages(stream, self.limits.message), start=1):
                    called = f"{file.called}/#{number}"
                    if isinstance(message, TooLarge):
                        refused = FileRefused(
                            FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=self.limits.message
                        )
                        within = file.within.with_origin(message.head)
                        yield self._refused(refused, called, within)
                        continue
                    read = partial(read_mail, message, self.limits)
                    mail = self._mail(read, called, file.within, message)
                    yield from self._contained(mail, called, file.within)
        except FileRefused as refused:
            yield self._refused(refused, file.called, file.within)
        except FileNotFoundError:
            yield self._failure(FailureCode.NOT_FOUND, file.called)
        except OSError as error:
            reason = quote_value(error.strerror or error)
            yield self._failure(FailureCode.UNREADABLE, file.called, file.within, reason=reason)

    def _mail(
        self, read: Callable[[], Mail], called: str, within: Within, head: bytes = b""
    ) -> Iterator[Source | SourceFailure]:
        """Yield what came with a mail; how it begins says whose it is where it cannot be read."""
        try:
            if within.mails >= self.limits.mails:
                limit = self.limits.mails
                raise FileRefused(FailureCode.TOO_LARGE, RefusalReason.MAILS, limit=limit)  # noqa: TRY301
            mail = read()
        except FileRefused as refused:
            yield self._refused(refused, called, within.with_origin(head))
        except FileNotFoundError:
            yield self._failure(FailureCode.NOT_FOUND, called)
        except OSError as error:
            reason = quote_value(error.strerror or error)
            yield self._failure(FailureCode.UNREADABLE, called, within, reason=reason)
        except Exception as error:  # noqa: BLE001 - whatever a mail raises costs this mail
            yield _located(defect_failure(error, called, self.texts), within.with_origin(head))
        else:
            yield from self._in_mail(mail, called, within)

    def _in_mail(self, mail: Mail, called: str, within: Within) -> Iterator[Source | SourceFailure]:
        sent = (mail.origin.received or within.sent) if within.origin else None
        origin = within.origin or mail.origin
        inner = Within(origin, within.zips, within.mails + 1, sent)
        for report in mail.reports:
            self.reported(report)
        is_letter = within.origin is None and not mail.reports
        for number, attachment in enumerate(mail.attachments, start=1):
            name = quote_value(attachment.name) or f"#{number}"
            holding = replace(inner, attachment=attachment)
            items = self._attachment(attachment, f"{called}/{name}", holding)
            for one in self._contained(items, f"{called}/{name}", holding):
                is_letter = False
                yield one
        if is_letter:
            self.letter(mail.origin)

    def _attachment(
        self, attachment: Attachment, called: str, within: Within
    ) -> Iterator[Source | SourceFailure]:
        if attachment.kind in (Kind.WINMAIL, Kind.SEALED):
            # A source that cannot be read, not a failure: whose it is, its origin tells.
            refusing = _refusing(FailureCode(attachment.kind.value))
            yield Source(called, refusing, within.origin, sent=within.sent)
            return
        if attachment.opened is not None:
            yield from self._found_in(self._mail(attachment.opened, called, within), called)
            return
        file = file_in_mail(attachment, called, within, self.limits)
        is_incidental = attachment.kind is Kind.INCIDENTAL and not file.may_be_workbook()
        if not is_incidental and not attachment.name.startswith(HIDDEN):
            yield from self._file(file)

    def _failure(
        self, code: FailureCode, called: str, within: Within | None = None, **values: object
    ) -> SourceFailure:
        return _located(make_failure(self.texts, code, called, **values), within or Within())

    def _unreadable(self, code: FailureCode, path: Path, error: OSError) -> SourceFailure:
        return self._failure(code, path_text(path), reason=quote_value(error.strerror or error))

    def _refused(self, refused: FileRefused, called: str, within: Within) -> SourceFailure:
        return _located(refusal_failure(refused, called, self.texts), within)


def _refusing(code: FailureCode) -> Callable[[], bytes]:
    def read() -> bytes:
        raise FileRefused(code)

    return read


def _located(failure: Failure, within: Within) -> SourceFailure:
    """Return a failure with the mail that the file came with, if it came by mail."""
    return SourceFailure(
        failure=failure, origin=within.origin, sent=within.sent, attachment=within.attachment
    )
