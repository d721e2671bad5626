"""
Delivers mails to an SMTP server over one connection, and keeps certain from uncertain outcomes.

A server accepts a mail with its answer to the last line of it (RFC 5321, 4.1.1.4 and 6.1). Up to
that line nothing was accepted, whatever breaks; from there on, until the answer is there, nobody
can know: that and only that is `MailUncertainty`. An answer that concerns the whole account is an
`AccountLimit`: the connection is closed, and nothing here tries again.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Self

import tenacity

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.account_limits import AnswerConcern, DialogueStage, judge_answer
from iml4e_xlsx.campaign.servers.credentials import Login, TokenLogin
from iml4e_xlsx.campaign.servers.refusals import choose_refusal
from iml4e_xlsx.campaign.servers.smtp_answers import answer_text, error_text, read_size
from iml4e_xlsx.campaign.servers.smtp_connection import disable_delay, open_smtp
from iml4e_xlsx.campaign.servers.smtp_login import log_in
from iml4e_xlsx.campaign.servers.tls import certificate_error, tls_context
from iml4e_xlsx.campaign.servers.transport import (
    MAIL_TOO_LARGE,
    AccountLimit,
    MailDeferral,
    MailRefusal,
    MailUncertainty,
    excess_note,
)
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from iml4e_xlsx.text.message import Message, message

_TIMEOUT: Final = 60.0
"""Seconds for any answer; RFC 5321 asks for more after the data, but people wait."""

_TRIES: Final = 5
_LONGEST_WAIT: Final = 30.0
_PATIENCE: Final = 90.0
"""Seconds after which no further connection is tried."""

_DOT: Final = re.compile(rb"^\.", re.MULTILINE)
_DONE, _GO_ON, _LATER, _NEVER = 2, 3, 4, 5
"""The first digit of an answer, which says all that there is to know (RFC 5321, 4.2.1)."""

_NOT_LOGGED_IN: Final = (530, 535)
"""Answers to a client whose login does not count (RFC 4954, 6), or counts no longer."""

_BROKEN: Final = "connection-broken"
"""A note of ours in the place of a server's words: the rest of the line is its detail."""

_MOST_BROKEN: Final = 3
"""People whose mails break connections, one after another, before it is not the mails' fault."""


