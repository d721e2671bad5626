"""
Finds returned workbooks in files, folders, zips and mails, however they are nested.

Nothing is ever unpacked to the disk: the content of a zip or a mail is read into memory, bounded,
when its turn comes, so its name is only ever shown.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.intake.allowance import Allowance
from iml4e_xlsx.intake.file import (
    MESSAGE_SUFFIXES,
    File,
    FileNesting,
    file_at,
    file_in_mail,
    file_in_zip,
)
from iml4e_xlsx.intake.folder import Folder, find_awaited_name
from iml4e_xlsx.intake.mails.mail import Attachment, AttachmentKind, DeliveryReport, Mail
from iml4e_xlsx.intake.mails.mbox import OversizeMessage, SwallowedMail, split_messages
from iml4e_xlsx.intake.mails.outlook_msg import read_mail
from iml4e_xlsx.intake.seals import recognise_seal
from iml4e_xlsx.intake.source import Source, SourceFailure
from iml4e_xlsx.spreadsheets.archive import HIDDEN, FileArchive, list_members
from iml4e_xlsx.spreadsheets.failures import defect_failure, empty_failure, refusal_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.spelling import path_text, quote_value
from iml4e_xlsx.text.texts import Texts

_Event = TypeVar("_Event")

_TOLD: Final = 20
"""So many attachments are told of mails without a workbook."""


class Finder:
    """
    Finds workbooks at paths, lazily and in order.

    A path that is named counts whatever it is. In a folder, a zip or a mail, only files count that
    have the suffix of a workbook or begin as one does; lock files and hidden files are skipped, and
    virtual environments of Python are not searched.
    Zips and mails are searched wherever they lie. Whatever a file, a mail or a part of either
    raises costs that alone: it becomes a failure. An error of a listener ends the search.

    Args:
        limits: What a file, a zip or a mail may claim.
        texts: The language of failures.
        on_other_file: Is called with the name of each file that does not count, and of each
            environment, which ends in a slash.
        on_bounce: Is called with each report that a mail of ours reached nobody.
        on_mail_without_workbook: Is called with each mail that brought nothing.
        count_letters: Returns how many letters the caller has kept; what held one is no failure.
        skipped_paths: Paths that are skipped in a folder, without a word; named, they count.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        texts: Texts | None = None,
        on_other_file: Callable[[str], None] | None = None,
        on_bounce: Callable[[DeliveryReport], None] | None = None,
        on_mail_without_workbook: Callable[[Mail], None] | None = None,
        count_letters: Callable[[], int] = lambda: 0,
        skipped_paths: Iterable[Path] = (),
    ) -> None:
        self.limits = limits or Limits()
        self.texts = texts or load_texts()
        self._listener_error: Exception | None = None
        self.on_other_file = self._guard_listener(on_other_file)
        self.on_bounce = self._guard_listener(on_bounce)
        self.on_mail_without_workbook = self._guard_listener(on_mail_without_workbook)
        self._count_letters = count_letters
        self._skipped = {os.path.realpath(path) for path in skipped_paths}
        self._seen: set[str] = set()
        self._unopened: list[str] = []  # attachments of the mails at hand that nobody opens

    def find_sources(self, paths: Iterable[str | Path]) -> Iterator[Source | SourceFailure]:
        """Yield a source for each workbook, and a failure for what holds none."""
        for path in map(Path, paths):
            yield from self._contain_errors(self._search_named(path), path_text(path))

    def search_message(self, data: bytes, name: str) -> Iterator[Source | SourceFailure]:
        """
        Yield a source for each workbook that came with a mail; nothing if there is none.

        Args:
            data: The message as it was sent (RFC 822), or as Outlook saves it.
            name: What sources and failures call it.
        """
        within = FileNesting(allowance=Allowance(path_text(name), len(data), self.limits))
        yield from self._search_mail(partial(read_mail, data, self.limits), name, within, data)

    def _guard_listener(
        self, listener: Callable[[_Event], None] | None
    ) -> Callable[[_Event], None]:
        """Return a listener whose errors are never taken for those of a file."""

        def tell(event: _Event) -> None:
            try:
                if listener is not None:
                    listener(event)
            except Exception as error:
                self._listener_error = error
                raise

        return tell

    def _contain_errors(
        self,
        items: Iterator[Source | SourceFailure],
        label: str,
        within: FileNesting | None = None,
    ) -> Iterator[Source | SourceFailure]:
        """Yield the sources of an item; whatever that raises becomes a failure of this item."""
        try:
            yield from items
        except Exception as error:
            if error is self._listener_error:
                raise
            yield _place_failure(defect_failure(error, label, self.texts), within or FileNesting())

    def _search_named(self, path: Path) -> Iterator[Source | SourceFailure]:
        try:
            is_folder, is_pipe = path.is_dir(), path.is_fifo()
        except OSError as error:  # a folder above it that is closed, a name that is too long
            yield self._make_unreadable(FailureCode.UNREADABLE, path, error)
            return
        if is_folder:
            yield from self._search_folder(path)
        elif is_pipe:  # opening it may wait for ever
            yield self._make_failure(FailureCode.PIPE, path_text(path))
        else:
            yield from self._search_path(path, named=True)

    def _search_folder(self, path: Path) -> Iterator[Source | SourceFailure]:
        is_empty, letters = True, self._count_letters()
        folder = Folder(path, self._skipped)
        for found in folder.list_files():
            try:
                if not found.is_file():
                    continue
            except OSError as error:  # the folder lists its files and lets nobody at them
                is_empty = False
                yield self._make_unreadable(FailureCode.UNREADABLE, found, error)
                continue
            items = self._search_path(found, named=False)
            for source in self._contain_errors(items, path_text(found)):
                is_empty = False
                yield source
        for environment in sorted(folder.environments):
            self.on_other_file(f"{path_text(environment)}/")
        for refusal in folder.closed:
            is_empty = False
            yield self._make_unreadable(
                FailureCode.UNREADABLE_FOLDER, Path(refusal.filename), refusal
            )
        if is_empty and self._count_letters() == letters:
            yield _place_failure(empty_failure(path_text(path), self.texts), FileNesting())

    def _search_path(self, path: Path, *, named: bool) -> Iterator[Source | SourceFailure]:
        resolved = os.path.realpath(path)  # `Path.resolve` raises where links lead in a circle
        if resolved in self._seen:
            return
        if awaited := find_awaited_name(path.name):
            yield self._make_failure(FailureCode.NOT_DOWNLOADED, path_text(path), name=awaited)
            return
        for source in self._search_file(file_at(path, self.limits), named=named):
            self._seen.add(resolved)
            yield source

    def _search_file(self, file: File, *, named: bool = False) -> Iterator[Source | SourceFailure]:
        yield from self._contain_errors(
            self._open_file(file, named=named), file.called, file.within
        )

    def _open_file(self, file: File, *, named: bool) -> Iterator[Source | SourceFailure]:
        head = file.take_head()
        if file.is_mail():
            yield from self._search_mail_file(file, named=named)
            return
        within = file.within
        if seal := recognise_seal(file.name, head):
            # A source that cannot be read, not a failure: its origin tells its owner.
            yield Source(file.called, _refuse_reading(seal), within.origin, sent=within.sent)
            return
        if not named and not file.may_be_workbook():
            self.on_other_file(file.called)
            return
        archive = file.open_archive()
        if archive is not None:
            yield from self._search_archive(archive, file)
        else:
            yield Source(
                file.called,
                file.take_workbook(),
                within.origin,
                file.modified,
                within.sent,
                turn=within.allowance.time.make_turn(),
            )

    def _search_archive(self, archive: FileArchive, file: File) -> Iterator[Source | SourceFailure]:
        """Yield the sources in a zip; one on the disk stays open until the last of them is read."""
        within = replace(file.within, zips=file.within.zips + 1)
        try:
            if within.zips > self.limits.zips:
                raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.ZIPS, limit=self.limits.zips)  # noqa: TRY301
            members = list_members(archive, self.limits)
        except FileRefusal as refused:
            yield self._make_refusal(refused, file.called, within)
            return
        is_empty, letters = True, self._count_letters()
        for number, member in enumerate(members, start=1):
            label = f"{file.called}/{quote_value(member.filename) or f'#{number}'}"
            items = self._search_member(archive, member, label, within)
            for source in self._contain_errors(items, label, within):
                is_empty = False
                yield source
            if within.allowance.is_spent:
                return
        if is_empty and self._count_letters() == letters:
            yield _place_failure(empty_failure(file.called, self.texts), within)

    def _search_member(
        self, archive: FileArchive, member: zipfile.ZipInfo, label: str, within: FileNesting
    ) -> Iterator[Source | SourceFailure]:
        if member.flag_bits & 1:
            yield self._make_failure(FailureCode.ENCRYPTED, label, within)
            return
        yield from self._search_file(file_in_zip(archive, member, label, within, self.limits))

    def _search_mail_file(self, file: File, *, named: bool) -> Iterator[Source | SourceFailure]:
        if file.name_suffix in MESSAGE_SUFFIXES:
            sources = self._search_mail(
                lambda: read_mail(file.take_message(), self.limits),
                file.called,
                file.within,
                file.head(),
            )
        else:
            sources = self._search_mailbox(file)
        yield from self._report_empty(sources, file.called, named=named)

    def _report_empty(
        self, sources: Iterator[Source | SourceFailure], label: str, *, named: bool = False
    ) -> Iterator[Source | SourceFailure]:
        """Yield the sources of a mail, and report a mail without any."""
        is_empty, start, letters = True, len(self._unopened), self._count_letters()
        for source in sources:
            is_empty = False
            yield source
        unopened = self._unopened[start:]
        del self._unopened[start:]
        if is_empty and named and self._count_letters() == letters:
            yield _place_failure(empty_failure(label, self.texts), FileNesting())
        elif is_empty and not named:
            for name in unopened or [label]:
                self.on_other_file(name)

    def _search_mailbox(self, file: File) -> Iterator[Source | SourceFailure]:
        number = 0
        try:
            with file.open_stream() as stream:
                for message in split_messages(stream, self.limits.message):
                    number += not isinstance(message, SwallowedMail)
                    label = f"{file.called}/#{number}"
                    mail = self._search_message(message, label, file.within)
                    yield from self._contain_errors(mail, label, file.within)
                    if file.within.allowance.is_spent:
                        return
        except FileRefusal as refused:
            yield self._make_refusal(refused, file.called, file.within)
        except FileNotFoundError:
            yield self._make_failure(FailureCode.NOT_FOUND, file.called)
        except OSError as error:
            reason = quote_value(error.strerror or error)
            yield self._make_failure(
                FailureCode.UNREADABLE, file.called, file.within, reason=reason
            )

    def _search_message(
        self, message: bytes | OversizeMessage | SwallowedMail, label: str, within: FileNesting
    ) -> Iterator[Source | SourceFailure]:
        if isinstance(message, OversizeMessage):
            refused = FileRefusal(
                FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=self.limits.message
            )
            yield self._make_refusal(refused, label, within.add_origin(message.head))
        elif isinstance(message, SwallowedMail):
            refused = FileRefusal(FailureCode.BROKEN_MAIL, RefusalReason.SWALLOWED)
            yield self._make_refusal(refused, label, within.add_origin(message.head))
        else:
            read = partial(read_mail, message, self.limits)
            yield from self._search_mail(read, label, within, message)

    def _search_mail(
        self, read: Callable[[], Mail], label: str, within: FileNesting, head: bytes = b""
    ) -> Iterator[Source | SourceFailure]:
        """Yield the sources in a mail; its first bytes name the sender where it cannot be read."""
        try:
            if within.mails >= self.limits.mails:
                limit = self.limits.mails
                raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.MAILS, limit=limit)  # noqa: TRY301
            mail = read()
            within.allowance.take_members(1 + len(mail.attachments))
        except FileRefusal as refused:
            yield self._make_refusal(refused, label, within.add_origin(head))
        except FileNotFoundError:
            yield self._make_failure(FailureCode.NOT_FOUND, label)
        except OSError as error:
            reason = quote_value(error.strerror or error)
            yield self._make_failure(FailureCode.UNREADABLE, label, within, reason=reason)
        except Exception as error:  # noqa: BLE001 - whatever a mail raises costs this mail
            yield _place_failure(defect_failure(error, label, self.texts), within.add_origin(head))
        else:
            yield from self._search_attachments(mail, label, within)

    def _search_attachments(
        self, mail: Mail, label: str, within: FileNesting
    ) -> Iterator[Source | SourceFailure]:
        sent = (mail.origin.received or within.sent) if within.origin else None
        origin = within.origin or mail.origin
        inner = replace(within, origin=origin, mails=within.mails + 1, sent=sent)
        for report in mail.reports:
            self.on_bounce(replace(report, origin=mail.origin))
        is_without_workbook = within.origin is None and not mail.reports
        for number, attachment in enumerate(mail.attachments, start=1):
            name = quote_value(attachment.name) or f"#{number}"
            holding = replace(inner, attachment=attachment)
            items = self._search_attachment(attachment, f"{label}/{name}", holding)
            for source in self._contain_errors(items, f"{label}/{name}", holding):
                is_without_workbook = False
                yield source
            if within.allowance.is_spent:
                return
        if is_without_workbook:
            self.on_mail_without_workbook(mail)

    def _search_attachment(
        self, attachment: Attachment, label: str, within: FileNesting
    ) -> Iterator[Source | SourceFailure]:
        if attachment.kind in (AttachmentKind.WINMAIL, AttachmentKind.SEALED):
            refusing = _refuse_reading(FailureCode(attachment.kind.value))
            yield Source(label, refusing, within.origin, sent=within.sent)
            return
        if attachment.opened is not None:
            yield from self._report_empty(
                self._search_mail(attachment.opened, label, within), label
            )
            return
        file = file_in_mail(attachment, label, within, self.limits)
        is_incidental = attachment.kind is AttachmentKind.INCIDENTAL and not file.may_be_workbook()
        if not is_incidental and not attachment.name.startswith(HIDDEN):
            yield from self._search_file(file)
        elif len(self._unopened) < _TOLD:  # pictures of a signature; of interest where all else is
            self._unopened.append(label)

    def _make_failure(
        self, code: FailureCode, label: str, within: FileNesting | None = None, **values: object
    ) -> SourceFailure:
        return _place_failure(
            make_failure(self.texts, code, label, **values), within or FileNesting()
        )

    def _make_unreadable(self, code: FailureCode, path: Path, error: OSError) -> SourceFailure:
        return self._make_failure(
            code, path_text(path), reason=quote_value(error.strerror or error)
        )

    def _make_refusal(self, refused: FileRefusal, label: str, within: FileNesting) -> SourceFailure:
        return _place_failure(refusal_failure(refused, label, self.texts), within)


def _refuse_reading(code: FailureCode) -> Callable[[], bytes]:
    def read() -> bytes:
        raise FileRefusal(code)

    return read


def _place_failure(failure: Failure, within: FileNesting) -> SourceFailure:
    """Return a failure with the mail that the file came with, if it came by mail."""
    return SourceFailure(
        failure=failure, origin=within.origin, sent=within.sent, attachment=within.attachment
    )
