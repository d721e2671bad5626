"""Shows a person all that is stored of them, and nothing of others."""

from __future__ import annotations

import json

from tests.support.campaigns import run
from tests.support.forgetting import EVIDENCE, MAIL, NAME, WORDS, Settled


def test_everything_of_a_person_is_shown(settled: Settled) -> None:
    """Each word that leads to him, his ids, his files, and no other address."""
    campaign, _, ids = settled
    command = ("campaign", "show", "-C", campaign.folder, MAIL)
    text = run(*command).stdout
    document = json.loads(run(*command, "--json").stdout)
    for shown in (text, json.dumps(document)):
        assert all(word in shown.lower() for word in WORDS)
        assert all(each in shown for each in ids)
        assert EVIDENCE in shown
        assert NAME in shown
        assert "ben@example.org" not in shown
    assert {"people", "workbooks", "mails", "returned", "answers", "deliveries", "events"} <= set(
        document["record"]
    )
    assert all((campaign.folder / name).is_file() for name in document["files"])


def test_nobody_has_the_address(settled: Settled) -> None:
    campaign, _, _ = settled
    run("campaign", "show", "-C", campaign.folder, "nobody@example.org", code=1)