class Smtp:
    """
    A connection to a server, opened when it is needed and again when it broke.

    A context manager; `connections` counts how often it was opened, `refused_copies` has the
    addresses to which no copy went.
    """

    per_minute: int | None = None
    largest_mail: int | None = None

    def __init__(
        self,
        server: MailServer,
        login: Login | TokenLogin | None,
        folder: Path,
        *,
        timeout: float = _TIMEOUT,
        wait: float = 1.0,
        notice: Callable[[Message], None] = lambda _: None,
    ) -> None:
        """
        Set up a connection without opening it.

        Args:
            server: Where to.
            login: Who logs in, or None for nobody.
            folder: The campaign's, which paths in the settings are relative to.
            timeout: Seconds to wait for an answer.
            wait: Seconds before the second try to connect, doubled for each one after.
            notice: Called with a message before each wait.
        """
        self.server = server
        self.connections = 0
        self.refused_copies: dict[str, str] = {}
        self._login = login
        self._folder = folder
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None
        self._has_delivered = False
        self._broken_for: set[str] = set()
        self._retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_TRIES) | tenacity.stop_after_delay(_PATIENCE),
            wait=tenacity.wait_exponential(multiplier=wait, max=_LONGEST_WAIT),
            retry=tenacity.retry_if_exception(_may_help_again),
            reraise=True,
            before_sleep=lambda state: notice(
                message("mail.retry", server=server, reason=_last_error(state).rstrip("."))
            ),
        )

    def __enter__(self) -> Self:
        """Return itself; the connection is opened with the first mail."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Take leave of the server; in the middle of a dialogue it would not listen."""
        if kind is None:
            self._take_leave()
        self._drop_connection()

    def connect(self) -> smtplib.SMTP:
        """
        Open the connection and log in, unless that was done; return it.

        Raises:
            AccountLimit: If the server lets the account do nothing now.
            MailError: If that cannot be done, however often it is tried.
        """
        if self._smtp is None:
            try:
                self._smtp = self._retrying(self._open_connection)
            except AccountLimit:
                raise
            except MailDeferral as error:
                raise self._error(
                    MailErrorCode.SERVER_UNREACHABLE, reason=str(error).rstrip(".")
                ) from error
        return self._smtp

    def deliver_mail(
        self, sender: str, recipient: str, data: bytes, copies: Sequence[str] = ()
    ) -> str:
        """
        Hand over one mail to one recipient, and to those who get a copy; return the server's words.

        Servers end a connection after so many mails or seconds: where it broke before the mail
        was handed over whole, that is done once more over another connection.

        Args:
            sender: The address in the envelope that failures go to.
            recipient: The address in the envelope.
            data: The mail, its lines ended by CR LF.
            copies: The addresses that get a copy. Those that the server refuses get none.

        Raises:
            MailRefusal: If the server will not take it.
            MailDeferral: If it did not take it this time.
            AccountLimit: If it takes no mail of this account for a time.
            MailUncertainty: If the answer was lost.
            MailError: If no mail can be sent at all: no connection, no trust, no login, or the
                sender is refused, or the account has sent what it may.
        """
        try:
            smtp = self._begin_patiently(sender, (recipient, *copies), data)
            words = self._end_mail(smtp, data)
        except AccountLimit:
            self._take_leave()
            raise
        self._has_delivered = True
        self._broken_for.clear()
        return words

    def _begin_patiently(self, sender: str, recipients: Sequence[str], data: bytes) -> smtplib.SMTP:
        """Hand over all but the last line; if the connection breaks, once more over another."""
        try:
            return self._begin_mail(sender, recipients, data)
        except MailDeferral as deferral:
            if self._smtp is not None or isinstance(deferral, AccountLimit):
                raise
        try:
            return self._begin_mail(sender, recipients, data)
        except MailDeferral as deferral:
            if self._smtp is None:
                self._broken_for.add(recipients[0])
            # Whoever hangs up on everybody means the account, and each try is another login.
            if len(self._broken_for) < _MOST_BROKEN or isinstance(deferral, AccountLimit):
                raise
            raise self._limit(str(deferral)) from deferral

    def _end_mail(self, smtp: smtplib.SMTP, data: bytes) -> str:
        """Hand over the last line, and return the server's words."""
        with self._drop_if_broken(MailUncertainty):
            smtp.send(b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")
            answer = smtp.getreply()
            if answer[0] // 100 not in (_DONE, _LATER, _NEVER):
                raise smtplib.SMTPServerDisconnected(answer_text(answer))
        with self._drop_if_broken(MailDeferral):
            self._check_answer("content", answer, _DONE, size=len(data))
        return answer_text(answer)

    def _begin_mail(self, sender: str, recipients: Sequence[str], data: bytes) -> smtplib.SMTP:
        """Hand over all but the last line, up to which nothing is accepted."""
        smtp = self.connect()
        with self._drop_if_broken(MailDeferral):
            self._send_envelope(smtp, sender, recipients, len(data))
            smtp.send(_DOT.sub(b"..", data))
        return smtp

    def _send_envelope(
        self, smtp: smtplib.SMTP, sender: str, recipients: Sequence[str], size: int
    ) -> None:
        if self.largest_mail is not None and size > self.largest_mail:
            raise MailRefusal(excess_note(size, self.largest_mail))
        with self._reset_if_refused(smtp):
            options = [f"SIZE={size}"] if smtp.has_extn("size") else []
            answer = smtp.mail(sender, options)
            self._check_lapse(answer)
            try:
                self._check_answer("mail", answer, _DONE, size=size)
            except MailRefusal as refusal:
                if str(refusal).startswith(MAIL_TOO_LARGE):
                    raise
                raise self._sender_refusal(sender, str(refusal)) from refusal
            self._check_answer("rcpt", smtp.rcpt(recipients[0]), _DONE, size=size)
            for address in recipients[1:]:
                self._name_copy(smtp, address)
            self._check_answer("data", smtp.docmd("DATA"), _GO_ON, size=size)

    def _name_copy(self, smtp: smtplib.SMTP, address: str) -> None:
        """Name somebody who gets a copy; note a refusal, which is no reason to keep the mail."""
        try:
            self._check_answer("rcpt", smtp.rcpt(address), _DONE)
        except (MailRefusal, MailDeferral) as error:
            if str(error).startswith("421"):  # the connection is closed as well
                raise
            # 452 4.5.3 is about one recipient too many here, and a limit comes with the next mail.
            self.refused_copies[address] = str(error)

    def _check_lapse(self, answer: tuple[int, bytes]) -> None:
        """Drop a connection whose token has ended, so that the mail goes over another one."""
        if answer[0] not in _NOT_LOGGED_IN or not isinstance(self._login, TokenLogin):
            return
        if self._has_delivered:  # else a fresh token did not help, and another would not
            self._login.tokens.discard_token()
            raise smtplib.SMTPServerDisconnected(answer_text(answer))

    def _sender_refusal(self, sender: str, reason: str) -> MailError:
        code = choose_refusal(
            self.server,
            reason,
            by_token=isinstance(self._login, TokenLogin),
            default=MailErrorCode.SENDER_REFUSED,
        )
        user = self._login.user if self._login else sender
        return self._error(code, sender=sender, user=user, prefix="IML4E_SMTP", reason=reason)

    @contextlib.contextmanager
    def _reset_if_refused(self, smtp: smtplib.SMTP) -> Iterator[None]:
        """Take an envelope back that was refused, so that the next one begins anew."""
        try:
            yield
        except (MailRefusal, MailDeferral):
            try:
                smtp.rset()
            except OSError:
                self._drop_connection()
            raise

    @contextlib.contextmanager
    def _drop_if_broken(self, outcome: type[Exception]) -> Iterator[None]:
        """Raise an outcome where the connection breaks, and let go of the connection."""
        try:
            yield
        except OSError as error:  # as all errors of smtplib are
            self._drop_connection()
            note = f"{_BROKEN} {error_text(error)}"
            raise outcome(note) from error

    def _open_connection(self) -> smtplib.SMTP:
        """Open a connection and log in; MailDeferral where another try may help."""
        try:
            smtp = self._reach()
            try:
                disable_delay(smtp)
                self._secure_connection(smtp)
            except BaseException:
                smtp.close()
                raise
        except ssl.SSLCertVerificationError as error:
            raise certificate_error(self.server, error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise self._error(MailErrorCode.NO_STARTTLS) from error
        except smtplib.SMTPResponseException as error:
            raise self._greeting_outcome((error.smtp_code, error.smtp_error)) from error
        except OSError as error:
            raise MailDeferral(error_text(error)) from error
        except UnicodeError as error:
            raise self._error(MailErrorCode.SERVER_ADDRESS) from error
        self.connections += 1
        self._has_delivered = False
        self.largest_mail = read_size(smtp.esmtp_features.get("size", ""))
        return smtp

    def _reach(self) -> smtplib.SMTP:
        is_tls = self.server.security == "tls"
        context = tls_context(self.server, self._folder) if is_tls else None
        return open_smtp(self.server, context, self._timeout)

    def _secure_connection(self, smtp: smtplib.SMTP) -> None:
        """Secure a connection and log in."""
        if self.server.security == "starttls":
            smtp.starttls(context=tls_context(self.server, self._folder))
        smtp.ehlo_or_helo_if_needed()
        if self._login is None:
            return
        answer = log_in(smtp, self.server, self._login)
        if answer[0] // 100 == _NEVER:
            by_token = isinstance(self._login, TokenLogin)
            reason = answer_text(answer)
            code = choose_refusal(self.server, reason, by_token=by_token)
            raise self._error(code, user=self._login.user, prefix="IML4E_SMTP", reason=reason)
        self._check_answer("login", answer, _DONE)

    def _check_answer(
        self, stage: DialogueStage, answer: tuple[int, bytes], wanted: int, *, size: int = 0
    ) -> None:
        """Raise what another kind of answer means, with the server's words."""
        kind, text = answer[0] // 100, answer_text(answer)
        if kind == wanted:
            return
        concern = judge_answer(stage, text, has_delivered=self._has_delivered)
        # -1 is smtplib's for what is no answer of SMTP.
        if answer[0] == -1 or concern is AnswerConcern.CONNECTION:
            raise smtplib.SMTPServerDisconnected(text)
        if concern is AnswerConcern.SIZE:
            note = f"{MAIL_TOO_LARGE} {size} bytes: {text}"
            raise MailRefusal(note)
        self._check_account(concern, text)
        raise (MailRefusal if kind == _NEVER else MailDeferral)(text)

    def _check_account(self, concern: AnswerConcern, text: str) -> None:
        """Raise what an answer means that concerns the account."""
        if concern is AnswerConcern.QUOTA:
            raise self._error(MailErrorCode.ACCOUNT_QUOTA, reason=text.rstrip("."))
        if concern in (AnswerConcern.SPEED, AnswerConcern.BUSY):
            raise self._limit(text, is_speed=concern is AnswerConcern.SPEED)

    def _greeting_outcome(self, answer: tuple[int, bytes | str]) -> Exception:
        """Return what it means that a server does not let anybody begin."""
        text = answer_text(answer)
        try:
            self._check_account(judge_answer("connect", text, has_delivered=False), text)
        except (AccountLimit, MailError) as outcome:
            return outcome
        return MailDeferral(text)

    def _limit(self, words: str, *, is_speed: bool = False) -> AccountLimit:
        protocol = self.server.protocol
        return AccountLimit(words, server=self.server, protocol=protocol, is_speed=is_speed)

    def _error(self, code: MailErrorCode, **values: object) -> MailError:
        return MailError(code, server=self.server, protocol=self.server.protocol, **values)

    def _take_leave(self) -> None:
        """End the connection as RFC 5321 has it, where the server still listens."""
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._drop_connection()

    def _drop_connection(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _last_error(state: tenacity.RetryCallState) -> str:
    return "" if state.outcome is None else str(state.outcome.exception())


def _may_help_again(error: BaseException) -> bool:
    """Tell whether another try to connect may help; where an account is limited, it harms."""
    return isinstance(error, MailDeferral) and not isinstance(error, AccountLimit)
