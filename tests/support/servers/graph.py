"""
A stand-in for Microsoft Graph on loopback, which speaks the JSON of its documentation.

It sends mails (MIME, drafts, upload sessions), lists folders by delta queries in pages, yields
mails as MIME, and fails as it is told.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.servers.common import HOST

MAILBOX = "fay@example.org"
GOOD_KEY = "eyJ0eXAi.good-key.of-graph"


@dataclass
class GraphFault:
    """
    What goes wrong with requests whose method and path hold `where`.

    `kept` lets the request have its effect all the same; `drop` ends the connection without an
    answer, else the answer has `status` and `code`.
    """

    where: str
    status: int = 500
    code: str = "InternalServerError"
    retry_after: str = ""
    drop: bool = False
    kept: bool = False
    ordinals: tuple[int, ...] = ()
    every: int = 0
    times: int | None = None
    seen: int = 0
    happened: int = 0

    def applies(self, request: str) -> bool:
        """Return whether it happens to a request."""
        if self.where not in request:
            return False
        self.seen += 1
        if self.ordinals and self.seen not in self.ordinals:
            return False
        if self.every and self.seen % self.every:
            return False
        if self.times is not None and self.happened >= self.times:
            return False
        self.happened += 1
        return True


@dataclass
class StoredMail:
    """A mail in a folder."""

    id: str
    data: bytes
    received: datetime
    folder: str

    @property
    def parsed(self) -> EmailMessage:
        """Return it as parsed."""
        return message_from_bytes(self.data, policy=policy.default)


@dataclass
class GraphServer:
    """The service on a free port, in threads of its own; a context manager."""

    page_size: int = 200
    keys: set[str] = field(default_factory=lambda: {GOOD_KEY})
    faults: list[GraphFault] = field(default_factory=list)
    mails: list[StoredMail] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    drafts: dict[str, EmailMessage] = field(default_factory=dict)
    uploads: dict[str, tuple[str, dict[str, Any], bytearray]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    folders: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The name of each folder of one's own, and the folder that it is in."""
    changes: list[tuple[str, str]] = field(default_factory=list)
    """The folder and the mail of each arrival, in order."""
    forgets: bool = False
    """Whether the marks of delta queries are unknown."""

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._http = _Listener((HOST, 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, name="graph")

    @property
    def address(self) -> str:
        """Return where it is, as the settings name it."""
        return f"http://{HOST}:{self._http.server_address[1]}/v1.0"

    def __enter__(self) -> Self:
        """Start it."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(120)

    def arrive(
        self, *mails: bytes, folder: str = "inbox", received: datetime | None = None
    ) -> list[str]:
        """Let mails arrive; return their ids."""
        ids = []
        with self.lock:
            for data in mails:
                mail = StoredMail(
                    id=f"AAMkAG{len(self.mails):04}/x+y=",
                    data=data,
                    received=received or datetime.now(UTC),
                    folder=folder,
                )
                self.mails.append(mail)
                self.changes.append((folder, mail.id))
                ids.append(mail.id)
        return ids

    def find_mail(self, key: str) -> StoredMail | None:
        """Return the mail with an id."""
        return next((mail for mail in self.mails if mail.id == key), None)

    @property
    def recipients(self) -> list[str]:
        """Return whom mails left for."""
        return [str(_parse(data)["To"]).rpartition("<")[2].strip("<>") for data in self.sent]


def _parse(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that have hung up."""


class _Refusal(Exception):  # noqa: N818
    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.code, self.headers = status, code, dict(headers or {})


class _Handler(BaseHTTPRequestHandler):
    owner: GraphServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner, request = self.owner, f"{self.command} {unquote(self.path)}"
        with owner.lock:
            owner.requests.append(request)
            fault = next((one for one in owner.faults if one.applies(request)), None)
            headers: dict[str, str] = {}
            try:
                _suffer(fault, kept=False)
                status, body = self._carry_out(content)
                _suffer(fault, kept=True)
            except _Refusal as refusal:
                status, headers = refusal.status, refusal.headers
                error = {"code": refusal.code, "message": f"Words for {refusal.code}."}
                body = json.dumps({"error": error}).encode()
        if fault is not None and fault.drop:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _carry_out(self, content: bytes) -> tuple[int, bytes]:
        split = urlsplit(self.path)
        parts = [unquote(part) for part in split.path.split("/")[1:]]
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        if parts[0] == "upload":
            assert "Authorization" not in self.headers, "no key is shown where one is in the path"
            return self._upload(parts[1], content)
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.owner.keys:
            raise _Refusal(401, "InvalidAuthenticationToken")
        if parts[:3] != ["v1.0", "users", MAILBOX]:
            raise _Refusal(404, "ErrorInvalidUser")
        rest = parts[3:]
        if rest == ["sendMail"]:
            return self._send(self._mime(content))
        if rest[0] == "mailFolders":
            return self._folder(rest[1:], query, content)
        return self._message(rest[1:], query, content)

    def _mime(self, content: bytes) -> bytes:
        if len(content) > 4_000_000:
            raise _Refusal(413, "ErrorMessageSizeExceeded")
        assert self.headers["Content-Type"] == "text/plain"
        try:
            return base64.b64decode(content, validate=True)
        except ValueError:
            raise _Refusal(400, "ErrorMimeContentInvalidBase64String") from None

    def _send(self, data: bytes) -> tuple[int, bytes]:
        self.owner.sent.append(data)
        return 202, b""

    def _message(
        self, rest: list[str], query: Mapping[str, str], content: bytes
    ) -> tuple[int, bytes]:
        owner = self.owner
        if not rest:
            key = f"draft{len(owner.requests)}"
            owner.drafts[key] = _parse(self._mime(content))
            return _json(201, {"id": key, "isDraft": True})
        key, path = rest[0], "/".join(rest[1:])
        if key in owner.drafts:
            return self._draft(key, path, content)
        mail = owner.find_mail(key)
        if mail is None:
            raise _Refusal(404, "ErrorItemNotFound")
        if path == "$value":
            return 200, mail.data
        if path == "move":
            mail.folder = json.loads(content)["destinationId"]
            owner.changes.append((mail.folder, mail.id))
            return _json(201, {"id": mail.id})
        assert path == ""
        assert "$select" in query
        return _json(200, _details(mail))

    def _draft(self, key: str, path: str, content: bytes) -> tuple[int, bytes]:
        owner = self.owner
        if self.command == "DELETE":
            del owner.drafts[key]
            return 204, b""
        if path == "send":
            return self._send(owner.drafts.pop(key).as_bytes())
        item = json.loads(content)
        if path == "attachments":
            _attach(owner.drafts[key], item, base64.b64decode(item["contentBytes"]))
            return _json(201, {"id": "attachment"})
        assert path == "attachments/createUploadSession"
        number = f"session{len(owner.requests)}"
        owner.uploads[number] = key, item["AttachmentItem"], bytearray()
        host = self.owner.address.removesuffix("/v1.0")
        return _json(201, {"uploadUrl": f"{host}/upload/{number}?authtoken=secret"})

    def _upload(self, number: str, content: bytes) -> tuple[int, bytes]:
        key, item, data = self.owner.uploads[number]
        start, _, total = self.headers["Content-Range"].removeprefix("bytes ").partition("/")
        at = int(start.partition("-")[0])
        assert int(total) == item["size"]
        data[at : at + len(content)] = content
        if len(data) < item["size"]:
            return _json(200, {"nextExpectedRanges": [str(len(data))]})
        _attach(self.owner.drafts[key], item, bytes(data))
        return 201, b""

    def _folder(
        self, rest: list[str], query: Mapping[str, str], content: bytes
    ) -> tuple[int, bytes]:
        owner = self.owner
        if rest and rest[-1] == "delta":
            return self._delta(rest[0], query)
        if not rest or rest[-1] == "childFolders":
            parent = rest[0] if rest else ""
            if self.command == "POST":
                name = json.loads(content)["displayName"]
                owner.folders[key := f"folder{len(owner.folders)}"] = (name, parent)
                return _json(201, {"id": key})
            if "$filter" not in query:
                assert query["$select"] == "displayName"
                names = [name for name, inside in owner.folders.values() if inside == parent]
                names += [] if parent else ["Inbox", "Junk Email"]
                return _json(200, {"value": [{"displayName": name} for name in names]})
            wanted = query["$filter"].partition(" eq ")[2].strip("'").replace("''", "'")
            found = [key for key, one in owner.folders.items() if one == (wanted, parent)]
            return _json(200, {"value": [{"id": key} for key in found]})
        if rest[0] not in ("inbox", "junkemail", *owner.folders):
            raise _Refusal(404, "ErrorItemNotFound")
        return _json(200, {"id": rest[0]})

    def _delta(self, folder: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        owner = self.owner
        mark = query.get("$skiptoken") or query.get("$deltatoken")
        if mark and owner.forgets:
            raise _Refusal(410, "SyncStateNotFound")
        if not mark:
            assert query["changeType"] == "created"
        start = int(mark or 0)
        end = min(start + owner.page_size, len(owner.changes))
        here = {mail.id: mail for mail in owner.mails if mail.folder == folder}
        changed = dict.fromkeys(key for place, key in owner.changes[start:end] if place == folder)
        value = [
            {"id": key, "receivedDateTime": _time(here[key].received)}
            if key in here
            else {"id": key, "@removed": {"reason": "changed"}}
            for key in changed
        ]
        base = f"{owner.address}/users/{MAILBOX}/mailFolders('{folder}')/messages/delta"
        base = base.replace(f"('{folder}')", f"/{folder}")
        if end < len(owner.changes):
            return _json(200, {"value": value, "@odata.nextLink": f"{base}?$skiptoken={end}"})
        return _json(200, {"value": value, "@odata.deltaLink": f"{base}?$deltatoken={end}"})


def _suffer(fault: GraphFault | None, *, kept: bool) -> None:
    """Refuse before a request has its effect, or after it."""
    if fault is not None and fault.kept == kept:
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        raise _Refusal(fault.status, fault.code, headers)


def _json(status: int, value: object) -> tuple[int, bytes]:
    return status, json.dumps(value).encode()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _attach(draft: EmailMessage, item: Mapping[str, Any], data: bytes) -> None:
    main, _, sub = item["contentType"].partition("/")
    draft.add_attachment(data, maintype=main, subtype=sub, filename=item["name"])


def _details(mail: StoredMail) -> dict[str, Any]:
    parsed = mail.parsed
    sender = str(parsed["From"] or "")
    found = list(_attachments(parsed))
    return {
        "id": mail.id,
        "subject": str(parsed["Subject"] or ""),
        "from": {"emailAddress": {"name": "", "address": sender.rpartition("<")[2].strip("<>")}},
        "receivedDateTime": _time(mail.received),
        "internetMessageId": str(parsed["Message-ID"] or ""),
        "internetMessageHeaders": [
            {"name": name, "value": str(value)} for name, value in parsed.items()
        ],
        "hasAttachments": bool(found),
        "attachments": found,
    }


def _attachments(parsed: EmailMessage) -> Iterable[dict[str, Any]]:
    for number, part in enumerate(parsed.walk()):
        if part.is_multipart() or not part.get_filename():
            continue
        yield {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "id": str(number),
            "name": part.get_filename(),
            "contentType": part.get_content_type(),
            "size": len(part.get_payload()),
        }
