"""Sends campaigns to the servers of the tests, and reads what came of it on either side."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final, Protocol, Self

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.record import mails, people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailRecord
from iml4e_xlsx.campaign.send.pace import Clock, MailPause
from iml4e_xlsx.campaign.send.plan import MailPlan, plan_invitations
from iml4e_xlsx.campaign.send.send import SendOutcome, SentCopies, send_mails
from iml4e_xlsx.campaign.servers.credentials import Login
from iml4e_xlsx.campaign.servers.smtp import Smtp
from tests.support.campaigns import (
    NOW,
    ROOT,
    built_campaign,
    change_settings,
    hide_identity,
    move_campaign,
    record_of,
)
from tests.support.servers.certificates import Certificates
from tests.support.servers.mailhost import MailHost
from tests.support.servers.smtp import Received, SmtpServer

LOGIN = Login("campaign", "secret")
FOR_EVER: Final = 3600.0
"""How long a server hesitates, in seconds, that a client is to give up on."""


class Campaigns:
    """Built campaigns of so many people, each made once and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def copy(self, target: Path, people_: int, **settings: object) -> Campaign:
        """Return a built campaign in `target`/campaign."""
        made = self._folder / str(people_)
        if not made.exists():
            with built_campaign(made, people_, roster="roster.csv"):
                pass
            hide_identity(made)
        move_campaign(made, target)
        change_settings(target / "campaign", **settings)
        return open_campaign(target / "campaign")

    @contextlib.contextmanager
    def opened(
        self, target: Path, people_: int, *, database: str = "", **settings: object
    ) -> Iterator[tuple[Campaign, Record]]:
        """Yield a built campaign and its record; one in another database is made anew."""
        if database:
            settings["roster"] = "roster.csv"
            with built_campaign(target, people_, database=database, **settings) as found:
                yield found
            return
        campaign = self.copy(target, people_, **settings)
        with record_of(campaign) as record:
            yield campaign, record


class Opens(Protocol):
    """Opens a built campaign that sends by a server, of three people unless told."""

    def __call__(
        self, server: SmtpServer, people: int = 3, *, folder: Path | None = None, **options: Any
    ) -> contextlib.AbstractContextManager[tuple[Campaign, Record]]:
        """Return a campaign and its record."""


def opener(campaigns: Campaigns, target: Path, certificates: Certificates) -> Opens:
    """Return what opens campaigns in a folder."""

    def opens(
        server: SmtpServer, people: int = 3, *, folder: Path | None = None, **options: Any
    ) -> contextlib.AbstractContextManager[tuple[Campaign, Record]]:
        settings = smtp_settings(server, certificates)
        return campaigns.opened(folder or target, people, **settings, **options)

    return opens


def smtp_settings(server: SmtpServer, certificates: Certificates, **more: object) -> dict[str, Any]:
    """Return the settings of a campaign that sends by a server."""
    return {
        "smtp.host": server.host,
        "smtp.port": server.port,
        "smtp.security": server.security,
        "smtp.ca_file": str(certificates.authority),
        **more,
    }


def mailhost_settings(host: MailHost, sender: str, *, tls: bool) -> dict[str, Any]:
    """Return the settings of a campaign that sends by Postfix."""
    return {
        "smtp.host": host.host,
        "smtp.port": host.submissions_port if tls else host.submission_port,
        "smtp.security": "tls" if tls else "starttls",
        "smtp.ca_file": str(host.certificates.authority),
        "sender.mail": sender,
    }


def environment(server: SmtpServer) -> dict[str, str]:
    """Return the variables that let in."""
    return {"IML4E_SMTP_USER": server.user, "IML4E_SMTP_PASSWORD": server.password}


def invitations(campaign: Campaign, record: Record, *again: str) -> MailPlan:
    """Plan the invitations."""
    with record.begin(NOW) as tx:
        return plan_invitations(tx, campaign, again)


def send(
    campaign: Campaign,
    record: Record,
    *again: str,
    plan: MailPlan | None = None,
    clock: Clock | None = None,
    copies: SentCopies | None = None,
    paused: Callable[[MailPause], None] = lambda _: None,
    **smtp: Any,
) -> SendOutcome:
    """Send the invitations, waiting for nothing long."""
    assert campaign.settings.smtp is not None
    login = smtp.pop("login", LOGIN if campaign.settings.smtp.login else None)
    options = {"timeout": 60, "wait": 0.01, **smtp}
    with Smtp(campaign.settings.smtp, login, campaign.folder, **options) as one:
        wanted = plan or invitations(campaign, record, *again)
        return send_mails(
            campaign,
            record,
            wanted,
            one,
            clock=clock or Clock(wait=0.02),
            sent_copies=copies,
            notice=paused,
        )


def mails_of(record: Record) -> dict[str, list[MailRecord]]:
    """Return what the record says of everybody's mails, by address."""
    with record.begin(NOW) as tx:
        known = mails.all_mails(tx)
        return {one.mail: known.get(one.id, []) for one in people.all_people(tx)}


def states_of(record: Record) -> dict[str, str]:
    """Return the state of everybody's newest mail; "" for none."""
    return {mail: all_[-1].state.value if all_ else "" for mail, all_ in mails_of(record).items()}


def parsed(content: bytes) -> EmailMessage:
    """Return a mail as it was understood at the other end."""
    return message_from_bytes(content, policy=policy.default)


