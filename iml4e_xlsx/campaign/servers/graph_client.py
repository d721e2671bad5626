"""
Asks Microsoft Graph over HTTP: with a token, patient with limits, and sure of what was not sent.

The token goes to the address in the settings and nowhere else: no redirect is followed, and no
address that an answer names is asked unless it is of the same service.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from iml4e_xlsx.campaign.folder.clock import current_time
from iml4e_xlsx.campaign.folder.graph_settings import GraphSettings, is_service_address
from iml4e_xlsx.campaign.servers.access_tokens import AccessTokens, find_tokens
from iml4e_xlsx.campaign.servers.bearer_login import hide_secrets
from iml4e_xlsx.errors import MailError, ResourceError
from iml4e_xlsx.findings.error_codes import MailErrorCode, ReportErrorCode
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    import requests

_TIMEOUT: Final = 60.0
_PIECE: Final = 1 << 16
_TRIES: Final = 6
"""How often something is asked that the service is too busy for, or whose answer was lost."""

_LONGEST_WAIT: Final = 900.0
_LONGEST_WORDS: Final = 500
_UNAUTHORIZED: Final = 401
BUSY: Final = (429, 503)
"""Answers to what was not looked at: too much was asked, or the service is overloaded."""


class GraphRefusal(Exception):  # noqa: N818 - what was answered, not an error of ours
    """Graph refuses; has its code and its words, and for how long it asks to wait."""

    def __init__(self, status: int, code: str, words: str, wait: float | None = None) -> None:
        """Keep what was answered."""
        super().__init__(words)
        self.status = status
        self.code = code
        self.wait = wait


class GraphInterruption(Exception):  # noqa: N818
    """No answer came; `reached` says whether the service may have had the request."""

    def __init__(self, words: str, *, reached: bool) -> None:
        """Keep what happened."""
        super().__init__(words)
        self.reached = reached


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAnswer:
    """
    A good answer.

    `data` is empty where it is larger than was asked for; `size` is how large it is, or more than
    that limit.
    """

    status: int
    data: bytes
    size: int

    def json(self) -> Mapping[str, Any]:
        """Return the answer's object; an empty one if it is none."""
        import json

        try:
            document = json.loads(self.data)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


