"""Answers to what came back: once for each file, with what the person needs, to nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.campaign.corrections.assign import assign_file
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.send.answer_plan import ANSWER_KINDS, plan_answers
from iml4e_xlsx.campaign.send.plan import MailPlan
from iml4e_xlsx.campaign.send.preview import preview_mail
from tests.support.campaigns import (
    DAY,
    NOW,
    all_rated,
    answer,
    build,
    built_campaign,
    collect,
    fill,
    person_of,
    rows,
    run,
    write_roster,
)
from tests.support.composing import body_of
from tests.support.mailing import Opens, mails_of, message_ids, parsed, to_whom
from tests.support.noting import note_mail, note_returned
from tests.support.sending import ANN, BEN, CAY, let_in
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of four people: complete, with errors, incomplete, and silent."""
    with built_campaign(tmp_path, 4) as (campaign, record):
        respond(campaign, record)
        yield campaign, record


def respond(campaign: Campaign, record: Record) -> None:
    """Let three people answer."""
    everything = all_rated(campaign.load_scheme())
    answer(campaign, record, ANN)
    answer(campaign, record, BEN, {**everything, "AA-01": 9})
    answer(campaign, record, CAY, {**everything, "AA-01": None, "BB-02": None})


def planned(
    campaign: Campaign,
    record: Record,
    *again: str,
    days: float = 0,
    kinds: tuple[MailKind, ...] = ANSWER_KINDS,
) -> MailPlan:
    """Plan the answers."""
    now = NOW + days * DAY
    with record.begin(now) as tx:
        return plan_answers(tx, campaign, now=now, again=again, kinds=kinds)


def kinds_of(plan: MailPlan) -> dict[str, MailKind]:
    """Return who gets which answer."""
    return {mail.person.mail: mail.kind for mail in plan.mails}


def give(record: Record, plan: MailPlan, state: MailState = MailState.SENT) -> None:
    """Record that the answers of a plan left."""
    with record.begin(NOW) as tx:
        for mail in plan.mails:
            note_mail(tx, mail.person, state, kind=mail.kind, number=mail.number, about=mail.about)


def test_each_gets_what_the_workbook_calls_for(opened: tuple[Campaign, Record]) -> None:
    """Once; and who has returned nothing gets nothing."""
    campaign, record = opened
    plan = planned(campaign, record)

    assert kinds_of(plan) == {
        ANN: MailKind.RESULT,
        BEN: MailKind.FINDINGS,
        CAY: MailKind.RECEIPT,
    }
    assert [entry.reason for entry in plan.not_mailed] == [NoMailReason.NOTHING_RETURNED]
    give(record, plan)
    assert kinds_of(planned(campaign, record)) == {}
    # a new version is a new file, and is answered again
    answer(campaign, record, BEN, now=NOW + DAY)
    assert kinds_of(planned(campaign, record)) == {BEN: MailKind.RESULT}


def test_without_results_who_has_finished_gets_a_receipt(
    opened: tuple[Campaign, Record],
) -> None:
    """And no second mail where results are wanted later."""
    campaign, record = opened
    plan = planned(campaign, record, kinds=(MailKind.RECEIPT,))

    assert kinds_of(plan) == {ANN: MailKind.RECEIPT, CAY: MailKind.RECEIPT}
    give(record, plan)
    assert kinds_of(planned(campaign, record)) == {BEN: MailKind.FINDINGS}
    assert kinds_of(planned(campaign, record, ANN))[ANN] is MailKind.RESULT


def test_the_incomplete_are_nudged_once(opened: tuple[Campaign, Record]) -> None:
    """After the interval; a receipt that is uncertain is settled first."""
    campaign, record = opened
    give(record, planned(campaign, record))

    assert kinds_of(planned(campaign, record, days=6.9)) == {}
    plan = planned(campaign, record, days=7)
    assert kinds_of(plan) == {BEN: MailKind.NUDGE, CAY: MailKind.NUDGE}
    give(record, plan)
    assert kinds_of(planned(campaign, record, days=60)) == {}