def to_whom(messages: Iterable[Received]) -> list[str]:
    """Return whom mails came for, each as often as one came."""
    return [recipient for one in messages for recipient in one.recipients]


def message_ids(messages: Iterable[Received]) -> list[str]:
    """Return the Message-IDs of mails as they came."""
    return [str(parsed(one.content)["Message-ID"]) for one in messages]


def lose_patience(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """Let the next wait for the answer at a stage be short, and no other: machines may be busy."""
    command = {"rcpt": "RCPT", "content": "DATA"}[stage]
    put, read = smtplib.SMTP.putcmd, smtplib.SMTP.getreply
    replies = itertools.count(2 if stage == "rcpt" else 1)
    last: list[str] = []

    def putcmd(smtp: smtplib.SMTP, cmd: str, args: str = "") -> None:
        last[:] = [cmd.upper()]
        put(smtp, cmd, args)

    def getreply(smtp: smtplib.SMTP) -> tuple[int, bytes]:
        if last == [command] and next(replies) == 2:
            assert smtp.sock is not None
            smtp.sock.settimeout(0.2)
        return read(smtp)

    monkeypatch.setattr(smtplib.SMTP, "putcmd", putcmd)
    monkeypatch.setattr(smtplib.SMTP, "getreply", getreply)


@dataclass
class FakeClock:
    """A clock that stands still until somebody sleeps, or a moment passes with each look at it."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)
    moments: int = 0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds > 0
        self.slept.append(seconds)
        self.passed += seconds

    def now(self) -> datetime:
        """Return a moment that no other is equal to."""
        self.moments += 1
        return NOW + timedelta(seconds=self.passed, microseconds=self.moments)

    @property
    def clock(self) -> Clock:
        """Return it as sending takes it."""
        return Clock(now=self.now, seconds=lambda: self.passed, sleep=self.sleep)


class ScriptedServer:
    """
    A server that answers each command as a test says, without TLS; None hangs up.

    `END` is the answer to a content; `lines` are the commands that came.
    """

    host = "127.0.0.1"

    def __init__(self, script: Mapping[str, str | None] | None = None) -> None:
        self.script: dict[str, str | None] = {
            "CONNECT": "220 here",
            "EHLO": "250-localhost\r\n250 AUTH PLAIN LOGIN",
            "AUTH": "235 in",
            "DATA": "354 go on",
            "QUIT": "221 bye",
            **(script or {}),
        }
        self.lines: list[str] = []
        self.contents: list[bytes] = []
        self._socket = socket.create_server((self.host, 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        """Start it."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(120)

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                with contextlib.suppress(OSError), connection:
                    connection.settimeout(120)
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        answer = self.script["CONNECT"]
        while answer is not None:
            connection.sendall(answer.encode() + b"\r\n")
            if answer.startswith("354"):
                answer = self._content(iter(stream.readline, b""))
                continue
            line = stream.readline().decode()
            if not line:
                return
            self.lines.append(line.rstrip())
            answer = self.script.get(line.split()[0].upper(), "250 fine")

    def _content(self, lines: Iterator[bytes]) -> str | None:
        found: list[bytes] = []
        for line in lines:
            if line == b".\r\n":
                self.contents.append(b"".join(found))
                return self.script.get("END", "250 fine")
            found.append(line)
            if self.script.get("HALF", "") is None:
                return None
        return None


_FORKING = """
import json, os, sys, traceback
import alembic, jinja2, keyring, sqlalchemy, tenacity
import iml4e_xlsx.campaign.send.send, iml4e_xlsx.campaign.servers.smtp
import iml4e_xlsx.cli.campaign.send_messages
import iml4e_xlsx.cli.campaign.campaign_send, iml4e_xlsx.cli.campaign.campaign_remind
import iml4e_xlsx.report.formats.terminal, psycopg
from iml4e_xlsx.cli import main
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        out = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(out, 1)
        os.dup2(out, 2)
        sys.argv = ["iml4e", *order["args"]]
        try:
            exec(order["before"])
            main()
        except SystemExit as end:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(int(end.code or 0))
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(99)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Forking:
    """Starts the command many times, each in a process of its own, without its time to start."""

    def __init__(self, output: Path, env: Mapping[str, str]) -> None:
        self.output = output
        self._process = subprocess.Popen(
            [sys.executable, "-c", _FORKING],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(120)
        self._process.stdout.close()

    def run(
        self, *args: object, before: str = "", meanwhile: Callable[[int], None] = lambda _: None
    ) -> int:
        """
        Run the command; return its exit code, or the signal that ended it, negative.

        Args:
            args: Its arguments.
            before: Python that runs in its process first.
            meanwhile: Is told the process's id while it runs.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"args": [str(x) for x in args], "before": before, "output": str(self.output)}
        self.output.write_text("", encoding="utf-8")  # `meanwhile` may read it before it is written
        print(json.dumps(order), file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline())
        try:
            meanwhile(child)
        except BaseException:  # it may wait for ever: nobody is left to end it
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            raise
        finally:  # else the next run would take this code for a process, and 0 is all of ours
            code = int(self._process.stdout.readline())
        return code

    @property
    def said(self) -> str:
        """What the last one wrote to stdout and stderr."""
        return self.output.read_text(encoding="utf-8")
