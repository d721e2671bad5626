"""Erasing a person: whose a file is, and what may be theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.corrections.assign import assign_file, dismiss_file
from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.record import returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.errors import CampaignError, RosterError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.model import Profile
from iml4e_xlsx.output import write_output
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import response
from tests.support.campaigns import (
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    collect,
    filled_in,
    new_campaign,
    person_of,
    record_of,
    rows,
    run,
    write_roster,
)
from tests.support.forgetting import (
    EVIDENCE,
    MAIL,
    NAME,
    QUENTIN,
    WORDS,
    erase,
    mailed,
    traces,
)

_WHOLE = 16
"""A length after which base64 is filled up; without that, a zip without an end was cut off."""


def handles(record: Record) -> list[str]:
    with record.begin(NOW) as tx:
        return [one.handle for one in returns.all_returned(tx)]


def test_names_that_were_swapped(tmp_path: Path) -> None:
    """A file that was the person's once and is another's now stays."""
    ann, ben = rows(2)
    with built_campaign(tmp_path, [ann, ben]) as (campaign, record):
        write_roster(
            campaign.folder, [Row(name="Ben", mail=ann.mail), Row(name="Ann", mail=ben.mail)]
        )
        build(campaign, record)
        erase(campaign, record, ann.mail)

        assert [path.name for path in campaign.workbooks.iterdir()] == ["org-red-ann.xlsx"]
        assert build(campaign, record).made == ()


def test_names_that_were_swapped_by_a_build_that_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that is to be another's still holds the person's workbook; both are made anew."""
    ann, ben = rows(2)
    with built_campaign(tmp_path, [ann, ben]) as (campaign, record):
        swapped = [Row(name="Ben", mail=ann.mail), Row(name="Ann", mail=ben.mail)]
        write_roster(campaign.folder, swapped)
        with monkeypatch.context() as patch:
            patch.setattr("iml4e_xlsx.campaign.workbooks.write_output", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                build(campaign, record)
        erase(campaign, record, ben.mail)

        assert list(campaign.workbooks.iterdir()) == []  # each name was recorded as his
        build(campaign, record)
        assert [path.name for path in campaign.workbooks.iterdir()] == ["org-red-ben.xlsx"]


def _interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("after", [False, True])
def test_a_workbook_of_a_build_that_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    """Whether it was written by then: the record knows of it before."""
    campaign = new_campaign(tmp_path, [QUENTIN, *rows(1)])

    def breaking_off(*args: Any, **options: Any) -> None:
        if after:
            write_output(*args, **options)
        raise KeyboardInterrupt

    with record_of(campaign) as record:
        with monkeypatch.context() as patch:
            patch.setattr("iml4e_xlsx.campaign.workbooks.write_output", breaking_off)
            with pytest.raises(KeyboardInterrupt):
                build(campaign, record)
        assert [path.is_file() for path in campaign.workbooks.glob("*quentin*")] == [True] * after
        done = erase(campaign, record)

        assert done.files == after
        assert traces(campaign, *WORDS) == []
        assert len(build(campaign, record).made) == 1


def test_an_original_that_is_not_recorded_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collect that was ended has left it; nothing is erased until it is known whose it is."""
    with built_campaign(tmp_path, [QUENTIN, *rows(1)]) as (campaign, record):
        returned = filled_in(campaign, record, MAIL, evidence={"AA-01": EVIDENCE})
        with monkeypatch.context() as patch:
            patch.setattr(returns, "save_arrival", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                collect(campaign, record, returned)
        (left,) = campaign.returned.iterdir()
        with pytest.raises(CampaignError, match=rf"^returned/{left.name}: a run of collect"):
            erase(campaign, record)
        assert person_of(record, MAIL).name == NAME
        assert NAME in (campaign.folder / "roster.csv").read_text(encoding="utf-8")
        collect(campaign, record, returned)
        returned.unlink()
        erase(campaign, record)

        assert traces(campaign, *WORDS) == []


@pytest.mark.parametrize("before", ['"', '"' + "x" * 200_000 + '",'])
def test_a_roster_whose_rows_cannot_be_told_apart(tmp_path: Path, before: str) -> None:
    """The person may be in another one's value: nothing is erased, and the row is named."""
    with built_campaign(tmp_path, [*rows(1), QUENTIN]) as (campaign, record):
        path = campaign.folder / "roster.csv"
        text = path.read_text(encoding="utf-8").replace(NAME, before + NAME)
        path.write_text(text, encoding="utf-8")
        with pytest.raises(RosterError, match=r"roster\.csv, row 3"):
            erase(campaign, record)
        assert person_of(record, MAIL).name == NAME
        outcome = run("campaign", "forget", "-C", campaign.folder, MAIL, code=1)
        assert "Traceback" not in outcome.output


def test_somebody_who_only_sent_a_file(tmp_path: Path) -> None:
    """What lies aside goes if the address sent it, and nobody else's."""
    with built_campaign(tmp_path / "Q", rows(2)) as (campaign, record):
        for name, sender in (("quentin", MAIL), ("other", "other@example.org")):
            path = tmp_path / f"{name}.xlsx"
            path.write_bytes((b"PK\x03\x04" + name.encode()).ljust(_WHOLE))
            collect(campaign, record, mailed(tmp_path / f"{name}.eml", path, sender))
        assert len(list(campaign.aside.iterdir())) == 2
        done = erase(campaign, record)
        assert (done.files, done.rosters) == (1, ())
        assert len(list(campaign.aside.iterdir())) == 1
        assert traces(campaign, MAIL, "quentin.xlsx") == []
        done_again = collect(campaign, record, tmp_path / "quentin.eml")
        assert done_again.erased_count == 1


def test_what_was_put_aside_by_hand_goes_too(tmp_path: Path) -> None:
    """It was made for the person, by its id, and their name is in it."""
    with built_campaign(tmp_path / "Q", [QUENTIN, *rows(1)]) as (campaign, record):
        answer(campaign, record, MAIL)
        (file,) = handles(record)
        assign_file(campaign, record, file, "", now=NOW)
        assert len(list(campaign.aside.iterdir())) == 1
        erase(campaign, record)

        assert list(campaign.aside.iterdir()) == []
        assert traces(campaign, *WORDS) == []


def test_what_was_given_to_somebody_else_stays_and_is_told(tmp_path: Path) -> None:
    """Another person's answer is not lost; that it may name the one who is erased is said."""
    with built_campaign(tmp_path / "Q", [QUENTIN, *rows(1)]) as (campaign, record):
        answer(campaign, record, MAIL)
        (file,) = handles(record)
        assign_file(campaign, record, file, "ann@example.org", now=NOW)
    out = run("campaign", "forget", MAIL, "-C", campaign.folder).stdout

    assert f"{file} was made for this person and assigned to somebody else by hand" in out
    assert (campaign.folder / file).is_file()


@pytest.mark.parametrize("is_theirs", [True, False])
def test_what_lies_aside_with_the_name_is_asked_for(tmp_path: Path, *, is_theirs: bool) -> None:
    """From an address that nobody knows: a namesake's must not go, the person's must not stay."""
    with built_campaign(tmp_path / "Q", [QUENTIN, *rows(1)]) as (campaign, record):
        scheme = campaign.load_scheme()
        own = response(scheme, all_rated(scheme), profile=Profile(respondent="quentin  QUISLING"))
        path = tmp_path / "private.xlsx"
        path.write_bytes(build_workbook(scheme, created=NOW, response=own))
        collect(campaign, record, mailed(tmp_path / "p.eml", path, "qq@private.example"))
        (file,) = handles(record)
        with pytest.raises(CampaignError, match=f"{file}: without an owner") as caught:
            erase(campaign, record)
        assert caught.value.code is CorrectionErrorCode.FILES_DOUBTFUL
        assert "--dismiss" in run("campaign", "forget", MAIL, "-C", campaign.folder, code=1).stderr
        assert person_of(record, MAIL)
        if is_theirs:
            assign_file(campaign, record, file, MAIL, now=NOW)
        else:
            dismiss_file(record, file, now=NOW)
        erase(campaign, record)

        assert (campaign.folder / file).is_file() is not is_theirs
        assert handles(record) == ([] if is_theirs else [file])


@pytest.mark.parametrize("told", ["quentin@quärry.example", "Quentin@xn--qurry-hra.example"])
def test_either_spelling_of_a_domain(tmp_path: Path, told: str) -> None:
    """The roster has one, the mails the other one, the facilitator writes any."""
    row = Row(name=NAME, mail="quentin@quärry.example")
    with built_campaign(tmp_path, [row, *rows(1)]) as (campaign, record):
        file = filled_in(campaign, record, row.mail, evidence={"AA-01": EVIDENCE}, name="q.xlsx")
        mails_ = [mailed(tmp_path / "m.eml", file, sender="quentin@xn--qurry-hra.example")]
        collect(campaign, record, *mails_)
        assert person_of(record, told).name == NAME
        done = forget(campaign, record, told, keep_ratings=False, now=NOW)

        assert done.files == 2
        assert traces(campaign, "quentin", "quärry", "qurry", "quotation") == []


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_what_somebody_wrote_into_the_folder_is_named(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Reports and exports stay; the campaign's own files, and drafts that go, are none of them."""
    with built_campaign(tmp_path / "Q", [QUENTIN, *rows(1)]) as (campaign, record):
        answer(campaign, record, MAIL)
    folder = campaign.folder
    run("campaign", "report", folder, "-o", folder / "r.html")
    run("campaign", "export", folder, "-o", folder / "out.csv")
    run("campaign", "answer", folder, "--eml", folder / "drafts")
    out = run("campaign", "forget", MAIL, "-C", folder, *words).stdout

    assert "write them anew: out.csv, r.html." in out