def ask_for(campaign: Campaign, record: Record, statements: str) -> None:
    """Ask the third person for these statements from now on."""
    people = [
        replace(row, extra={"statements": statements if row.mail == CAY else ""}) for row in rows(4)
    ]
    write_roster(campaign.folder, people)
    build(campaign, record)


def test_who_is_asked_for_less_by_now_is_answered_by_that(
    opened: tuple[Campaign, Record],
) -> None:
    """What is open counts only where the person is asked for it still."""
    campaign, record = opened
    ask_for(campaign, record, "AA-01 AA-02")
    said = run("campaign", "answer", "-C", campaign.folder, "--preview", CAY).stdout
    assert kinds_of(planned(campaign, record))[CAY] is MailKind.RECEIPT
    assert "1 of 2 statements is answered.\n\nStill open: AA Short AA (1)." in said

    give(record, planned(campaign, record))
    assert kinds_of(planned(campaign, record, days=30))[CAY] is MailKind.NUDGE
    ask_for(campaign, record, "AA-02 BB-01")
    assert CAY not in kinds_of(planned(campaign, record, days=30))
    (result,) = planned(campaign, record, CAY).mails
    mail = preview_mail(campaign, result, now=NOW)
    (page,) = mail.iter_attachments()
    assert result.kind is MailKind.RESULT
    assert "all 2 statements are answered" in body_of(mail)
    text = " ".join(re.sub(r"<style.*?</style>|<[^<>]*>", " ", page.get_content()).split())
    assert "part of the assessment: Short AA, Short BB, 2 of its 8 statements" in text
    assert "provisional" not in text


def test_who_is_asked_for_others_by_now_gets_them_in_the_answer(
    opened: tuple[Campaign, Record],
) -> None:
    """The answer counts as the status does, and brings what is open, with the answers so far."""
    campaign, record = opened
    ask_for(campaign, record, "AA-02 BB-01")
    everything = {"AA-02": 2, "BB-01": 2}
    answer(campaign, record, CAY, everything, now=NOW + DAY)
    ask_for(campaign, record, "AA-02 BB-02 BB-03")
    (receipt,) = (mail for mail in planned(campaign, record).mails if mail.person.mail == CAY)
    mail = preview_mail(campaign, receipt, now=NOW)
    body = " ".join(body_of(mail).split())
    (copy,) = mail.iter_attachments()
    document = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)

    assert receipt.kind is MailKind.RECEIPT
    assert "other statements than it has: of these 3, 1 is answered" in body
    assert "Still open: BB Short BB (2)" in body
    assert "not do anything" not in body
    assert str(copy.get_filename()) in body
    (cay,) = (one for one in document["persons"] if one["mail"] == CAY)
    assert (cay["answered"], cay["statements"]) == (1, 3)

    path = campaign.folder.parent / "back.xlsx"
    path.write_bytes(copy.get_content())
    scheme = campaign.load_form(receipt.person)
    fill(campaign, path, path, {"BB-02": 1, "BB-03": 1}, scheme=scheme)
    collect(campaign, record, path, now=NOW + 2 * DAY)
    plan = planned(campaign, record)
    assert kinds_of(plan)[CAY] is MailKind.RESULT


@pytest.mark.parametrize("language", ["de", "en"])
def test_nudge_and_findings_name_what_is_asked_for_by_now(tmp_path: Path, language: str) -> None:
    """Whoever had answered all that they were asked for then is asked for the rest."""
    with built_campaign(tmp_path, 4, language=language) as (campaign, record):
        answer(campaign, record, CAY)
        give(record, planned(campaign, record))
        ask_for(campaign, record, "AA-01")
        answer(campaign, record, CAY, {"AA-01": 3}, now=NOW + DAY)
        give(record, planned(campaign, record))
        ask_for(campaign, record, "BB-01 BB-02")
        (nudge,) = planned(campaign, record, days=60).mails
        body = " ".join(body_of(preview_mail(campaign, nudge, now=NOW)).split())
        ask_for(campaign, record, "AA-01 AA-02")
        answer(campaign, record, CAY, {"AA-01": 3, "AA-02": 9}, now=NOW + 2 * DAY)
        ask_for(campaign, record, "BB-01 BB-02")
        (findings,) = planned(campaign, record, days=60).mails
        mail = preview_mail(campaign, findings, now=NOW)
        (copy,) = mail.iter_attachments()

    assert (nudge.kind, findings.kind) == (MailKind.NUDGE, MailKind.FINDINGS)
    in_words = {"en": "of these 2, 0 are answered", "de": "Von diesen 2 sind 0 beantwortet"}
    counted = in_words[language]
    assert counted in body
    assert counted in " ".join(body_of(mail).split())
    sheets = openpyxl.load_workbook(BytesIO(copy.get_content())).sheetnames
    assert [name[:2] for name in sheets if name[2:3] == " "] == ["BB"]


