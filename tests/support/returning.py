"""What comes back to a campaign, and how: filled workbooks, mails with them, a mailbox between."""

from __future__ import annotations

import contextlib
import mailbox
import select
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.record import returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.model import RatingValue
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.campaigns import (
    NOW,
    Row,
    all_rated,
    built_campaign,
    change_settings,
    hide_identity,
    move_campaign,
    person_of,
    record_of,
)
from tests.support.servers.certificates import Certificates
from tests.support.servers.mailhost import MailHost

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Rounds:
    """Built campaigns with their records in them, each made once and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def opened(
        self, target: Path, people: int | Sequence[Row] = 4, **settings: Any
    ) -> Iterator[tuple[Campaign, Record]]:
        """Copy a built campaign to `target`/campaign and open it."""
        made = self._folder / (str(people) if isinstance(people, int) else people[0].mail)
        if not made.exists():
            with built_campaign(made, people, roster="roster.csv"):
                pass
            hide_identity(made)
        move_campaign(made, target)
        change_settings(target / "campaign", **settings)
        campaign = open_campaign(target / "campaign")
        with record_of(campaign) as record:
            yield campaign, record


def filled(
    campaign: Campaign,
    ratings: Mapping[str, RatingValue | None] | int = 3,
    *,
    identity: str = "",
    note: str = "",
) -> bytes:
    """Return a workbook with ratings; without the id of one that was issued unless it is given."""
    scheme = campaign.load_scheme()
    given = all_rated(scheme, ratings) if isinstance(ratings, int) else ratings
    first = next(iter(scheme.statements))
    answered = response(scheme, given, evidence={first: note} if note else {})
    return build_workbook(scheme, created=CREATED, response=answered, identity=identity or None)


def filled_of(
    campaign: Campaign,
    record: Record,
    mail: str,
    ratings: Mapping[str, RatingValue | None] | int = 3,
    *,
    note: str = "",
) -> bytes:
    """Return a person's workbook with ratings."""
    identity = person_of(record, mail).workbook_id
    return filled(campaign, ratings, identity=identity, note=note)


def mail(
    *files: tuple[str, bytes],
    sender: str = "ann@example.org",
    message_id: str = "<one@example.org>",
    at: datetime | None = NOW,
    to: str = "facilitator@example.org",
    subject: str = "Re: Assessment",
) -> EmailMessage:
    """Return a mail with files attached, as a mail program makes one."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    if message_id:
        made["Message-ID"] = message_id
    if at:
        made["Date"] = format_datetime(at)
    made.set_content("Here it is.\n")
    made.add_alternative("<p>Here it is.</p>", subtype="html")
    maintype, subtype = SHEET.split("/")
    for name, content in files:
        made.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return made


def write_mbox(path: Path, messages: Iterable[EmailMessage]) -> Path:
    """Write mails to an mbox."""
    with contextlib.closing(mailbox.mbox(path)) as box:
        for one in messages:
            box.add(one)
    return path


def all_returned(record: Record) -> list[ReturnedFile]:
    """Return everything that came back."""
    with record.begin(NOW) as tx:
        return returns.all_returned(tx)


def standing_of(record: Record, address: str) -> Participant:
    """Return where a person stands."""
    with record.begin(NOW) as tx:
        return next(one for one in list_participants(tx) if one.person.mail == address)


def originals(campaign: Campaign) -> dict[str, bytes]:
    """Return all files that are kept, by their paths in the campaign; hidden ones as well."""
    return {
        path.relative_to(campaign.folder).as_posix(): path.read_bytes()
        for folder in (campaign.returned, campaign.aside)
        for path in sorted(folder.glob("*"))
    }


def imap_settings(host: MailHost, *, tls: bool = True) -> dict[str, Any]:
    """Return settings for the mailbox at a mail host, from this day on."""
    return {
        "created": datetime.now(UTC).date(),
        "imap.host": host.host,
        "imap.port": host.imaps_port if tls else host.imap_port,
        "imap.security": "tls" if tls else "starttls",
        "imap.ca_file": str(host.certificates.authority),
    }


class Relay:
    """
    Stands between a client on this machine, without encryption, and an IMAP server, with TLS.

    Attributes:
        said: What the client said, line by line.
        sent: How many bytes the server sent.
        cut_after: After how many bytes of the server both connections break; None for never.
        replaced: What of the server's words arrives as something else of the same length.
    """

    def __init__(self, host: MailHost) -> None:
        self._target = (host.host, host.imaps_port)
        self._certificates: Certificates = host.certificates
        self.said: list[str] = []
        self.sent = 0
        self.cut_after: int | None = None
        self.replaced: dict[bytes, bytes] = {}

    def __enter__(self) -> Self:
        """Listen."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=120)

    @property
    def settings(self) -> dict[str, Any]:
        """Return a campaign's settings for it."""
        return {
            "created": datetime.now(UTC).date(),
            "imap.host": "127.0.0.1",
            "imap.port": self.port,
            "imap.security": "none",
        }

    def commands(self, word: str) -> list[str]:
        """Return what the client asked for with a word."""
        return [line for line in self.said if word in line]

    def forget(self) -> None:
        """Count anew."""
        self.said, self.sent = [], 0

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        context = self._certificates.client_context()
        plain = socket.create_connection(self._target)
        server = context.wrap_socket(plain, server_hostname=self._target[0])
        with client, server, contextlib.suppress(OSError):
            while self._passed(client, server):
                pass

    def _passed(self, client: socket.socket, server: ssl.SSLSocket) -> bool:
        """Pass on what either says; return whether there may be more."""
        ready = [server] if server.pending() else select.select([client, server], [], [])[0]
        if client in ready:
            data = client.recv(1 << 16)
            self.said += data.decode("utf-8", "replace").splitlines()
            server.sendall(data)
            return bool(data)
        data = server.recv(1 << 16)
        for old, new in self.replaced.items():
            data = data.replace(old, new)
        self.sent += len(data)
        if self.cut_after is not None and self.sent > self.cut_after:
            return False
        client.sendall(data)
        return bool(data)
