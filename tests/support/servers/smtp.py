"""
A mail server that takes everything, keeps it for the test, and fails as it is told.

aiosmtpd speaks the protocol; the content of a message is read here, in pieces instead of line by
line, for tests that send many large ones.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, TypeAlias, cast

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.servers.certificates import Certificates
from tests.support.servers.common import HOST, ServerError
from tests.support.servers.faults import Fault, Stage, first_that_applies
from tests.support.servers.tokens import TokenGuard, closing_answer, decode, refuse_token

Security: TypeAlias = Literal["starttls", "tls", "none"]

_PIECE = 1 << 18
_LONGEST_LINE = 998
_LONGEST_LOGIN = 12_288
_SECONDS = 120


@dataclass(frozen=True)
class Received:
    """A message as it came; `content` has its line ends and no dots of the protocol."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class SmtpServer:
    """
    A mail server on a free port, in a thread of its own; a context manager.

    Args:
        certificates: What it shows to clients.
        security: "starttls" takes nothing before TLS, "tls" is TLS from the first byte.
        certificate: Another one of `certificates` to show, to be refused.
        user: Who may log in.
        password: With what.
        login: Whether mail is taken only after a login.
        size_limit: The largest message in bytes, told to clients that ask.
        tokens: Who may log in by token, and nobody by password.
        mechanism: By which way a token is given.
        faults: What goes wrong; `faults` of the server may be changed while it runs.
    """

    host = HOST

    def __init__(  # noqa: PLR0913 - a test names what matters to it, and nothing else
        self,
        certificates: Certificates,
        *,
        security: Security = "starttls",
        certificate: Path | None = None,
        user: str = "campaign",
        password: str = "secret",  # noqa: S107 - of nothing but tests
        login: bool = True,
        size_limit: int = 50_000_000,
        tokens: TokenGuard | None = None,
        mechanism: str = "XOAUTH2",
        faults: Iterable[Fault] = (),
    ) -> None:
        self.port = 0
        self.security = security
        self.user = user
        self.password = password
        self.login = login
        self.size_limit = size_limit
        self.tokens = tokens
        self.mechanism = mechanism
        self.faults = list(faults)
        self.logins = 0
        """How many logins were accepted."""
        self.reached: Counter[Stage] = Counter()
        """How often each stage was reached, whatever came of it."""
        self.tls = certificates.server_context(certificate)
        self._messages: list[Received] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="smtp")
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sessions: set[_Session] = set()

    def __enter__(self) -> Self:
        """
        Start it.

        Raises:
            ServerError: If it does not start in time.
        """
        self._thread.start()
        if not self._ready.wait(_SECONDS):
            raise ServerError("The mail server did not start.")
        return self

    def __exit__(self, *_: object) -> None:
        """End its connections and itself."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_SECONDS)

    @property
    def messages(self) -> tuple[Received, ...]:
        """All messages that were kept, in the order in which they came."""
        with self._lock:
            return tuple(self._messages)

    @property
    def connections(self) -> int:
        """How many connections there were, those with a failed handshake of TLS aside."""
        return self.reached["connect"]

    def keep(self, envelope: Envelope) -> None:
        """Keep a message."""
        content = cast("bytes", envelope.content)
        one = Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        with self._lock:
            self._messages.append(one)

    def meet(self, stage: Stage, recipients: Iterable[str] = ()) -> Fault | None:
        """Count that a stage was reached, and return what goes wrong, if anything."""
        self.reached[stage] += 1
        return first_that_applies(self.faults, stage, self.reached[stage], tuple(recipients))

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: object
    ) -> AuthResult:
        """Return whether name and password are right."""
        assert isinstance(given, LoginPassword)
        wanted = (self.user.encode(), self.password.encode())
        fine = (given.login, given.password) == wanted
        self.logins += fine
        return AuthResult(success=fine, handled=False, auth_data=given)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await self._loop.create_server(
            self._session, HOST, 0, ssl=self.tls if self.security == "tls" else None
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = [one.end() for one in self._sessions]
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)
        await server.wait_closed()

    def _session(self) -> _Session:
        assert self._loop is not None
        one = _Session(self, self._loop)
        self._sessions.add(one)
        return one


class _Session(SMTP):
    """One connection."""

    # Also how much is read at once; lines of content are measured when they are all there.
    line_length_limit = _PIECE

    def __init__(self, owner: SmtpServer, loop: asyncio.AbstractEventLoop) -> None:
        starttls: ssl.SSLContext | None = owner.tls if owner.security == "starttls" else None
        super().__init__(
            _Hooks(owner),
            hostname="localhost",
            ident="test",
            data_size_limit=owner.size_limit,
            enable_SMTPUTF8=True,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_exclude_mechanism=_ways_not_offered(owner),
            auth_required=owner.login,
            authenticator=owner.authenticate,
            loop=loop,
        )
        # Given to the constructor, False is a warning, and aiosmtpd does not know TLS from the
        # first byte as TLS.
        self._auth_require_tls = starttls is not None
        self.owner = owner
        self.token = ""
        self.command_size_limits["AUTH"] = _LONGEST_LOGIN

    async def take_token(self, mechanism: str, args: list[str]) -> AuthResult:
        """Let in by a valid token; say why not as RFC 7628 has it."""
        assert self.owner.tokens is not None
        said = decode(args[1].encode())
        self.token = self.owner.tokens.find_token(mechanism, said)
        if not self.token:
            assert await self.challenge_auth(refuse_token()) == closing_answer(mechanism)
            # Some servers repeat what they were given.
            words = f"535 5.7.8 Credentials invalid: {args[1]}"
            return AuthResult(success=False, handled=False, message=words)
        self.owner.logins += 1
        return AuthResult(success=True, handled=False)

    def end(self) -> asyncio.Task[None] | None:
        """Cut the connection and return what is to end with it."""
        task = self._handler_coroutine
        if task is not None and not task.done():
            task.cancel()
        if self.transport is not None:
            cast("asyncio.Transport", self.transport).abort()
        return task

    async def suffer(self, fault: Fault | None) -> str | None:
        """Let a fault happen; return its reply, None if all goes on. It may not return at all."""
        if fault is None:
            return None
        await asyncio.sleep(fault.seconds)
        if fault.drop:
            transport = cast("asyncio.Transport", self.transport)
            transport.abort()
            await asyncio.Event().wait()  # the lost connection cancels this
        if fault.reply.startswith("421"):
            await self.push(fault.reply)
            cast("asyncio.Transport", self.transport).close()
            await asyncio.Event().wait()
        return fault.reply or None

    async def _handle_client(self) -> None:
        reply = await self.suffer(self.owner.meet("connect"))
        if reply is not None:
            await self.push(reply)
        else:
            await super()._handle_client()

    async def smtp_DATA(self, _: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Take a message."""
        assert self.envelope is not None
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        recipients = tuple(self.envelope.rcpt_tos)
        reply = await self.suffer(self.owner.meet("data", recipients))
        if reply is not None:
            self.envelope = self._create_envelope()
            await self.push(reply)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self.envelope.content = await self._content()
        reply = self._refused(self.envelope.content) or await self._kept(self.envelope)
        self.envelope = self._create_envelope()
        await self.push(reply)
        if reply.startswith("250"):
            await self._after_answer(recipients)

    async def _content(self) -> bytes:
        """Return what comes until the line with a single dot."""
        data = bytearray(b"\r\n")
        while not data.endswith(b"\r\n.\r\n"):
            piece = await self._reader.read(_PIECE)
            if not piece:
                await asyncio.Event().wait()  # the lost connection cancels this
            data += piece
        del data[-3:]
        return bytes(data.replace(b"\r\n.", b"\r\n")[2:])

    def _refused(self, content: bytes) -> str:
        """Return why a content is not taken, in the words of aiosmtpd."""
        if len(content) > self.owner.size_limit:
            return "552 Error: Too much mail data"
        if max(map(len, content.split(b"\r\n"))) > _LONGEST_LINE:
            return "500 Line too long (see RFC5321 4.5.3.1.6)"
        return ""

    async def _kept(self, envelope: Envelope) -> str:
        fault = self.owner.meet("content", envelope.rcpt_tos)
        kept = fault is not None and fault.kept
        if kept:
            self.owner.keep(envelope)
        reply = await self.suffer(fault)
        if reply is None and not kept:
            self.owner.keep(envelope)
        return reply or "250 2.0.0 OK"

    async def _after_answer(self, recipients: tuple[str, ...]) -> None:
        fault = self.owner.meet("answered", recipients)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            if fault.drop:
                # Closed and not aborted, so that the answer arrives.
                cast("asyncio.Transport", self.transport).close()


