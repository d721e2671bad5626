"""Settling what only the facilitator can know: by address, and by the words of `--again`."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.send.settle import settle_mails
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import NOW, built_campaign, person_of, run
from tests.support.mailing import mails_of
from tests.support.noting import note_mail

FATES = {
    "ann@example.org": MailState.DRAFTED,
    "ben@example.org": MailState.UNCERTAIN,
    "cay@example.org": MailState.SENDING,
    "dan@example.org": MailState.BOUNCED,
}


@pytest.mark.parametrize(
    ("words", "settled"),
    [
        (["drafted"], ["ann@example.org"]),
        (["uncertain"], ["ben@example.org", "cay@example.org"]),
        (["drafted", "uncertain"], ["ann@example.org", "ben@example.org", "cay@example.org"]),
        (["uncertain", "ben@example.org"], ["ben@example.org", "cay@example.org"]),
    ],
)
def test_a_word_stands_for_everybody_with_such_a_mail(
    tmp_path: Path, words: list[str], settled: list[str]
) -> None:
    """As it does for --again; a mail that an address means as well is settled once."""
    with built_campaign(tmp_path, 4) as (campaign, record):
        people = {mail: person_of(record, mail) for mail in FATES}
        with record.begin(NOW) as tx:
            for mail, state in FATES.items():
                note_mail(tx, people[mail], state)
        said = run("campaign", "settle", *words, "--not-sent", "-C", campaign.folder).stdout

        assert said == f"Settled {len(settled)} mail{'s' if len(settled) > 1 else ''}.\n"
        for mail, state in FATES.items():
            (found,) = mails_of(record)[mail]
            assert found.state is (MailState.DEFERRED if mail in settled else state), mail


def test_a_word_for_nobody_is_no_mistake(tmp_path: Path) -> None:
    """An address without such a mail is one, and the words are named."""
    with built_campaign(tmp_path, 1) as (_, record):
        assert settle_mails(record, ["drafted"], was_sent=False, now=NOW) == 0
        with pytest.raises(CampaignError, match="use a word: uncertain, drafted"):
            settle_mails(record, ["ann@example.org"], was_sent=True, now=NOW)


def test_every_kind_of_mail_is_settled(tmp_path: Path) -> None:
    """Also those that answer: nobody gets a second one unless it is known that none left."""
    with built_campaign(tmp_path, 1) as (_, record):
        ann = person_of(record, "ann@example.org")
        with record.begin(NOW) as tx:
            for kind in MailKind:
                note_mail(tx, ann, MailState.SENDING, kind=kind)

        assert settle_mails(record, ["uncertain"], was_sent=True, now=NOW) == len(MailKind)
        assert {mail.state for mail in mails_of(record)["ann@example.org"]} == {MailState.SENT}
