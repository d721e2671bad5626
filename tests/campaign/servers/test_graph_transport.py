"""Delivering by Microsoft Graph: what leaves, what is refused, and what nobody can know."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from iml4e_xlsx.campaign.servers.graph_transport import GraphTransport
from iml4e_xlsx.campaign.servers.transport import (
    AccountLimit,
    MailDeferral,
    MailRefusal,
    MailUncertainty,
)
from iml4e_xlsx.errors import MailError
from tests.support.graphing import ADA, a_mail, graph_client
from tests.support.servers.graph import GOOD_KEY, MAILBOX, GraphFault, GraphServer

LARGE = random.Random(7).randbytes(5_000_000)


@pytest.fixture
def server() -> Iterator[GraphServer]:
    """Yield a service."""
    with GraphServer() as running:
        yield running


def deliver(server: GraphServer, data: bytes | None = None, **options: object) -> str:
    with GraphTransport(graph_client(server, **options)) as transport:  # type: ignore[arg-type]
        transport.connect()
        return transport.deliver_mail(MAILBOX, ADA, data or a_mail())


def test_a_mail_leaves_as_it_was_composed(server: GraphServer) -> None:
    """To the byte, so that Message-ID, References and attachments are ours."""
    data = a_mail(ADA, b"PK\x03\x04 workbook")

    assert deliver(server, data) == "202 Accepted"

    assert server.sent == [data]


def test_a_large_mail_leaves_by_a_draft(server: GraphServer) -> None:
    """With a small and a large attachment; the header is ours."""
    deliver(server, a_mail(ADA, LARGE, b"small"))

    (sent,) = server.sent
    mail = message_from_bytes(sent, policy=policy.default)
    assert [mail["Message-ID"], mail["References"]] == ["<one@example.org>", "<zero@example.org>"]
    assert mail["Subject"] == "Größe"
    body = mail.get_body()
    assert body is not None
    assert body.get_content() == "Hello.\n"
    attached = {one.get_filename(): one.get_content() for one in mail.iter_attachments()}
    assert attached == {"büro0.xlsx": LARGE, "büro1.xlsx": b"small"}
    assert not server.drafts


@pytest.mark.parametrize(
    "where", ["PUT /upload", "attachments", "POST /v1.0/users/fay@example.org/messages"]
)
def test_a_draft_that_cannot_be_finished_did_not_leave(server: GraphServer, where: str) -> None:
    """It is taken away, and the mail is tried another time."""
    server.faults.append(GraphFault(where, status=500))

    with pytest.raises(MailDeferral, match="500"):
        deliver(server, a_mail(ADA, LARGE))

    assert not server.drafts
    assert not server.sent


def test_a_piece_of_an_upload_is_handed_over_again(server: GraphServer) -> None:
    server.faults.append(GraphFault("PUT /upload", drop=True, kept=True, times=1))

    deliver(server, a_mail(ADA, LARGE))

    mail = message_from_bytes(server.sent[0], policy=policy.default)
    assert [one.get_content() for one in mail.iter_attachments()] == [LARGE]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("size", [10, 5_000_000])
def test_a_lost_answer_is_uncertain(server: GraphServer, *, kept: bool, size: int) -> None:
    """Whether the service has sent it or not; nothing is asked a second time."""
    where = "sendMail" if size == 10 else "/send"
    server.faults.append(GraphFault(where, drop=True, kept=kept))

    with pytest.raises(MailUncertainty, match="connection-broken"):
        deliver(server, a_mail(ADA, LARGE[:size]))

    assert len(server.sent) == kept
    assert sum(where in request for request in server.requests) == 1


def test_an_error_in_the_middle_is_uncertain(server: GraphServer) -> None:
    server.faults.append(GraphFault("sendMail", status=500))

    with pytest.raises(MailUncertainty, match="500 InternalServerError"):
        deliver(server)


def test_a_service_that_cannot_be_reached_has_not_sent(server: GraphServer) -> None:
    with pytest.raises(MailDeferral, match="connection-broken Connection refused"):
        deliver(server, address="http://127.0.0.1:1/v1.0")


@pytest.mark.parametrize("size", [10, 5_000_000])
@pytest.mark.parametrize(
    ("status", "code", "asked", "is_speed"),
    [(429, "TooManyRequests", "17", True), (503, "ServiceUnavailable", "", False)],
)
def test_a_busy_service_limits_the_account(
    server: GraphServer, size: int, status: int, code: str, asked: str, *, is_speed: bool
) -> None:
    """The mail did not leave, and nothing is asked again: who sends waits for all mails."""
    server.faults.append(GraphFault("sendMail", status, code, retry_after=asked))
    server.faults.append(GraphFault("/messages", status, code, retry_after=asked))

    with pytest.raises(AccountLimit, match=f"{status} {code}") as raised:
        deliver(server, a_mail(ADA, LARGE[:size]))

    limit = raised.value
    assert (limit.wait, limit.is_speed) == (float(asked) if asked else None, is_speed)
    assert limit.protocol == "graph"
    assert len(server.requests) == 1
    assert not server.sent


def test_a_mail_that_is_too_large_is_told_as_such(server: GraphServer) -> None:
    """With its size, as by SMTP; the limit of a mailbox cannot be asked for."""
    server.faults.append(GraphFault("sendMail", 413, "ErrorMessageSizeExceeded"))
    data = a_mail()

    with pytest.raises(MailRefusal, match=f"^mail-too-large {len(data)} bytes: 413 "):
        deliver(server, data)


def test_an_expired_token_is_renewed_once(server: GraphServer) -> None:
    deliver(server, keys=("old-key", GOOD_KEY))

    assert len(server.sent) == 1


@pytest.mark.parametrize("keys", [("old-key",), ("old-key", "older-key")])
def test_a_token_that_is_not_taken_stops_all(server: GraphServer, keys: tuple[str, ...]) -> None:
    """After one more try; neither the error nor a representation shows it."""
    with pytest.raises(MailError, match="does not take the token of fay") as caught:
        deliver(server, keys=keys)

    assert len(server.requests) == len(keys)
    said = "".join(traceback.format_exception(caught.value))
    assert not any(key in said for key in keys)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "ErrorAccessDenied", "Mail.Send"),
        (403, "SomethingNew", "Mail.Send"),
        (403, "ErrorSendAsDenied", "does not let fay@example.org send as fay@example.org"),
        (404, "MailboxNotEnabledForRESTAPI", "no mailbox fay@example.org that it can use"),
        (404, "ErrorInvalidUser", "no mailbox fay@example.org that it can use"),
        (429, "ErrorExceededMessageLimit", ""),
        (403, "ErrorMessageSubmissionBlocked", "takes no more mails of this account for now"),
        (507, "ErrorQuotaExceeded", "takes no more mails of this account for now"),
    ],
)
def test_what_every_mail_would_meet_stops_all(
    server: GraphServer, status: int, code: str, words: str
) -> None:
    server.faults.append(GraphFault("sendMail", status, code))

    with pytest.raises(MailError if words else MailDeferral, match=words or code) as caught:
        deliver(server)

    assert f"{status} {code}: Words for {code}" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "code"),
    [(413, "ErrorMessageSizeExceeded"), (400, "ErrorInvalidRecipients")],
)
def test_what_one_mail_meets_is_its_own(server: GraphServer, status: int, code: str) -> None:
    server.faults.append(GraphFault("sendMail", status, code))

    with pytest.raises(MailRefusal, match=code):
        deliver(server)


def test_what_answers_in_the_place_of_graph_is_not_believed(server: GraphServer) -> None:
    """A redirect is not followed: the token would go with it."""
    server.faults.append(GraphFault("sendMail", 302, "Found"))

    with pytest.raises(MailDeferral):
        deliver(server)


def test_a_token_goes_to_the_service_alone(server: GraphServer) -> None:
    client = graph_client(server)

    with pytest.raises(MailError, match=r"names another address, evil\.example"):
        client.ask("GET", "https://evil.example/v1.0/me")

    with pytest.raises(MailError, match="names another address"):
        client.ask("GET", f"{server.address}.evil.example/me")


def test_a_mail_to_somebody_else_does_not_leave(server: GraphServer) -> None:
    """Graph goes by the header: what is meant for another one must not reach who stands there."""
    with pytest.raises(ValueError, match="ada"):
        deliver(server, a_mail("ben@example.org"))

    assert not server.requests