class GraphClient:
    """The requests to one mailbox."""

    def __init__(
        self,
        settings: GraphSettings,
        tokens: AccessTokens,
        *,
        timeout: float = _TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        notice: Callable[[Message], None] = lambda _: None,
    ) -> None:
        """
        Set up requests without making one.

        Args:
            settings: Where to, and whose mailbox.
            tokens: The tokens of who asks.
            timeout: Seconds to wait for an answer.
            sleep: Waits for so many seconds.
            notice: Called with a message before each wait.
        """
        self.settings = settings
        self.tokens = tokens
        self._timeout = timeout
        self._sleep = sleep
        self._notice = notice
        self._session: requests.Session | None = None
        self._shown: set[str] = set()

    def connect(self) -> None:
        """
        Get a token, unless one is at hand.

        Raises:
            MailError: If there is none.
        """
        self.tokens.find_token()
        if self._session is None:
            self._session = _new_session()

    def close(self) -> None:
        """End the connections."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def mailbox_address(self, path: str) -> str:
        """Return the address of what belongs to the mailbox."""
        from urllib.parse import quote

        mailbox = self.settings.mailbox
        owner = "me" if mailbox == "me" else f"users/{quote(mailbox, safe='@')}"
        return f"{self.settings.address}/{owner}/{path}"

    def ask(
        self,
        method: str,
        address: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        most: int | None = None,
        with_token: bool = True,
    ) -> GraphAnswer:
        """
        Ask once, and once more with a fresh token where the first one is not taken.

        Args:
            method: What is to be done.
            address: To what.
            content: What is handed over.
            headers: What is said of it.
            most: The largest answer that is read.
            with_token: Whether the token is shown; addresses for uploads have a key in them.

        Raises:
            GraphRefusal: If Graph refuses.
            GraphInterruption: If no answer comes.
            MailError: If no token is taken.
        """
        self._check_address(address, with_token=with_token)
        asking = (method, address, content, dict(headers or {}), most, with_token)
        try:
            return self._ask_once(*asking)
        except GraphRefusal as refusal:
            if refusal.status != _UNAUTHORIZED or not with_token:
                raise
            if not self.tokens.renewable:
                raise self._token_error(refusal) from refusal
        self.tokens.discard_token()
        try:
            return self._ask_once(*asking)
        except GraphRefusal as refusal:
            if refusal.status != _UNAUTHORIZED:
                raise
            raise self._token_error(refusal) from refusal

    def ask_patiently(self, method: str, address: str, **options: Any) -> GraphAnswer:
        """
        Ask what does no harm if it is asked twice: again where Graph is busy or does not answer.

        Raises:
            GraphRefusal: If Graph refuses, or is busy for too long.
            GraphInterruption: If no answer comes, however often.
            MailError: If no token is taken.
        """
        for count in range(1, _TRIES):
            try:
                return self.ask(method, address, **options)
            except GraphRefusal as refusal:
                if refusal.status not in BUSY:
                    raise
                self.wait(refusal.wait, count, refusal)
            except GraphInterruption as interruption:
                self.wait(None, count, interruption)
        return self.ask(method, address, **options)

    def wait(self, seconds: float | None, count: int, reason: Exception) -> None:
        """Wait as long as Graph asks, else longer each time."""
        wanted = 2.0**count if seconds is None else seconds
        words = printable_text(str(reason)).rstrip(".")
        self._notice(message("mail.retry", server=self.settings, reason=words))
        self._sleep(min(max(wanted, 0.0), _LONGEST_WAIT))

    def _check_address(self, address: str, *, with_token: bool) -> None:
        base = self.settings.address
        trusted = address.startswith(f"{base}/") if with_token else is_upload_address(address)
        if not trusted:
            host = address.partition("://")[2].partition("/")[0]
            raise MailError(MailErrorCode.GRAPH_STRAYS, server=self.settings, address=host)

    def _ask_once(
        self,
        method: str,
        address: str,
        content: bytes,
        headers: dict[str, str],
        most: int | None,
        with_token: bool,  # noqa: FBT001
    ) -> GraphAnswer:
        import requests

        self.connect()
        assert self._session is not None
        try:
            with self._session.request(
                method,
                address,
                data=content,
                headers=headers,
                auth=self._authorise(with_token),
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._read_answer(response, most)
        except (requests.RequestException, OSError, ValueError) as error:
            raise self._interruption(error) from error

    def _authorise(self, with_token: bool) -> _Bearer:  # noqa: FBT001
        if not with_token:
            return _Bearer("")
        self._shown.add(token := self.tokens.find_token())
        return _Bearer(token)

    def _read_answer(self, response: requests.Response, most: int | None) -> GraphAnswer:
        good = 200 <= response.status_code < 300  # noqa: PLR2004
        limit = most if good else _PIECE
        data = bytearray()
        for piece in response.iter_content(_PIECE):
            data += piece
            if limit is not None and len(data) > limit:
                break
        size = max(_number(response.headers.get("Content-Length")) or 0, len(data))
        if good:
            fits = limit is None or len(data) <= limit
            return GraphAnswer(
                status=response.status_code, data=bytes(data) if fits else b"", size=size
            )
        raise self._refusal(response, bytes(data))

    def _refusal(self, response: requests.Response, data: bytes) -> GraphRefusal:
        content = GraphAnswer(status=0, data=data, size=0).json().get("error")
        error = content if isinstance(content, dict) else {}
        code = str(error.get("code") or response.reason or "")
        line = f"{response.status_code} {code}: {error.get('message') or ''}".rstrip(": ")
        words = printable_text(" ".join(hide_secrets(line, *self._shown).split()))[:_LONGEST_WORDS]
        wait = _waiting_time(response.headers.get("Retry-After"))
        return GraphRefusal(response.status_code, code, words, wait)

    def _interruption(self, error: Exception) -> GraphInterruption | MailError:
        """Make what it means that a request failed below HTTP."""
        import requests
        from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

        if isinstance(error, requests.exceptions.SSLError):
            return MailError(
                MailErrorCode.CERTIFICATE,
                server=self.settings,
                protocol="graph",
                reason=_root_words(error),
            )
        causes = list(_causes(error))
        unreached = (NewConnectionError, ConnectTimeoutError, ProxyError)
        reached = not any(isinstance(cause, unreached) for cause in causes)
        if isinstance(error, requests.exceptions.InvalidSchema):  # a proxy of a kind unknown here
            return MailError(
                MailErrorCode.SERVER_UNREACHABLE,
                server=self.settings,
                protocol="graph",
                reason=_root_words(error),
            )
        return GraphInterruption(hide_secrets(_root_words(error), *self._shown), reached=reached)

    def _token_error(self, refusal: GraphRefusal) -> MailError:
        return MailError(
            MailErrorCode.GRAPH_ACCESS_REFUSED,
            server=self.settings,
            user=self.tokens.user,
            reason=str(refusal).rstrip("."),
        )


def make_client(
    settings: GraphSettings,
    default_user: str,
    *,
    notice: Callable[[Message], None] = lambda _: None,
) -> GraphClient:
    """
    Return what asks for a mailbox, with the tokens of whom it belongs to.

    Raises:
        MailError: If nothing yields tokens.
    """
    user = settings.name_user(default_user)
    return GraphClient(settings, find_tokens(settings.tokens, "graph", user), notice=notice)


def is_upload_address(address: str) -> bool:
    """Return whether content may be handed over to an address that an answer names."""
    return is_service_address(address.partition("?")[0])


def _new_session() -> requests.Session:
    """Return what keeps connections; proxies are those of the environment."""
    try:
        import requests
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="requests", extra="graph"
        ) from error
    return requests.Session()


class _Bearer:
    """Shows a token; without it nothing at all, also no password from a file of the user's."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and all that it comes from."""
    causes: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and cause not in causes:
            causes.append(cause)
            waiting += [getattr(cause, "reason", None), cause.__cause__, cause.__context__]
            waiting += cause.args
    return causes


def _root_words(error: BaseException) -> str:
    """Return the system's words for what happened; those of libraries have addresses in them."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            return printable_text(cause.strerror).rstrip(".")
    return type(causes[-1]).__name__


def _waiting_time(value: str | None) -> float | None:
    """Return the seconds that Retry-After names, as a number or as a date (RFC 9110, 10.2.3)."""
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        return (parsedate_to_datetime(value) - current_time()).total_seconds()
    except (TypeError, ValueError):
        return None


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.strip().isdecimal() else None