@pytest.mark.parametrize("state", list(MailState))
def test_what_became_of_an_answer_decides(
    opened: tuple[Campaign, Record], state: MailState
) -> None:
    """Only what certainly did not leave goes again by itself, under its Message-ID."""
    campaign, record = opened
    give(record, planned(campaign, record), state)
    plan = planned(campaign, record, days=1)

    if state is MailState.DEFERRED:
        assert len(plan.mails) == 3
        assert all(mail.resumed for mail in plan.mails)
        return
    assert kinds_of(plan) == {}
    assert len(planned(campaign, record, ANN, days=1).mails) == 1
    words = {
        MailState.SENDING: "uncertain",
        MailState.UNCERTAIN: "uncertain",
        MailState.DRAFTED: "drafted",
        MailState.REFUSED: "refused",
        MailState.BOUNCED: "bounced",
    }
    if state in words:
        assert len(planned(campaign, record, words[state], days=1).mails) == 3


def test_an_answer_says_nothing_of_whether_the_person_was_reached(
    opened: tuple[Campaign, Record],
) -> None:
    """A receipt that bounced makes nobody missing, and the incomplete stay incomplete."""
    campaign, record = opened
    give(record, planned(campaign, record), MailState.BOUNCED)
    said = run("campaign", "status", campaign.folder, "--only", "mail_failed").output

    assert "Nobody is at the stage" in said


def test_a_file_that_was_given_to_somebody_else_is_not_answered_to_the_first(
    opened: tuple[Campaign, Record],
) -> None:
    """Nobody gets another's figures, though the mail was planned before."""
    campaign, record = opened
    plan = planned(campaign, record)
    file = next(mail.about for mail in plan.mails if mail.person.mail == ANN)
    assign_file(campaign, record, file[:20], "dan@example.org", now=NOW)
    from iml4e_xlsx.campaign.send.claims import claim_planned_mail
    from iml4e_xlsx.errors import CampaignError

    mail = next(mail for mail in plan.mails if mail.person.mail == ANN)
    with record.begin(NOW) as tx, pytest.raises(CampaignError, match="no longer theirs"):
        claim_planned_mail(tx, mail, "<x@example.org>")


def test_another_process_with_another_kind_answers_nobody_twice(
    opened: tuple[Campaign, Record],
) -> None:
    """One sends results, the other receipts: the first mail about a file is the only one."""
    from iml4e_xlsx.campaign.send.claims import claim_planned_mail

    campaign, record = opened
    results = planned(campaign, record)
    receipts = planned(campaign, record, kinds=(MailKind.RECEIPT,))
    claimed = []
    for plan in (results, receipts):
        mail = next(mail for mail in plan.mails if mail.person.mail == ANN)
        with record.begin(NOW) as tx:
            claimed.append(claim_planned_mail(tx, mail, f"<{mail.kind.value}@example.org>"))

    assert claimed == [True, False]


