"""
Looks through a folder of a mailbox by Microsoft Graph for mails that may hold workbooks.

What is new is asked for by a delta query, which finds mails that were moved into the folder as
well. It takes no day: with one, Graph returns no more than 5,000 mails. Only requests that read
are made, unless mails are to be moved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from iml4e_xlsx.campaign.record.mailboxes import FolderPosition
from iml4e_xlsx.campaign.servers.graph_client import (
    GraphAnswer,
    GraphClient,
    GraphInterruption,
    GraphRefusal,
)
from iml4e_xlsx.campaign.servers.graph_errors import failing_error
from iml4e_xlsx.campaign.servers.mail_folder import MailBatch, MailboxMail
from iml4e_xlsx.campaign.servers.mail_structure import may_name_workbook
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from iml4e_xlsx.intake.mails.header_fields import Headers
from iml4e_xlsx.intake.mails.mail import Origin
from iml4e_xlsx.text.lists import list_names

_AT_ONCE: Final = "odata.maxpagesize=200"
_LISTED: Final = "id,receivedDateTime"
_DETAILS: Final = {
    "$select": "id,subject,from,receivedDateTime,internetMessageId,internetMessageHeaders,"
    "hasAttachments",
    "$expand": "attachments($select=id,name,contentType,size)",
}
_WELL_KNOWN: Final = (
    *("inbox", "archive", "junkemail", "deleteditems", "drafts", "sentitems", "clutter"),
    "msgfolderroot",
)
"""Folders that have a name in every language (those that people may name in the settings)."""

_NAMED: Final = "displayName eq {}"
_MOST_NAMES: Final = 30
"""How many folders a message names before it counts the others."""

_GONE: Final = 404
_MARK_LOST: Final = 410
_MARK_CODES: Final = ("SyncStateNotFound", "SyncStateInvalid", "resyncRequired")
_FILE: Final = "#microsoft.graph.fileAttachment"
_LINK: Final = "#microsoft.graph.referenceAttachment"


class GraphFolder:
    """One folder of a mailbox; a context manager."""

    def __init__(self, client: GraphClient, folder: str, *, most_bytes: int) -> None:
        """
        Set up a folder without opening it.

        Args:
            client: Makes the requests.
            folder: Which folder: inbox or another one that Graph has a name for, or a path of
                names such as `Surveys/Round`.
            most_bytes: How large a mail may be to be fetched.
        """
        self._client = client
        self._folder = folder
        self._most = most_bytes
        self._address = ""
        self._about: dict[str, tuple[Origin, int]] = {}

    @property
    def name(self) -> str:
        """Return what the record calls the folder: mailbox, service and folder."""
        settings = self._client.settings
        return f"{settings.mailbox}@{settings}/{self._folder}"

    def __enter__(self) -> Self:
        """
        Open the folder.

        Raises:
            MailError: If there is no connection, no token, no permission or no such folder.
        """
        folder = self._folder
        if folder.lower() in _WELL_KNOWN:
            key = folder.lower()
        else:
            key = ""
            for part in folder.split("/"):
                parent, key = key, self._find_folder(part, inside=key)
                if not key:
                    raise self._missing_folder(inside=parent)
        self._address = self._client.mailbox_address(f"mailFolders/{quote(key, safe='')}")
        self._ask("GET", f"{self._address}?$select=id", code=MailErrorCode.GRAPH_FOLDER)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """End the connections."""
        self._client.close()

    def list_batches(self, seen: FolderPosition | None, since: date) -> Iterator[MailBatch]:
        """
        Yield the mails that came since a day and are new since a position, some at a time.

        Raises:
            MailError: If no answer comes, or Graph refuses.
        """
        # Only what came into the folder: a mail that somebody reads is no other mail.
        query = urlencode({"changeType": "created", "$select": _LISTED}, safe="$,")
        first = f"{self._address}/messages/delta?{query}"
        address = seen.link if seen is not None and seen.link else first
        while address:
            try:
                page = self._list_page(address)
            except GraphRefusal as refusal:
                # Graph forgets after some time how far somebody was: then all is new.
                if address == first or not _is_mark_lost(refusal):
                    raise self._error(refusal) from refusal
                address = first
                continue
            listed = [mail for mail in page.get("value", ()) if _is_since(mail, since)]
            following = str(page.get("@odata.nextLink") or "")
            reached = following or str(page.get("@odata.deltaLink") or "")
            yield self._make_batch([str(mail.get("id")) for mail in listed], reached)
            address = following

    def _list_page(self, address: str) -> Mapping[str, Any]:
        try:
            return self._client.ask_patiently("GET", address, headers={"Prefer": _AT_ONCE}).json()
        except GraphInterruption as interruption:
            raise self._error(interruption) from interruption

    def _make_batch(self, ids: Sequence[str], link: str) -> MailBatch:
        self._about.clear()
        promising: list[str] = []
        other_mails: dict[str, Origin] = {}
        for key in ids:
            about = self._read_details(key)
            if about is None:
                continue
            origin = _make_origin(about)
            self._about[key] = origin, _attached_size(about)
            if _may_hold_workbook(about):
                promising.append(key)
            else:
                other_mails[key] = origin
        return MailBatch(
            count=len(ids),
            position=FolderPosition(link=link),
            found=promising,
            other_mails=other_mails,
        )

    def _read_details(self, key: str) -> Mapping[str, Any] | None:
        """Return what there is to know of a mail; None if somebody has deleted it meanwhile."""
        query = urlencode(_DETAILS, safe="$,()=")
        answer = self._ask_for_mail(key, f"?{query}")
        return None if answer is None else answer.json()

    def fetch_mails(self, ids: Iterable[str]) -> Iterator[MailboxMail]:
        """
        Yield mails one after another, whole.

        Raises:
            MailError: If no answer comes, or Graph refuses.
        """
        for key in ids:
            answer = self._ask_for_mail(key, "/$value", most=self._most)
            if answer is None:
                continue
            origin, attached = self._about.get(key, (Origin(), 0))
            day = origin.received.strftime("%Y-%m-%d %H.%M.%S") if origin.received else key[-12:]
            yield MailboxMail(
                id=key,
                name=day,
                origin=origin,
                data=answer.data,
                size=answer.size if answer.data else max(answer.size, attached),
            )

    def move_mails(self, ids: Sequence[str], folder: str) -> None:
        """
        Move mails to another folder, which is made if needed.

        Raises:
            MailError: If Graph does not move them.
        """
        options: dict[str, Any] = {"code": MailErrorCode.MAILS_NOT_MOVED, "folder": folder}
        options["headers"] = {"Content-Type": "application/json"}
        target = ""
        for part in folder.split("/"):
            parent, target = target, self._find_folder(part, inside=target)
            if not target:
                content = json.dumps({"displayName": part}).encode()
                made = self._ask("POST", self._folders(parent), content=content, **options)
                target = str(made.json().get("id"))
        content = json.dumps({"destinationId": target}).encode()
        for key in ids:
            self._ask_for_mail(key, "/move", method="POST", content=content, **options)

    def _folders(self, inside: str) -> str:
        path = f"mailFolders/{quote(inside, safe='')}/childFolders" if inside else "mailFolders"
        return self._client.mailbox_address(path)

    def _find_folder(self, name: str, *, inside: str) -> str:
        """Return the id of a folder in another one, or at the top; empty if there is none."""
        if not inside and name.lower() in _WELL_KNOWN:
            return name.lower()
        quoted = "'" + name.replace("'", "''") + "'"
        query = urlencode({"$filter": _NAMED.format(quoted), "$select": "id"}, safe="$,")
        answer = self._ask(
            "GET", f"{self._folders(inside)}?{query}", code=MailErrorCode.GRAPH_FOLDER
        )
        return next((str(item.get("id")) for item in answer.json().get("value", ())), "")

    def _missing_folder(self, *, inside: str) -> MailError:
        """Make the error of a folder that is missing, with those that there are in its place."""
        query = urlencode({"$select": "displayName", "$top": "100"}, safe="$")
        answer = self._ask(
            "GET", f"{self._folders(inside)}?{query}", code=MailErrorCode.GRAPH_FOLDER
        )
        names = sorted(str(item.get("displayName")) for item in answer.json().get("value", ()))
        code = MailErrorCode.GRAPH_FOLDER_MISSING if names else MailErrorCode.GRAPH_FOLDER
        folders = list_names(names, _MOST_NAMES)
        server = self._client.settings
        return MailError(code, server=server, folder=self._folder, folders=folders)

    def _ask_for_mail(
        self,
        key: str,
        path: str,
        *,
        method: str = "GET",
        code: MailErrorCode = MailErrorCode.MAILBOX_UNREADABLE,
        folder: str = "",
        **options: Any,
    ) -> GraphAnswer | None:
        """Ask for something of a mail; None if the mail is not there any more."""
        address = self._client.mailbox_address(f"messages/{quote(key, safe='')}{path}")
        try:
            return self._client.ask_patiently(method, address, **options)
        except GraphRefusal as refusal:
            if refusal.status == _GONE:
                return None
            raise failing_error(self._client, refusal, code, folder) from refusal
        except GraphInterruption as interruption:
            raise failing_error(self._client, interruption, code, folder) from interruption

    def _ask(
        self, method: str, address: str, *, code: MailErrorCode, folder: str = "", **options: Any
    ) -> GraphAnswer:
        try:
            return self._client.ask_patiently(method, address, **options)
        except GraphInterruption as interruption:
            unreachable = MailErrorCode.SERVER_UNREACHABLE
            raise failing_error(self._client, interruption, unreachable) from interruption
        except GraphRefusal as refusal:
            name = folder or self._folder
            raise failing_error(self._client, refusal, code, name) from refusal

    def _error(self, failure: GraphRefusal | GraphInterruption) -> MailError:
        return failing_error(self._client, failure, MailErrorCode.MAILBOX_UNREADABLE, self._folder)


def _is_mark_lost(refusal: GraphRefusal) -> bool:
    return refusal.status == _MARK_LOST or refusal.code in _MARK_CODES


def _is_since(listed: Mapping[str, Any], since: date) -> bool:
    """Return whether a mail is there and came since a day; one of which nobody knows did."""
    if "@removed" in listed or not listed.get("id"):
        return False
    received = _read_time(listed.get("receivedDateTime"))
    return received is None or received.date() >= since


def _read_time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _make_origin(about: Mapping[str, Any]) -> Origin:
    """Return where a mail comes from; what the mailbox says itself precedes the mail's header."""
    sender, headers = about.get("from") or {}, about.get("internetMessageHeaders") or ()
    address = (sender.get("emailAddress") or {}).get("address")
    pairs = [
        ("From", address),
        ("Subject", about.get("subject")),
        ("Message-ID", about.get("internetMessageId")),
        *((field.get("name"), field.get("value")) for field in headers),
    ]
    lines = (f"{name}: {' '.join(str(value).split())}\n" for name, value in pairs if value)
    origin = Headers.parse_block("".join(lines).encode("utf-8", "replace")).read_origin()
    return replace(origin, received=_read_time(about.get("receivedDateTime")) or origin.received)


def _may_hold_workbook(about: Mapping[str, Any]) -> bool:
    """Return whether a mail has an attachment that may be a workbook, or reports a bounce."""
    headers = about.get("internetMessageHeaders") or ()
    kinds = [field.get("value", "") for field in headers if _is_named(field, "content-type")]
    if any("multipart/report" in str(kind).lower() for kind in kinds):
        return True
    attachments = about.get("attachments")
    if attachments is None:
        return about.get("hasAttachments") is not False
    return any(_may_be_workbook(attachment) for attachment in attachments)


def _is_named(header: Mapping[str, Any], name: str) -> bool:
    return str(header.get("name", "")).lower() == name


def _may_be_workbook(attachment: Mapping[str, Any]) -> bool:
    kind, name = attachment.get("@odata.type"), str(attachment.get("name") or "")
    # A link to a file elsewhere has no content; a mail in the mail may have a workbook of its own.
    return kind != _LINK and (kind not in (None, _FILE) or may_name_workbook(name))


def _attached_size(about: Mapping[str, Any]) -> int:
    sizes = [attachment.get("size") for attachment in about.get("attachments") or ()]
    return sum(size for size in sizes if isinstance(size, int))
