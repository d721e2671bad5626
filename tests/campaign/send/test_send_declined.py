"""A decline that is recorded while mails leave."""

from __future__ import annotations

from iml4e_xlsx.campaign.corrections.decline import decline
from iml4e_xlsx.campaign.send.send import MailOutcome, send_mails
from iml4e_xlsx.campaign.servers.smtp import Smtp
from iml4e_xlsx.cli.campaign.send_messages import describe_outcomes
from tests.support.campaigns import NOW
from tests.support.mailing import LOGIN, Opens, states_of, to_whom
from tests.support.planning import invitations
from tests.support.sending import ANN, BEN, CAY
from tests.support.servers.fixtures import StartsSmtpServers


def test_it_holds_a_mail_that_was_planned(
    smtp_server: StartsSmtpServers, campaign_at: Opens
) -> None:
    """Nothing is sent to somebody who has declined; the others get theirs, and it is said."""
    server = smtp_server()
    with campaign_at(server) as (campaign, record):

        def decline_after_first(outcome: MailOutcome) -> None:
            if outcome.planned.person.mail == ANN:
                decline(campaign, record, BEN, now=NOW)

        smtp = campaign.settings.smtp
        assert smtp is not None
        with Smtp(smtp, LOGIN, campaign.folder, timeout=60, wait=0.01) as connection:
            plan = invitations(campaign, record)
            outcome = send_mails(campaign, record, plan, connection, progress=decline_after_first)
        states = states_of(record)

    assert to_whom(server.messages) == [ANN, CAY]
    assert states[BEN] == ""
    assert [mail.planned.person.mail for mail in outcome.outcomes if mail.has_declined] == [BEN]
    assert list(describe_outcomes(outcome)) == ["Sent: 2. Left out, declined meanwhile: 1."]
