"""Tests of sending with access tokens that end while mails are sent."""

from __future__ import annotations

from tests.support.connecting import login_of
from tests.support.mailing import Opens, send, to_whom
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.tokens import TokenGuard


def test_a_token_that_ends_in_the_middle_of_a_round(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
    """A fresh one is asked for, each time that the server asks for a login; nobody is left out."""
    guard = TokenGuard(lifetime=60)
    server = smtp_server(tokens=guard)
    with campaign_at(server, 200) as (campaign, record):
        done = send(campaign, record, login=login_of(guard))
    people = to_whom(server.messages)
    assert done.stopped is None
    assert len(done.outcomes) == len(people) == len(set(people)) == 200
    assert (server.logins, len(guard.issued)) == (4, 4)