def _ways_not_offered(owner: SmtpServer) -> set[str]:
    """Return the ways to log in that a server does not know."""
    offered = {"PLAIN", "LOGIN"} if owner.tokens is None else {owner.mechanism}
    return {"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"} - offered


class _Hooks:
    """What aiosmtpd asks when a command is well-formed and in its place."""

    def __init__(self, owner: SmtpServer) -> None:
        self.owner = owner

    async def handle_AUTH(self, session: _Session, *_: object) -> object:  # noqa: N802
        """Let faults of a login happen; None goes on with it."""
        return await session.suffer(self.owner.meet("login")) or MISSING

    async def auth_XOAUTH2(self, session: _Session, args: list[str]) -> AuthResult:  # noqa: N802
        """Let in by the way of Google and Microsoft."""
        return await session.take_token("XOAUTH2", args)

    async def auth_OAUTHBEARER(  # noqa: N802
        self, session: _Session, args: list[str]
    ) -> AuthResult:
        """Let in by the way of RFC 7628."""
        return await session.take_token("OAUTHBEARER", args)

    async def handle_MAIL(  # noqa: N802
        self, session: _Session, _: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender."""
        reply = await session.suffer(self.owner.meet("mail"))
        if self.owner.tokens is not None:
            if not self.owner.tokens.is_valid(session.token):
                return "530 5.7.57 Client not authenticated to send mail"
            self.owner.tokens.use(session.token)
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, session: _Session, _: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        reply = await session.suffer(self.owner.meet("rcpt", [address]))
        if reply is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply or "250 2.1.5 OK"
