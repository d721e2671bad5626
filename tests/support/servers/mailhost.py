"""
A whole mail host: a real Postfix that takes mail, a real Dovecot that keeps it.

Both have settings, queue and mailboxes in a folder of their own, and listen on 127.0.0.2 alone.
What the system's Postfix and Dovecot do, if there are any, makes no difference.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shlex
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Self

import imapclient

from tests.support.real import require_mark
from tests.support.servers.certificates import Certificates
from tests.support.servers.common import (
    ServerError,
    free_ports,
    is_open,
    last_words,
    need_root,
    program,
    starting_alone,
    wait_until,
)
from tests.support.servers.guard import ExitGuard, ending
from tests.support.servers.mailconfig import (
    HOST,
    MAIL_USER,
    Ports,
    dovecot,
    postfix_main,
    postfix_master,
)

_SECONDS = 120
_BATCH = 500


class MailHost:
    """
    Postfix and Dovecot, started by root; a context manager.

    Every address at example.org has a mailbox, made when it is first used, and the same password;
    what comes for `name+detail` goes to `name`. Recipients at bounce.example.org are refused with
    550; those at late.example.org are accepted, and then the sender gets a report that the mail
    could not be delivered. All other recipients are refused. Mail is taken after a login alone.

    Attributes:
        submission_port: Takes mail, with STARTTLS.
        submissions_port: Takes mail, with TLS from the first byte.
        imap_port: IMAP, with STARTTLS.
        imaps_port: IMAP, with TLS from the first byte.
    """

    host = HOST
    password = "secret"

    def __init__(self, certificates: Certificates) -> None:
        self.certificates = certificates
        self._folder = Path()
        self._dovecot: subprocess.Popen[bytes] | None = None
        self._postfix = ""
        self._guard: ExitGuard | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        """
        Start both.

        Raises:
            ServerError: If one is missing, this process is not root's, or one does not start.
        """
        need_root("A mail host")
        require_mark("a mail host")
        # Not in a longer path: Dovecot's sockets have absolute names.
        self._folder = Path(tempfile.mkdtemp(prefix="mail-"))
        self._folder.chmod(0o755)
        try:
            with starting_alone():
                self._start(Ports(*free_ports(6, HOST)))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End both and remove all mail."""
        if self._postfix:
            subprocess.run([*self._postfix_command(), "stop"], capture_output=True, check=False)
        if self._dovecot is not None:
            self._dovecot.terminate()
            self._dovecot.wait(timeout=_SECONDS)
        self._dovecot, self._postfix = None, ""
        if self._guard is not None:
            self._guard.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def imap(self, address: str, *, tls: bool = False) -> imapclient.IMAPClient:
        """Return a client logged in to a mailbox, by STARTTLS unless told; the caller closes it."""
        context = self.certificates.client_context()
        port = self.imaps_port if tls else self.imap_port
        client = imapclient.IMAPClient(
            self.host, port, ssl=tls, ssl_context=context if tls else None, timeout=_SECONDS
        )
        if not tls:
            client.starttls(context)
        client.login(address, self.password)
        return client

    def messages(self, address: str) -> list[bytes]:
        """Return all messages of an inbox in their order; they stay unread."""
        with self.imap(address) as client:
            client.select_folder("INBOX", readonly=True)
            wanted = client.search()
            found = client.fetch(wanted, ["BODY.PEEK[]"]) if wanted else {}
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def wait_for(self, address: str, count: int, timeout: float = 120) -> list[bytes]:
        """
        Return the messages of an inbox once there are so many, or more.

        Raises:
            ServerError: If that takes too long.
        """
        wait_until(
            lambda: self.count(address) >= count,
            timeout,
            lambda: f"{self.count(address)} of {count} mails came to {address}. {self.log()}",
        )
        return self.messages(address)

    def count(self, address: str) -> int:
        """Return how many messages there are in an inbox, from the disk."""
        inbox = self._inbox(address)
        return sum(1 for kind in ("new", "cur") for _ in (inbox / kind).glob("*"))

    def post(self, address: str, messages: Sequence[EmailMessage]) -> None:
        """Send messages to an address by Postfix, and return once all have arrived there."""
        wanted = self.count(address) + len(messages)
        with smtplib.SMTP(self.host, self.submission_port, timeout=_SECONDS) as smtp:
            smtp.starttls(context=self.certificates.client_context())
            smtp.login(address, self.password)
            for message in messages:
                smtp.send_message(message)
        self.wait_for(address, wanted)

    def append(self, address: str, messages: Sequence[bytes], folder: str = "INBOX") -> None:
        """Add messages to a folder by IMAP, many at a time; the folder is made if need be."""
        with self.imap(address) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for first in range(0, len(messages), _BATCH):
                client.multiappend(folder, messages[first : first + _BATCH])

    def fill(self, address: str, messages: Sequence[bytes], *, first: int = 1_700_000_000) -> None:
        """Put messages into an inbox on the disk; each arrived a second after the one before."""
        inbox, owner = self._inbox(address), pwd.getpwnam(MAIL_USER)
        for path in (inbox.parent, inbox, *(inbox / kind for kind in ("cur", "new", "tmp"))):
            if not path.exists():
                path.mkdir()
                os.chown(path, owner.pw_uid, owner.pw_gid)
        for moment, message in enumerate(messages, first):
            # Dovecot numbers new messages by the two numbers in their names.
            path = inbox / "new" / f"{moment}.M{next(self._numbers)}.test"
            path.write_bytes(message)
            os.utime(path, (moment, moment))
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def log(self) -> str:
        """Return what the two said last."""
        return last_words(self._folder / "postfix.log", self._folder / "dovecot.log")

    def _inbox(self, address: str) -> Path:
        return self._folder / "mail" / address.lower() / "Maildir"

    def _start(self, ports: Ports) -> None:
        self.submission_port, self.submissions_port = ports.submission, ports.submissions
        self.imap_port, self.imaps_port = ports.imap, ports.imaps
        self._start_dovecot(ports)
        self._guard_both()
        self._start_postfix(ports)
        for port in (ports.submission, ports.submissions, ports.imaps, ports.lmtp, ports.auth):
            wait_until(
                lambda port=port: is_open(port, HOST),  # type: ignore[misc]
                _SECONDS,
                lambda: f"The mail host did not start. {self.log()}",
            )

    def _start_dovecot(self, ports: Ports) -> None:
        dovecot_program = program("dovecot", "dovecot-imapd dovecot-lmtpd")
        program("lmtp", "dovecot-lmtpd", Path("/usr/lib/dovecot"))
        version = subprocess.run(
            [dovecot_program, "--version"], capture_output=True, text=True, check=True
        ).stdout
        certificate = self.certificates.server.resolve()
        settings = self._folder / "dovecot.conf"
        settings.write_text(
            dovecot(self._folder, ports, certificate, self.password, version), encoding="utf-8"
        )
        mail = self._folder / "mail"
        mail.mkdir()
        shutil.chown(mail, MAIL_USER, MAIL_USER)
        with (self._folder / "dovecot.log").open("ab") as log:
            self._dovecot = subprocess.Popen(
                [dovecot_program, "-F", "-c", settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def _guard_both(self) -> None:
        assert self._dovecot is not None
        self._postfix = program("postfix", "postfix")
        stop = shlex.join([*self._postfix_command(), "stop"])
        self._guard = ExitGuard(self._folder, f"{stop}\n{ending(self._dovecot.pid)}")

    def _start_postfix(self, ports: Ports) -> None:
        settings = self._folder / "postfix"
        for name in ("postfix", "queue", "data"):
            (self._folder / name).mkdir()
        shutil.chown(self._folder / "data", "postfix", "postfix")
        certificate = self.certificates.server.resolve()
        main = postfix_main(self._folder, ports, certificate)
        (settings / "main.cf").write_text(main, encoding="utf-8")
        (settings / "master.cf").write_text(postfix_master(ports), encoding="utf-8")
        done = subprocess.run(
            [*self._postfix_command(), "start"], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ServerError(f"Postfix did not start. {done.stderr}{self.log()}")

    def _postfix_command(self) -> list[str]:
        return [self._postfix, "-c", str(self._folder / "postfix")]