def test_they_are_sent_by_command(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With cells, mended copy and a page of the person's own; dry first, and once."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 4) as (campaign, record):
        respond(campaign, record)
        args = ("campaign", "answer", campaign.folder)
        dry = run(*args).stdout
        assert "Who would get an answer" in dry
        assert "3 mails would leave" in dry
        assert not server.messages
        run(*args, "--smtp")
        run(*args, "--smtp")
        assert to_whom(server.messages) == [ANN, BEN, CAY]
        result, findings, receipt = (parsed(one.content) for one in server.messages)

    (page,) = result.iter_attachments()
    html = page.get_content()
    assert str(page.get_filename()).endswith("-result.html")
    # the figures of one member are not the team's
    assert "Ann is at level\N{NO-BREAK SPACE}2" in html
    assert not any(name in html for name in ("Ben", "Cay", "Dan", "Red"))
    assert "<script" not in html
    body = body_of(findings)
    assert "7 of 8 statements are answered" in body
    assert "AA-01" in body or "sheet" in body
    (copy,) = findings.iter_attachments()
    assert str(copy.get_filename()).endswith("-mended.xlsx")
    book = openpyxl.load_workbook(BytesIO(copy.get_content()))
    notes = [cell.comment for sheet in book for row in sheet for cell in row if cell.comment]
    assert any("9" in note.text for note in notes)
    assert "6 of 8 statements are answered" in body_of(receipt)
    assert not list(receipt.iter_attachments())


def test_the_mended_copy_that_comes_back_is_the_next_answer(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the id of the person's workbook."""
    from tests.support.campaigns import collect

    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 2) as (campaign, record):
        answer(campaign, record, BEN, {**all_rated(campaign.load_scheme()), "AA-01": 9})
        run("campaign", "answer", campaign.folder, "--smtp")
        (copy,) = parsed(server.messages[0].content).iter_attachments()
        path = campaign.folder.parent / "back.xlsx"
        path.write_bytes(copy.get_content())
        collect(campaign, record, path, now=NOW + DAY)

        assert kinds_of(planned(campaign, record)) == {BEN: MailKind.RECEIPT}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_answer_reads_well(tmp_path: Path, language: str) -> None:
    """In the person's language, with nothing left over from what is empty."""
    with built_campaign(tmp_path, 6, language=language) as (campaign, record):
        respond(campaign, record)
        dan, eve = person_of(record, "dan@example.org"), person_of(record, "eve@example.org")
        with record.begin(NOW) as tx:
            note_returned(tx, dan, ("broken-workbook", "x"))
            note_returned(tx, eve, None)
        give(record, planned(campaign, record, kinds=(MailKind.RECEIPT,)))
        target = tmp_path / "drafts"
        run("campaign", "answer", campaign.folder, "--eml", target, "--again", ANN)
        bodies = [body_of(parsed(path.read_bytes())) for path in sorted(target.glob("*.eml"))]

    assert len(bodies) >= 4
    for body in bodies:
        assert body.startswith("Guten Tag" if language == "de" else "Hello")
        assert [mark for mark in (" ,", " . ", "{", "}", "None", "()") if mark in body] == [], body
    assert any("came back as we had sent it" in body for body in bodies)
    assert any("It is damaged" in body for body in bodies)


def test_drafts_are_recorded_like_invitations(opened: tuple[Campaign, Record]) -> None:
    """They count as sent until they are settled."""
    campaign, record = opened
    target = campaign.folder.parent / "drafts"
    run("campaign", "answer", campaign.folder, "--eml", target)

    assert len(list(target.glob("*.eml"))) == 3
    assert kinds_of(planned(campaign, record)) == {}
    run("campaign", "settle", "drafted", "--not-sent", "-C", campaign.folder)
    assert len(planned(campaign, record).mails) == 3


def test_a_lost_answer_is_uncertain(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leaves again only where the facilitator asks, under the same Message-ID."""
    server = smtp_server(faults=[Fault("content", drop=True, kept=True, times=1)])
    let_in(monkeypatch, server)
    with campaign_at(server, 2) as (campaign, record):
        answer(campaign, record, ANN)
        args = ("campaign", "answer", campaign.folder, "--smtp")
        said = run(*args, code=1).output
        assert "iml4e campaign answer --smtp --again uncertain" in said
        run(*args)
        assert len(server.messages) == 1
        run(*args, "--again", "uncertain")
        assert len(set(message_ids(server.messages))) == 1
        assert mails_of(record)[ANN][0].state is MailState.SENT
