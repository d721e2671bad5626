"""Taking in what came back: from wherever, whose it is, once, and whatever lies beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.corrections.assign import assign_file
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import all_people
from iml4e_xlsx.campaign.record.returned_file import ReturnState
from iml4e_xlsx.cli.campaign.collect_messages import (
    collection_tables,
    next_step,
    notice_lines,
    summary_text,
)
from iml4e_xlsx.errors import CampaignError, RecordError
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.source import Source
from iml4e_xlsx.model import RatingValue
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support import outlook
from tests.support.builders import CREATED, response
from tests.support.campaigns import (
    DAY,
    NOW,
    ROOT,
    SENDER,
    Row,
    all_rated,
    build,
    built_campaign,
    collect,
    note_mail,
    person_of,
    rows,
    run,
    workbook_of,
    write_roster,
)
from tests.support.habits import delete_meta, edited, spoil
from tests.support.hostile import CASES, READ, packed, parts_of
from tests.support.returning import (
    Rounds,
    all_returned,
    filled,
    filled_of,
    mail,
    originals,
    standing_of,
    write_mbox,
)
from tests.support.servers.common import program
from tests.support.servers.disk import MakesSmallDisks

ANN, BEN, CAY = "ann@example.org", "ben@example.org", "cay@example.org"
STRANGER = "stranger@example.net"
JSON = ("--format", "json")
Opened = tuple[Campaign, Record]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    return Rounds(tmp_path_factory.mktemp("rounds"))


@pytest.fixture
def opened(rounds: Rounds, tmp_path: Path) -> Iterator[Opened]:
    with rounds.opened(tmp_path) as both:
        yield both


def eml(path: Path, *files: tuple[str, bytes], **options: object) -> Path:
    path.write_bytes(mail(*files, **options).as_bytes())  # type: ignore[arg-type]
    return path


def answers_of(record: Record) -> list[tuple[str, str, str]]:
    """Return whose each file is, by what, and what it is called."""
    with record.begin(NOW) as tx:
        names = {one.id: one.mail for one in all_people(tx)}
    return [
        (names.get(one.person or 0, ""), one.matched.value, one.source)
        for one in all_returned(record)
    ]


# --- where it comes from -----------------------------------------------------------------------


def test_every_channel_is_understood(opened: Opened, tmp_path: Path) -> None:
    """Folders, zips, .eml, .msg and .mbox, each with one person's workbook; all else is left."""
    campaign, record = opened
    data = {one: filled_of(campaign, record, f"{one}@example.org") for one in ("ann", "ben", "cay")}
    dan = filled_of(campaign, record, "dan@example.org")
    inbox = tmp_path / "inbox"
    (inbox / "deeper").mkdir(parents=True)
    (inbox / "deeper" / "a.xlsx").write_bytes(data["ann"])
    (inbox / "letter.pdf").write_bytes(b"%PDF-1.7\n")
    (inbox / "~$a.xlsx").write_bytes(b"lock")
    (inbox / "b.zip").write_bytes(packed({"x/b.xlsx": data["ben"], "readme.txt": b"hello"}))
    message = mail(("logo.png", b"\x89PNG"), ("c.xlsx", data["cay"]), sender=CAY)
    write_mbox(inbox / "c.mbox", [mail(message_id="<none@example.org>"), message])
    found = outlook.message(sender="dan@example.org", submitted=NOW, files={"d.xlsx": dan})
    found.save(str(inbox / "d.msg"))
    done = collect(campaign, record, inbox)

    assert sorted(answers_of(record)) == [
        (ANN, "workbook", "a.xlsx"),
        (BEN, "workbook", "b.xlsx"),
        (CAY, "workbook", "c.xlsx"),
        ("dan@example.org", "workbook", "d.xlsx"),
    ]
    assert done.failures == []
    assert not done.has_errors
    assert sorted(originals(campaign).values()) == sorted([*data.values(), dan])
    assert all(name.startswith("returned/") for name in originals(campaign))


def test_the_original_is_kept_as_it_came(opened: Opened, tmp_path: Path) -> None:
    """Byte for byte, under the beginning of its digest; the source stays as it was."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = tmp_path / "A.XLSX"
    path.write_bytes(data)
    collect(campaign, record, path)

    assert originals(campaign) == {f"returned/{sha256(data).hexdigest()[:20]}.xlsx": data}
    assert path.read_bytes() == data


def test_a_content_is_taken_in_once(opened: Opened, tmp_path: Path) -> None:
    """Whatever it is called and however it comes; in one run as in several."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    places = [tmp_path / "a.xlsx", tmp_path / "copy of a.xls", tmp_path / "a.zip"]
    for place in places:
        place.write_bytes(packed({"z.xlsx": data}) if place.suffix == ".zip" else data)
    places.append(eml(tmp_path / "a.eml", ("other.xlsx", data)))
    write_mbox(tmp_path / "a.mbox", [mail(("other.xlsx", data))])
    places.append(tmp_path / "a.mbox")
    first = collect(campaign, record, *places)
    second = collect(campaign, record, *reversed(places))

    assert (len(first.files), first.repeat_count) == (1, 4)
    assert (len(second.files), second.repeat_count) == (0, 5)
    assert len(all_returned(record)) == len(originals(campaign)) == 1


def test_only_workbooks_among_attachments_count(opened: Opened, tmp_path: Path) -> None:
    """Pictures, PDFs and out-of-office replies leave no trace."""
    campaign, record = opened
    eml(tmp_path / "away.eml", message_id="<away@example.org>", subject="Out of office")
    files = ("a.pdf", b"%PDF-1.7"), ("b.png", b"\x89PNG"), ("notes.txt", b"hello")
    eml(tmp_path / "files.eml", *files, message_id="<files@example.org>")
    done = collect(campaign, record, tmp_path / "away.eml", tmp_path / "files.eml")

    assert all_returned(record) == []
    assert [one.code for one in done.failures] == ["no-workbooks", "no-workbooks"]
    assert standing_of(record, ANN).stage is Stage.NOT_MAILED


# --- whose it is -------------------------------------------------------------------------------


def test_the_workbook_says_whose_it_is(opened: Opened, tmp_path: Path) -> None:
    """Neither the colleague who sends it nor the name of a third person changes that."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = eml(tmp_path / "a.eml", ("Cay Org Red.xlsx", data), sender=BEN)
    collect(campaign, record, path)

    assert answers_of(record) == [(ANN, "workbook", "Cay Org Red.xlsx")]
    assert standing_of(record, ANN).stage is Stage.COMPLETE
    assert standing_of(record, BEN).response is None
    assert standing_of(record, CAY).response is None


def test_without_an_id_the_sender_says_it(opened: Opened, tmp_path: Path) -> None:
    """Also where the workbook lost its sheet with the id, and the address is written otherwise."""
    campaign, record = opened
    scheme = campaign.load_scheme()
    bare = edited(scheme, tmp_path / "x.xlsx", response(scheme, all_rated(scheme)), delete_meta)
    data = bare.read_bytes()
    path = eml(tmp_path / "a.eml", ("Cay.xlsx", data), sender="Ben <BEN@Example.org>")
    collect(campaign, record, path)

    assert answers_of(record) == [(BEN, "sender", "Cay.xlsx")]


def test_a_name_never_says_it(opened: Opened, tmp_path: Path) -> None:
    """A file is nobody's that is called as Ann's workbook was and has another id."""
    campaign, record = opened
    path = tmp_path / workbook_of(campaign, record, ANN).name
    path.write_bytes(filled(campaign))
    done = collect(campaign, record, path)

    assert answers_of(record) == [("", "none", path.name)]
    assert len(done.unowned_files) == 1
    assert next(iter(originals(campaign))).startswith("aside/")


def test_a_second_workbook_in_a_mail_goes_aside(opened: Opened, tmp_path: Path) -> None:
    """Without ids nobody can tell which of two is the sender's own."""
    campaign, record = opened
    files = ("mine.xlsx", filled(campaign, 2)), ("theirs.xlsx", filled(campaign, 3))
    collect(campaign, record, eml(tmp_path / "a.eml", *files))

    assert answers_of(record) == [(ANN, "sender", "mine.xlsx"), ("", "none", "theirs.xlsx")]
    assert [name.partition("/")[0] for name in originals(campaign)] == ["returned", "aside"]


def test_the_same_workbook_twice_in_a_mail_is_one(rounds: Rounds, tmp_path: Path) -> None:
    """It is taken in once, and lies where the record says; twice in one run as in two."""
    with rounds.opened(tmp_path) as (campaign, record):
        data = filled(campaign)
        path = eml(tmp_path / "a.eml", ("x.xlsx", data), ("copy of x.xlsx", data))
        done = collect(campaign, record, path)
        collect(campaign, record, path)
        (found,) = all_returned(record)

        assert (len(done.files), done.repeat_count) == (1, 1)
        assert answers_of(record) == [(ANN, "sender", "x.xlsx")]
        assert originals(campaign) == {found.file: data}


@pytest.mark.parametrize("at_once", [True, False])
def test_the_same_content_of_two_senders_is_noted_of_both(
    rounds: Rounds, tmp_path: Path, *, at_once: bool
) -> None:
    """In one run as in two: it is whose it was first."""
    with rounds.opened(tmp_path) as (campaign, record):
        data = filled(campaign)
        paths = [
            eml(tmp_path / f"{n}.eml", ("x.xlsx", data), sender=sender, message_id=f"<{n}@x>")
            for n, sender in enumerate((ANN, BEN))
        ]
        for some in [paths] if at_once else [[path] for path in paths]:
            collector = Collector(campaign, record, workers=2, now=lambda: NOW)
            collector.collect_sources(Finder().find_sources(some))
            collector.conclude_run()
        (found,) = all_returned(record)

        assert answers_of(record) == [(ANN, "sender", "x.xlsx")]
        assert sorted(one.sender for one in found.deliveries) == [ANN, BEN]
        assert originals(campaign) == {found.file: data}


def test_what_is_known_by_id_is_not_replaced_by_sender(opened: Opened, tmp_path: Path) -> None:
    """A workbook without an id, from somebody whose own is there, goes aside."""
    campaign, record = opened
    own = eml(tmp_path / "a.eml", ("own.xlsx", filled_of(campaign, record, ANN, 1)))
    later = eml(tmp_path / "b.eml", ("x.xlsx", filled(campaign)), message_id="<b@x>", at=NOW + DAY)
    collect(campaign, record, own, later, now=NOW + 2 * DAY)

    assert answers_of(record) == [(ANN, "workbook", "own.xlsx"), ("", "none", "x.xlsx")]


def test_mails_of_before_the_campaign_are_nobodys(opened: Opened, tmp_path: Path) -> None:
    """What a person sent last year is not their answer; an id still is."""
    campaign, record = opened
    old = eml(tmp_path / "a.eml", ("x.xlsx", filled(campaign)), at=NOW - DAY)
    by_id = filled_of(campaign, record, BEN)
    same_day = eml(tmp_path / "b.eml", ("y.xlsx", by_id), at=NOW - DAY, message_id="<b@x>")
    first_day = eml(
        tmp_path / "c.eml",
        ("z.xlsx", filled(campaign, 1)),
        sender=CAY,
        at=NOW.replace(hour=0, minute=0),
        message_id="<c@x>",
    )
    collect(campaign, record, old, same_day, first_day)

    assert answers_of(record) == [
        ("", "none", "x.xlsx"),
        (BEN, "workbook", "y.xlsx"),
        (CAY, "sender", "z.xlsx"),
    ]


def test_a_strangers_file_is_kept_and_listed_and_can_be_assigned(
    opened: Opened, tmp_path: Path
) -> None:
    """`status` shows it with its sender; `assign` moves the original to the others."""
    campaign, record = opened
    data = filled(campaign)
    collect(campaign, record, eml(tmp_path / "a.eml", ("x.xlsx", data), sender=STRANGER))
    (name,) = originals(campaign)
    shown = run("campaign", "status", campaign.folder, "--format", "json").stdout
    said = run("campaign", "assign", name, ANN.upper(), "-C", campaign.folder).stdout

    assert STRANGER in shown
    assert name in shown
    assert "is Ann's now" in said
    assert answers_of(record) == [(ANN, "hand", "x.xlsx")]
    assert originals(campaign) == {name.replace("aside", "returned"): data}
    assert all_returned(record)[0].file == name.replace("aside", "returned")
    with pytest.raises(CampaignError, match="no file that came back"):
        assign_file(campaign, record, name[:8], BEN, now=NOW)


def test_a_roster_that_gained_the_sender_matches_by_itself(opened: Opened, tmp_path: Path) -> None:
    """The next run gives what lay aside to the person, and moves the original."""
    campaign, record = opened
    data = filled(campaign)
    path = eml(tmp_path / "a.eml", ("x.xlsx", data), sender=STRANGER)
    collect(campaign, record, path)
    write_roster(campaign.folder, [*rows(4), Row(name="Sam", mail=STRANGER)])
    build(campaign, record)
    done = collect(campaign, record, eml(tmp_path / "none.eml", message_id="<n@x>"))
    (name,) = originals(campaign)

    assert next(notice_lines(done)) == (
        f"x.xlsx (8 of 8 answered, {name}) had no owner and is Sam's now."
    )
    assert answers_of(record) == [(STRANGER, "sender", "x.xlsx")]
    assert [*originals(campaign)] == [f"returned/{sha256(data).hexdigest()[:20]}.xlsx"]
    assert standing_of(record, STRANGER).stage is Stage.COMPLETE


def test_a_file_from_a_folder_is_given_to_who_then_mails_it(opened: Opened, tmp_path: Path) -> None:
    """A copy without a sender was nobody's; the mail says whose it is."""
    campaign, record = opened
    data = filled(campaign)
    (tmp_path / "x.xlsx").write_bytes(data)
    collect(campaign, record, tmp_path / "x.xlsx")
    collect(campaign, record, eml(tmp_path / "a.eml", ("y.xlsx", data)))

    assert answers_of(record) == [(ANN, "sender", "x.xlsx")]
    assert [*originals(campaign)] == [f"returned/{sha256(data).hexdigest()[:20]}.xlsx"]


def test_a_workbook_of_another_scheme_is_nobodys(opened: Opened, tmp_path: Path) -> None:
    """It goes aside although its sender is in the roster, and both lists say why."""
    campaign, record = opened
    scheme = load_scheme()
    other = response(scheme, all_rated(scheme))
    data = build_workbook(scheme, created=CREATED, response=other)
    path = eml(tmp_path / "a.eml", ("x.xlsx", data))
    (view,) = collection_tables(collect(campaign, record, path))
    run("campaign", "collect", path, "-C", campaign.folder)
    (name,) = originals(campaign)
    shown = run("campaign", "status", campaign.folder, "--format", "json").stdout

    assert answers_of(record) == [("", "none", "x.xlsx")]
    assert name.startswith("aside/")
    assert "another assessment (scheme iml4e-mlops 1.0.0)" in str(view.rows[0][-1])
    assert "belongs to the scheme iml4e-mlops 1.0.0" in shown
    with pytest.raises(CampaignError, match="belongs to the scheme iml4e-mlops"):
        assign_file(campaign, record, name, ANN, now=NOW)


def test_a_workbook_of_a_scheme_that_is_not_known_is_nobodys(
    opened: Opened, tmp_path: Path
) -> None:
    """As one of a known other scheme, with the same advice; a newer version is a problem."""
    campaign, record = opened
    scheme = campaign.load_scheme()
    paths = []
    for n, other in enumerate((replace(scheme, id="another"), replace(scheme, version="9.0.0"))):
        data = build_workbook(other, created=CREATED, response=response(other, {}))
        sender = (ANN, BEN)[n]
        path = eml(tmp_path / f"{n}.eml", (f"{n}.xlsx", data), sender=sender, message_id=f"<{n}@x>")
        paths.append(path)
    done = collect(campaign, record, *paths)
    again = collect(campaign, record, *paths)
    (view,) = collection_tables(done)
    remarks = [str(row[-1]) for row in view.rows]
    shown = run("campaign", "status", campaign.folder, "--format", "json").stdout
    status = json.loads(shown)

    assert answers_of(record) == [("", "none", "0.xlsx"), (BEN, "sender", "1.xlsx")]
    assert (again.files, again.repeat_count) == ([], 2)
    assert remarks[0] == (
        "the workbook belongs to another assessment (scheme another 1.0.0); ask the person to fill "
        "in the one that was sent"
    )
    assert "--scheme" not in str(remarks)
    assert "--scheme" not in shown
    assert "it belongs to the scheme another 1.0.0." in status["aside"][0]["message"]
    assert standing_of(record, ANN).stage is Stage.NOT_MAILED
    unread = standing_of(record, BEN).unread_file
    failure = unread.restore_failure(load_texts()) if unread else None
    assert failure is not None
    assert "version 9.0.0 of the scheme" in failure.message
    with pytest.raises(CampaignError, match="belongs to the scheme another"):
        assign_file(campaign, record, status["aside"][0]["handle"], ANN, now=NOW)


@pytest.mark.parametrize(
    ("sender", "identity", "words"),
    [
        (ANN, "ANN", []),
        ("ana.nunez@gmail.test", "ANN", ["sent by ana.nunez@gmail.test"]),
        (ANN, "ZZZZZZZZZZ", ["no workbook of this campaign has its id"]),
        (
            STRANGER,
            "ZZZZZZZZZZ",
            [
                "no workbook of this campaign has its id",
                f"the sender {STRANGER} is not in the roster",
            ],
        ),
    ],
)
def test_what_is_odd_about_whose_it_is_is_said(
    opened: Opened, tmp_path: Path, sender: str, identity: str, words: list[str]
) -> None:
    """The remark tells of an address that is not the person's, and of an id that is nobody's."""
    campaign, record = opened
    known = person_of(record, ANN).workbook_id if identity == "ANN" else identity
    path = eml(tmp_path / "a.eml", ("x.xlsx", filled(campaign, identity=known)), sender=sender)
    (view,) = collection_tables(collect(campaign, record, path))
    (row,) = view.rows

    assert row[-1] == "; ".join(words)


def test_a_remark_says_what_is_wrong_and_not_again_of_what(opened: Opened, tmp_path: Path) -> None:
    """The first column has the name; one answer is not several."""
    campaign, record = opened
    scheme = campaign.load_scheme()
    wrong = edited(
        scheme,
        tmp_path / "wrong.xlsx",
        response(scheme, all_rated(scheme)),
        spoil,
    )
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04")
    (view,) = collection_tables(collect(campaign, record, tmp_path / "x.xlsx", wrong))
    remarks = {str(row[0]): str(row[-1]) for row in view.rows}

    assert remarks[str(wrong)].startswith("1 answer could not be read;")
    assert "x.xlsx" not in remarks[str(tmp_path / "x.xlsx")]


def test_letters_of_people_are_listed_from_files(opened: Opened, tmp_path: Path) -> None:
    """A mail of somebody in the roster that brings no workbook wants to be read."""
    campaign, record = opened
    letter = mail(subject="I cannot take part", message_id="<1@x>")
    stranger = mail(subject="News", sender=STRANGER, message_id="<2@x>")
    answer_ = mail(("x.xlsx", filled_of(campaign, record, BEN)), sender=BEN, message_id="<3@x>")
    old = mail(subject="Last year", message_id="<4@x>", at=NOW - 9 * DAY)
    box = write_mbox(tmp_path / "a.mbox", [letter, stranger, answer_, old])
    done = collect(campaign, record, box)

    assert [*notice_lines(done)] == [
        "1 mail of a person in the roster brought no workbook:",
        "  ann@example.org  2026-11-23  I cannot take part",
    ]


# --- which one counts --------------------------------------------------------------------------


def test_what_came_last_counts(opened: Opened, tmp_path: Path) -> None:
    """By when it came, not by when it was collected; the earlier one is kept."""
    campaign, record = opened
    new, old = (filled_of(campaign, record, ANN, rating) for rating in (3, 1))
    late = eml(tmp_path / "a.eml", ("x.xlsx", new), at=NOW + 2 * DAY, message_id="<2@x>")
    early = eml(tmp_path / "b.eml", ("x.xlsx", old), at=NOW + DAY, message_id="<1@x>")
    collect(campaign, record, late, now=NOW + 3 * DAY)
    collect(campaign, record, early, now=NOW + 3 * DAY)
    standing = standing_of(record, ANN)

    assert standing.response is not None
    assert standing.response.digest == sha256(new).hexdigest()
    assert [one.digest for one in standing.other_files] == [sha256(old).hexdigest()]
    assert sorted(originals(campaign).values()) == sorted([new, old])


def test_a_mail_with_a_date_to_come_does_not_count_for_ever(opened: Opened, tmp_path: Path) -> None:
    """A clock that is a year ahead does not keep later answers from counting."""
    campaign, record = opened
    wrong, right = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    ahead = eml(tmp_path / "a.eml", ("x.xlsx", wrong), at=NOW + 365 * DAY, message_id="<1@x>")
    later = eml(tmp_path / "b.eml", ("x.xlsx", right), at=NOW + 2 * DAY, message_id="<2@x>")
    collect(campaign, record, ahead, now=NOW + DAY)
    collect(campaign, record, later, now=NOW + 3 * DAY)
    response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(right).hexdigest()


def test_an_older_content_counts_again_when_it_is_sent_again(
    opened: Opened, tmp_path: Path
) -> None:
    """By a new mail, also within one run; the same mail found again changes nothing."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    mails = [
        eml(tmp_path / f"{n}.eml", ("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>")
        for n, data in enumerate((first, second, first), start=1)
    ]

    def counting(*paths: Path) -> str:
        collect(campaign, record, *paths, now=NOW + 9 * DAY)
        response_ = standing_of(record, ANN).response
        assert response_ is not None
        return response_.digest

    assert counting(*mails[:2]) == sha256(second).hexdigest()
    assert counting(mails[0]) == sha256(second).hexdigest()
    assert counting(mails[2]) == sha256(first).hexdigest()
    assert len(all_returned(record)) == 2


def test_sent_three_times_at_once_each_mail_is_noted(rounds: Rounds, tmp_path: Path) -> None:
    """Contents that repeat within one run, before the first of them is recorded."""
    with rounds.opened(tmp_path) as (campaign, record):
        first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
        for n, data in enumerate((first, second, first), start=1):
            eml(tmp_path / f"{n}.eml", ("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>")
        collector = Collector(campaign, record, workers=2, now=lambda: NOW + 9 * DAY)
        collector.collect_sources(Finder().find_sources([tmp_path / f"{n}.eml" for n in (1, 2, 3)]))
        response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(first).hexdigest()
    assert len(response_.deliveries) == 2


def test_an_older_content_that_somebody_else_passes_on_does_not_count(
    opened: Opened, tmp_path: Path
) -> None:
    """Its first arrival counts, whoever sends it later and however often."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    mails = [
        eml(
            tmp_path / f"{n}.eml",
            ("x.xlsx", data),
            at=NOW + n * DAY,
            message_id=f"<{n}@x>",
            sender=sender,
        )
        for n, (data, sender) in enumerate(
            ((first, ANN), (second, ANN), (first, STRANGER), (first, BEN)), start=1
        )
    ]
    for path in mails:
        done = collect(campaign, record, path, now=NOW + 9 * DAY)
    response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(second).hexdigest()
    assert done.choices == []


def test_a_change_of_what_counts_is_said(opened: Opened, tmp_path: Path) -> None:
    """Whose, what counts now and what did before; not for a first answer, nor for an empty one."""
    campaign, record = opened
    given: list[dict[str, RatingValue | None] | int] = [{}, 1, 3]
    said = []
    for n, ratings in enumerate(given):
        data = filled_of(campaign, record, ANN, ratings, note="")
        path = eml(tmp_path / f"{n}.eml", (f"{n}.xlsx", data), message_id=f"<{n}@x>")
        os.utime(path, (NOW.timestamp(),) * 2)
        done = collect(campaign, record, path, now=NOW + DAY)
        said.append([*notice_lines(done)])

    one, two = (found.file for found in all_returned(record)[1:])
    assert said[:2] == [[], []]
    now, before = f"2.xlsx (8 of 8 answered, {two})", f"1.xlsx (8 of 8 answered, {one})"
    undo = f"iml4e campaign assign {two} --nobody"
    assert said[2] == [f"Ann: {now} counts now instead of {before}. If that is wrong: {undo}"]


def test_a_colleagues_version_of_somebodys_workbook_is_told(opened: Opened, tmp_path: Path) -> None:
    """Also where both come in one run, and where an older one comes later and does not count."""
    campaign, record = opened
    paths = [
        eml(
            tmp_path / f"{n}.eml",
            (f"{n}.xlsx", filled_of(campaign, record, ANN, n)),
            sender=sender,
            at=NOW + n * DAY,
            message_id=f"<{n}@x>",
        )
        for n, sender in ((1, ANN), (2, ANN), (3, BEN))
    ]
    first = [*notice_lines(collect(campaign, record, *paths[1:], now=NOW + 9 * DAY))]
    second = [*notice_lines(collect(campaign, record, paths[0], now=NOW + 9 * DAY))]
    handles = {one.source: one.handle for one in all_returned(record)}
    bens = f"3.xlsx (8 of 8 answered, {handles['3.xlsx']}, sent by {BEN})"
    undo = f"If that is wrong: iml4e campaign assign {handles['3.xlsx']} --nobody"

    own = f"2.xlsx (8 of 8 answered, {handles['2.xlsx']})"
    older = f"1.xlsx (8 of 8 answered, {handles['1.xlsx']})"
    assert first == [f"Ann: {bens} counts, not {own}. {undo}"]
    assert second == [f"Ann: {bens} counts, not {older}. {undo}"]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("dated", [False, True])
def test_of_several_versions_in_one_mail_the_order_does_not_decide(
    opened: Opened, tmp_path: Path, *, turned: bool, dated: bool
) -> None:
    """The one that was changed last counts, if the mail tells, else that with more answers."""
    campaign, record = opened
    few = dict(list(all_rated(campaign.load_scheme(), 2).items())[:3])
    draft, final = (filled_of(campaign, record, ANN, ratings) for ratings in (few, 3))
    if dated:  # the one with fewer answers is the newer one
        draft, final = final, draft
    message = mail(*[("final.xlsx", final), ("old draft.xlsx", draft)][:: -1 if turned else 1])
    for part in message.iter_attachments():
        if dated:
            day = 2 if part.get_filename() == "final.xlsx" else 1
            part.set_param(
                "modification-date",
                format_datetime(NOW + day * DAY),
                header="Content-Disposition",
                replace=True,
            )
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    done = collect(campaign, record, tmp_path / "a.eml", now=NOW + 9 * DAY)
    response_ = standing_of(record, ANN).response
    (said,) = notice_lines(done)

    assert response_ is not None
    assert response_.source == "final.xlsx"
    assert said.startswith("Ann: final.xlsx (")
    assert "counts, not old draft.xlsx (" in said


def test_what_is_forwarded_is_as_old_as_its_own_mail(opened: Opened, tmp_path: Path) -> None:
    """A colleague forwards two mails at once: the later of the two counts, in whatever order."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    outer = mail(sender=BEN, message_id="<outer@x>", at=NOW + 5 * DAY)
    for n, data in ((3, second), (2, first)):
        outer.add_attachment(
            mail(("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>"),
        )
    (tmp_path / "a.eml").write_bytes(outer.as_bytes())
    own = filled_of(campaign, record, ANN, 2)
    later = eml(tmp_path / "b.eml", ("x.xlsx", own), at=NOW + 4 * DAY, message_id="<4@x>")
    collect(campaign, record, tmp_path / "a.eml", now=NOW + 9 * DAY)
    forwarded = standing_of(record, ANN).response
    collect(campaign, record, later, now=NOW + 9 * DAY)
    latest = standing_of(record, ANN).response

    assert forwarded is not None
    assert forwarded.digest == sha256(second).hexdigest()
    assert forwarded.received == NOW + 3 * DAY
    assert forwarded.sender == BEN
    assert latest is not None
    assert latest.digest == sha256(own).hexdigest()


def test_a_copy_that_is_saved_later_does_not_count_again(opened: Opened, tmp_path: Path) -> None:
    """A file's date is that of its copy; when it was mailed says more."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    for n, data in enumerate((first, second), start=1):
        eml(tmp_path / f"{n}.eml", ("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>")
    saved = tmp_path / "saved.xlsx"
    saved.write_bytes(first)
    os.utime(saved, ((NOW + 5 * DAY).timestamp(),) * 2)
    collect(campaign, record, saved, tmp_path / "1.eml", tmp_path / "2.eml", now=NOW + 9 * DAY)
    response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(second).hexdigest()


def test_an_empty_workbook_does_not_displace_an_answer(opened: Opened, tmp_path: Path) -> None:
    """One that was opened, saved and sent again says nothing."""
    campaign, record = opened
    full = filled_of(campaign, record, ANN)
    empty = filled_of(campaign, record, ANN, {}, note="")
    one = eml(tmp_path / "a.eml", ("x.xlsx", full), at=NOW + DAY, message_id="<1@x>")
    two = eml(tmp_path / "b.eml", ("x.xlsx", empty), at=NOW + 2 * DAY, message_id="<2@x>")
    collect(campaign, record, one, two, now=NOW + 3 * DAY)
    standing = standing_of(record, ANN)

    assert standing.stage is Stage.COMPLETE
    assert len(standing.other_files) == 1


# --- what cannot be read -----------------------------------------------------------------------


def test_two_who_return_the_same_broken_file_both_have_a_problem(
    opened: Opened, tmp_path: Path
) -> None:
    """An empty file says nothing of whose it is; collected again, nothing is new."""
    campaign, record = opened
    paths = [
        eml(tmp_path / f"{n}.eml", ("x.xlsx", b""), sender=sender, message_id=f"<{n}@x>")
        for n, sender in enumerate((ANN, BEN))
    ]
    collect(campaign, record, *paths)
    again = collect(campaign, record, *reversed(paths))

    assert standing_of(record, ANN).stage is Stage.PROBLEMS
    assert standing_of(record, BEN).stage is Stage.PROBLEMS
    assert (len(again.files), again.repeat_count) == (0, 2)
    assert len(all_returned(record)) == len(originals(campaign)) == 2


def test_what_could_not_be_read_is_read_when_its_scheme_is_there(
    opened: Opened, tmp_path: Path
) -> None:
    """The failure is replaced; the original stays where it is."""
    campaign, record = opened
    scheme = campaign.load_scheme()
    newer = replace(scheme, version="9.0.0")
    data = build_workbook(
        newer,
        created=CREATED,
        response=response(newer, all_rated(newer)),
        identity=person_of(record, ANN).workbook_id,
    )
    path = eml(tmp_path / "a.eml", ("x.xlsx", data), sender=STRANGER)
    collect(campaign, record, path)
    (failed,) = all_returned(record)
    document = campaign.scheme_path / "scheme.yaml"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace('"version": "1.0.0"', '"version": "9.0.0"'), "utf-8")
    done = collect(campaign, record, path)
    (found,) = all_returned(record)

    assert failed.state is ReturnState.FAILED
    assert failed.file.startswith("aside/")
    assert [file.arrival.state for file in done.files] == [ReturnState.READ]
    assert (found.state, found.answered, found.code) == (ReturnState.READ, 8, "")
    assert [*originals(campaign)] == [found.file]
    assert standing_of(record, ANN).stage is Stage.COMPLETE


def test_what_the_facilitator_assigned_stays_assigned(opened: Opened, tmp_path: Path) -> None:
    """Also when the file comes again and cannot be read again."""
    campaign, record = opened
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04")
    collect(campaign, record, path)
    (name,) = originals(campaign)
    assign_file(campaign, record, name, BEN, now=NOW)
    collect(campaign, record, path)

    assert answers_of(record) == [(BEN, "hand", "x.xlsx")]
    assert [one.partition("/")[0] for one in originals(campaign)] == ["returned"]


@pytest.mark.parametrize("name", ["winmail.dat", "smime.p7m"])
def test_what_is_not_opened_is_a_persons_problem(opened: Opened, tmp_path: Path, name: str) -> None:
    """Outlook's package and an encrypted mail: `status --reply` says what to ask for; once."""
    campaign, record = opened
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        eml(folder / f"{folder.name}.eml", (name, b"\x78\x9f\x3e\x22"))
    collect(campaign, record, one)
    collect(campaign, record, two)
    said = run("campaign", "status", campaign.folder, "--reply").stdout

    assert len(all_returned(record)) == 1
    assert standing_of(record, ANN).stage is Stage.PROBLEMS
    assert "To: Ann <ann@example.org>" in said
    assert originals(campaign) == {}


@pytest.mark.parametrize("option", [("--all",), ("--since", "2026-01-01"), ("--move", "Done")])
def test_options_of_the_mailbox_want_the_mailbox(
    opened: Opened, tmp_path: Path, option: tuple[str, ...]
) -> None:
    """They are not passed over in silence where only files are collected."""
    campaign, _ = opened
    said = run("campaign", "collect", tmp_path, *option, "-C", campaign.folder, code=2).output

    assert f"{option[0]} is about the mailbox: use it together with --imap." in said


def test_a_file_that_is_too_large_stays_where_it_is(opened: Opened, tmp_path: Path) -> None:
    """It is told each time, and taken in once the limit allows it."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    command = ("campaign", "collect", path, "-C", campaign.folder)
    for _ in range(2):
        said = run(*command, "--limit", "size=5k", code=1)
        assert "x.xlsx" in said.stderr
        assert "larger than 5 KB" in said.stderr
        assert all_returned(record) == []
    run(*command)

    assert answers_of(record) == [(ANN, "workbook", "x.xlsx")]


def locked_zip(data: bytes) -> bytes:
    """Return a zip whose one file is protected with a password, as far as its header says."""
    made = packed({"answer.xlsx": data})
    local, central = made.index(b"PK\x03\x04") + 6, made.index(b"PK\x01\x02") + 8
    flagged = bytearray(made)
    flagged[local] |= 1
    flagged[central] |= 1
    return bytes(flagged)


def nested_zip(data: bytes) -> bytes:
    """Return zips in each other, deeper than is looked into."""
    for _ in range(4):
        data = packed({"answer.zip": data})
    return data


REFUSED: dict[str, tuple[Callable[[bytes], EmailMessage], str, bool]] = {
    "zip with a password": (
        lambda data: mail(("answer.zip", locked_zip(data))), "encrypted", True),
    "zips in zips": (
        lambda data: mail(("answer.zip", nested_zip(data))), "too-large", True),
    "zip of something else": (
        lambda _: mail(("photos.zip", packed({"a.jpg": b"\xff\xd8"}))), "no-workbooks", True),
    "broken mail of Outlook": (
        lambda _: mail(("answer.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)),
        "broken-mail", True),
    "too many parts": (
        lambda data: mail(*[(f"{n}.xlsx", data[:9]) for n in range(1000)]), "too-large", False),
    "too large": (
        lambda data: mail(("a.xlsx", data), ("b.bin", bytes(31 << 20))), "too-large", False),
}  # fmt: skip


@pytest.mark.parametrize("box", [False, True], ids=["eml", "mbox"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_a_mail_brings_and_is_refused_is_the_senders_problem(
    opened: Opened, tmp_path: Path, case: str, *, box: bool
) -> None:
    """Recorded, listed, with a reply, no reminder; kept as it was attached, where it was."""
    campaign, record = opened
    make, code, is_kept = REFUSED[case]
    message = make(filled_of(campaign, record, ANN))
    path = tmp_path / ("a.mbox" if box else "a.eml")
    if box:
        write_mbox(path, [message])
    else:
        path.write_bytes(message.as_bytes())
    first = collect(campaign, record, path)
    again = collect(campaign, record, path)
    (found,) = all_returned(record)
    attached = [part.get_content() for part in message.iter_attachments()]

    assert (len(first.files), first.failures, first.has_errors) == (1, [], True)
    assert (len(again.files), again.repeat_count, again.failures) == (0, 1, [])
    assert (found.code, found.sender) == (code, ANN)
    assert standing_of(record, ANN).stage is Stage.PROBLEMS
    assert [*originals(campaign).values()] == (attached if is_kept else [])
    said = run("campaign", "status", campaign.folder, "--reply").stdout
    assert "To: Ann <ann@example.org>" in said
    failure = found.restore_failure(load_texts())
    assert failure is not None
    assert "Name the folder" not in failure.message
    assert ("the attached zip holds no workbook" in failure.message) == (code == "no-workbooks")


def test_what_was_mailed_and_then_opened_by_hand_is_no_problem(
    opened: Opened, tmp_path: Path
) -> None:
    """The file is older than the mail that it came with; a file from before mends nothing."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    os.utime(path, ((NOW + DAY).timestamp(),) * 2)
    locked = eml(tmp_path / "a.eml", ("answer.zip", locked_zip(data)), at=NOW + 2 * DAY)
    later = eml(
        tmp_path / "b.eml",
        ("answer.zip", locked_zip(b"x")),
        at=NOW + 3 * DAY,
        message_id="<2@x>",
    )
    stages = []
    for one in (locked, path, later):
        collect(campaign, record, one, now=NOW + 4 * DAY)
        stages.append(standing_of(record, ANN).stage)

    assert stages == [Stage.PROBLEMS, Stage.COMPLETE, Stage.PROBLEMS]


def test_what_a_stranger_mails_and_is_refused_lies_aside(opened: Opened, tmp_path: Path) -> None:
    """With its sender; but a zip of something else, which is only told."""
    campaign, record = opened
    locked = locked_zip(b"x")  # it says when it was made
    paths = [
        eml(tmp_path / f"{n}.eml", (f"{n}.zip", data), sender=STRANGER, message_id=f"<{n}@x>")
        for n, data in enumerate((locked, packed({"a.jpg": b"\xff\xd8"})))
    ]
    done = collect(campaign, record, *paths)
    (found,) = all_returned(record)

    assert [one.code for one in done.failures] == ["no-workbooks"]
    assert (found.person, found.code, found.sender) == (None, "encrypted", STRANGER)
    assert [*originals(campaign).values()] == [locked]
    assert found.file.startswith("aside/")
    assert found.file.endswith(".zip")


def test_what_lies_in_a_folder_and_is_refused_is_only_told(opened: Opened, tmp_path: Path) -> None:
    """It stays where it is, and nobody knows whose it is."""
    campaign, record = opened
    (tmp_path / "a.zip").write_bytes(locked_zip(b"x"))
    done = collect(campaign, record, tmp_path / "a.zip")

    assert [one.code for one in done.failures] == ["encrypted"]
    assert all_returned(record) == []


def test_an_unreadable_file_of_somebody_stays_theirs(opened: Opened, tmp_path: Path) -> None:
    """Collected again from a folder, where nothing says who sent it, it is not moved aside."""
    campaign, record = opened
    collect(campaign, record, eml(tmp_path / "a.eml", ("x.xlsx", b"PK\x03\x04")))
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04")
    before = originals(campaign)
    done = collect(campaign, record, tmp_path / "x.xlsx")

    assert (done.files, done.repeat_count) == ([], 1)
    assert originals(campaign) == before
    assert [*before] == [all_returned(record)[0].file]
    assert answers_of(record) == [(ANN, "sender", "x.xlsx")]


# --- what is ours ------------------------------------------------------------------------------


def test_our_own_mails_are_not_taken(opened: Opened, tmp_path: Path) -> None:
    """Copies to ourselves and a folder of sent mails, also if a server gave them other ids."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    blank = workbook_of(campaign, record, ANN).read_bytes()
    other = workbook_of(campaign, record, BEN).read_bytes()
    box = write_mbox(
        tmp_path / "Sent.mbox",
        [
            mail(("a.xlsx", blank), sender=SENDER, message_id=ours, to=ANN),
            mail(("b.xlsx", other), sender=SENDER.upper(), message_id="<other@x>", to=BEN),
        ],
    )
    done = collect(campaign, record, box)

    assert (done.own_mail_count, done.blank_returns, done.files) == (2, [], [])
    assert all_returned(record) == []
    assert "Our own mails: 2." in summary_text(done)


def test_each_file_is_in_one_count(opened: Opened, tmp_path: Path) -> None:
    """Whether somebody's or nobody's, read or not; and there is a way on for each."""
    campaign, record = opened
    paths = [
        eml(tmp_path / "1.eml", ("1.xlsx", filled_of(campaign, record, ANN)), sender=ANN),
        eml(tmp_path / "2.eml", ("2.xlsx", filled(campaign)), sender=STRANGER, message_id="<2@x>"),
        eml(tmp_path / "3.eml", ("3.zip", locked_zip(b"x")), sender=STRANGER, message_id="<3@x>"),
    ]
    done = collect(campaign, record, *paths)
    assert summary_text(done) == "New responses: 1. Without an owner, put aside: 2."
    broken = eml(tmp_path / "4.eml", ("4.zip", locked_zip(b"y")), sender=BEN, message_id="<4@x>")
    failed = collect(campaign, record, *paths[:2], broken)
    assert summary_text(failed) == "New responses: 0. Could not be read: 1. Collected before: 2."

    assert next_step(failed).endswith("iml4e campaign status --reply")
    assert next_step(collect(campaign, record)).endswith("iml4e campaign status")


def test_a_copy_of_our_mail_that_was_filled_in_is_an_answer(opened: Opened, tmp_path: Path) -> None:
    """Some fill the workbook in where it is attached, and save the mail."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    data = filled_of(campaign, record, ANN)
    path = eml(tmp_path / "a.eml", ("a.xlsx", data), sender=SENDER, message_id=ours, to=ANN)
    done = collect(campaign, record, path)

    assert (done.own_mail_count, len(done.files)) == (0, 1)
    assert answers_of(record) == [(ANN, "workbook", "a.xlsx")]


def test_a_workbook_that_returns_as_issued_is_noted_as_such(opened: Opened, tmp_path: Path) -> None:
    """It is no answer, and the status says that nobody has filled it in."""
    campaign, record = opened
    blank = workbook_of(campaign, record, ANN).read_bytes()
    done = collect(campaign, record, eml(tmp_path / "a.eml", ("a.xlsx", blank)))
    (found,) = all_returned(record)

    assert (done.blank_returns, done.files) == ([person_of(record, ANN)], [])
    assert [*notice_lines(done)] == [f"Came back as issued, without an answer: {ANN}."]
    assert (found.state, found.file) == (ReturnState.ISSUED, "")
    assert standing_of(record, ANN).is_blank
    assert standing_of(record, ANN).stage is Stage.NOT_MAILED
    assert originals(campaign) == {}


def bounce(original: EmailMessage, *, action: str = "failed", headers_only: bool = False) -> bytes:
    """Return a mail server's report that a mail could not be delivered."""
    report = EmailMessage(policy=SMTP)
    report["From"] = "MAILER-DAEMON@example.org"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = "<report@example.org>"
    returned = original.as_bytes().partition(b"\r\n\r\n")[0] if headers_only else b""
    whole = returned + b"\r\n\r\n" if headers_only else original.as_bytes()
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    status = (
        "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; ann@example.org\r\n"
        f"Action: {action}\r\nStatus: 5.2.1\r\n"
        "Diagnostic-Code: smtp; 550 5.2.1 Mailbox disabled\r\n"
    )
    parts = [
        b"Content-Type: text/plain\r\n\r\nSorry.",
        b"Content-Type: message/delivery-status\r\n\r\n" + status.encode(),
        f"Content-Type: {kind}\r\n\r\n".encode() + whole,
    ]
    body = b"".join(b"\r\n--rr\r\n" + part for part in parts) + b"\r\n--rr--\r\n"
    head = 'Content-Type: multipart/report; report-type=delivery-status; boundary="rr"\r\n\r\n'
    return report.as_bytes().rstrip() + b"\r\n" + head.encode() + body


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_bounce_tells_of_the_mail_and_not_of_its_workbook(
    opened: Opened, tmp_path: Path, *, headers_only: bool
) -> None:
    """The mail is `bounced` with the server's words; our workbook in it is no response."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    blank = workbook_of(campaign, record, ANN).read_bytes()
    original = mail(("a.xlsx", blank), sender=SENDER, to=ANN, message_id=ours)
    path = tmp_path / "b.eml"
    path.write_bytes(bounce(original, headers_only=headers_only))
    done = collect(campaign, record, path)
    again = collect(campaign, record, path)
    invitation = standing_of(record, ANN).invitation

    assert [*notice_lines(done)] == [f"{ANN}: the mail came back: 550 5.2.1 Mailbox disabled"]
    assert again.bounces == []
    assert invitation is not None
    assert (invitation.state, invitation.kind) == (MailState.BOUNCED, MailKind.INVITATION)
    assert "550 5.2.1 Mailbox disabled" in invitation.words
    assert all_returned(record) == []


def test_a_delay_is_no_bounce(opened: Opened, tmp_path: Path) -> None:
    """A server that still tries has not given up."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    path = tmp_path / "b.eml"
    path.write_bytes(bounce(mail(message_id=ours), action="delayed"))
    done = collect(campaign, record, path)

    assert done.bounces == []
    assert standing_of(record, ANN).stage is Stage.MISSING


# --- what is in the way ------------------------------------------------------------------------


def test_what_is_hostile_spoils_nothing(opened: Opened, tmp_path: Path) -> None:
    """Every file made to harm in a folder, some in a zip and a mail, among good ones."""
    campaign, record = opened
    good = filled(campaign, 2)
    harm = {name: make(good) for name, (make, _) in CASES.items()}
    some = {name: harm[name] for name in [*harm][::7] if len(harm[name]) < 1 << 20}
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, data in harm.items():
        (folder / f"m-{name}").write_bytes(data)
    first, middle, last = (
        filled_of(campaign, record, f"{one}@example.org") for one in ("ann", "ben", "cay")
    )
    (folder / "a.xlsx").write_bytes(first)
    (folder / "z.xlsx").write_bytes(last)
    (folder / "n.zip").write_bytes(packed({**some, "ben.xlsx": middle}))
    eml(folder / "o.eml", *some.items(), ("d.xlsx", filled_of(campaign, record, "dan@example.org")))
    for name, data in (
        ("p.eml", b"\xff" * 4096),
        ("q.msg", b"\xd0\xcf\x11\xe0" * 99),
        ("r.mbox", b"From "),
    ):
        (folder / name).write_bytes(data)
    collector = Collector(campaign, record, workers=2, now=lambda: NOW)
    collector.collect_sources(Finder().find_sources([folder]))
    collector.conclude_run()
    done = collector.outcome
    whose = {(mail_, match) for mail_, match, _ in answers_of(record)}

    for person in ("ann", "ben", "cay", "dan"):
        assert (f"{person}@example.org", "workbook") in whose
    assert done.has_errors
    assert not [one for one in done.failures if one.code == "defect"]
    assert not [one for one in all_returned(record) if one.code == "defect"]
    assert (
        len(done.files_in_state(ReturnState.FAILED))
        >= len([1 for _, code in CASES.values() if code != READ]) - 20
    )
    assert collection_tables(done)
    kept = originals(campaign)
    assert all(sha256(data).hexdigest()[:20] in name for name, data in kept.items())


def test_text_that_no_database_takes_is_in_nobodys_way(database: str, tmp_path: Path) -> None:
    """NUL, which Excel writes as _x0000_, and names that are not UTF-8; the others come through."""
    with built_campaign(tmp_path, 3, database=database) as (campaign, record):
        whole = parts_of(filled_of(campaign, record, ANN, note="before MARK after"))
        nul = packed({name: data.replace(b"MARK", b"_x0000_") for name, data in whole.items()})
        assert nul != packed(whole)
        name = b"r\xfcck.xlsx".decode(errors="surrogateescape")
        found = [
            Source("ann.xlsx", lambda: nul),
            Source(name, lambda: filled_of(campaign, record, BEN)),
            Source(f"broken-{name}", lambda: b"PK no workbook"),
            Source("cay.xlsx", lambda: filled_of(campaign, record, CAY)),
        ]
        for again in (False, True):
            collector = Collector(campaign, record)
            collector.collect_sources(found)
            collector.conclude_run()
            assert len(collector.outcome.files) == (0 if again else 4)
        whose = answers_of(record)
        status = run("campaign", "status", campaign.folder, "--database", database, *JSON)
        export = run("campaign", "export", "-C", campaign.folder, "--database", database, *JSON)

    assert whose[:2] == [(ANN, "workbook", "ann.xlsx"), (BEN, "workbook", "r\ufffdck.xlsx")]
    assert [one[1:] for one in whose[2:3]] == [("none", "broken-r\ufffdck.xlsx")]
    assert whose[3] == (CAY, "workbook", "cay.xlsx")
    assert "r\ufffdck.xlsx" in json.loads(status.stdout)["persons"][1]["source"]
    assert "before  after" in export.stdout


def test_reading_ends_with_the_run_that_fails(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its own thread, and before the error is said: nothing complains after it."""
    campaign, record = opened
    path = tmp_path / "a.xlsx"
    path.write_bytes(filled_of(campaign, record, ANN))

    def fails(*_: object, **__: object) -> None:
        raise RecordError("the disk is full")

    monkeypatch.setattr("iml4e_xlsx.campaign.collect.collector.store_original", fails)
    collector = Collector(campaign, record, workers=2)
    with pytest.raises(RecordError) as caught:
        collector.collect_sources(Finder().find_sources([path, path, path]))

    readers = [one.name for one in threading.enumerate() if "ThreadPoolExecutor" in one.name]
    assert (readers, caught.value.__traceback__ is not None) == ([], True)


@pytest.mark.parametrize("executable", ["none", "/bin/false"])
def test_a_machine_that_starts_no_process_is_nobodys_problem(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    """Nothing is recorded, and the next run takes in what was found."""
    campaign, record = opened
    paths = [eml(tmp_path / "1.eml", ("a.xlsx", filled_of(campaign, record, ANN)), sender=ANN)]
    paths += [eml(tmp_path / "2.eml", ("b.xlsx", filled(campaign)), sender=BEN)]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", executable)
        outcome = run("campaign", "collect", *paths, "-C", campaign.folder, code=3)
        assert "The process that reads workbooks cannot be started (" in outcome.stderr
        assert "run the command again" in outcome.stderr
    assert all_returned(record) == []
    run("campaign", "collect", *paths, "-C", campaign.folder)
    assert [whose for whose, *_ in answers_of(record)] == [ANN, BEN]


def test_of_its_own_folder_a_campaign_takes_what_people_put_there(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the workbooks that it made, nor rosters, nor what it has collected."""
    campaign, record = opened
    answer = campaign.folder / "inbox" / "answer.xlsx"
    answer.parent.mkdir()
    answer.write_bytes(filled_of(campaign, record, ANN))
    monkeypatch.chdir(campaign.folder)
    for path in (".", "..", campaign.folder):
        said = run("campaign", "collect", path, "-C", campaign.folder)
        assert "as issued" not in said.output
    assert answers_of(record) == [(ANN, "workbook", "answer.xlsx")]
    assert not campaign.aside.exists() or not list(campaign.aside.iterdir())


def test_how_to_go_on_when_only_nobodys_file_had_problems(opened: Opened, tmp_path: Path) -> None:
    """There is nobody to reply to."""
    campaign, _ = opened
    stranger = eml(tmp_path / "s.eml", ("a.xlsx", b"PK\x03\x04"), sender=STRANGER)
    said = run("campaign", "collect", stranger, "-C", campaign.folder, code=1).stderr
    assert "Next, see who is missing: iml4e campaign status" in said
    anns = eml(tmp_path / "a.eml", ("b.xlsx", b"PK\x03\x04\x00"), sender=ANN)
    said = run("campaign", "collect", anns, "-C", campaign.folder, code=1).stderr
    assert "status --reply" in said


def test_a_full_disk_is_said_and_nothing_is_half(
    rounds: Rounds, tmp_path: Path, small_disk: MakesSmallDisks
) -> None:
    """Exit 3 with advice; what was recorded stays, and the next run completes."""
    with small_disk(1200) as disk, rounds.opened(disk) as (campaign, record):
        answers = tmp_path / "answers"
        answers.mkdir()
        for number in range(24):
            data = filled_of(campaign, record, ANN, note=os.urandom(9000).hex())
            (answers / f"{number:02}.xlsx").write_bytes(data)
        command = ("campaign", "collect", answers, "-C", campaign.folder)
        said = run(*command, code=3)
        kept = {one.file for one in all_returned(record)}

        assert "No space left on device" in said.stderr or "disk is full" in said.stderr
        assert 0 < len(kept) < 24
        assert kept <= set(originals(campaign))
        assert not [name for name in originals(campaign) if "/." in name]
        mount = program("mount", "mount")
        subprocess.run([mount, "-o", "remount,size=9000k", disk], check=True)
        run(*command)

        assert len(all_returned(record)) == 24
        assert sorted(originals(campaign).values()) == sorted(
            path.read_bytes() for path in answers.iterdir()
        )


_PEAK = """
import resource, sys
from pathlib import Path
from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.collect.collect import collect
campaign = open_campaign(sys.argv[1])
done = collect(campaign, Record(campaign.database, campaign.settings.id), sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(done.files), done.repeat_count, used // 1024)
"""


def test_a_folder_of_ten_thousand_files_takes_bounded_memory(
    rounds: Rounds, tmp_path: Path
) -> None:
    """Not more than a few times what a small folder takes, and every answer in it is found."""
    with rounds.opened(tmp_path) as (campaign, record):
        data = filled_of(campaign, record, ANN)
        few, many = tmp_path / "few", tmp_path / "many"
        for folder, count in ((few, 10), (many, 10_000)):
            folder.mkdir()
            for number in range(count):
                path = folder / f"{number:05}"
                if number % 100 == 7:
                    # A comment at the end of a zip makes another content of the same workbook.
                    comment = str(number).encode()
                    tail = data[:-2] + len(comment).to_bytes(2, "little") + comment
                    path.with_suffix(".xlsx").write_bytes(tail)
                else:
                    path.with_suffix(".pdf").write_bytes(b"%PDF-1.7\n" + bytes(2000))
        peaks = []
        for folder in (few, many):
            done = subprocess.run(
                [sys.executable, "-c", _PEAK, campaign.folder, folder],
                check=True, capture_output=True, text=True, cwd=ROOT,
            )  # fmt: skip
            taken, known, peak = map(int, done.stdout.split())
            peaks.append(peak)
        assert taken + known == 100
    assert peaks[1] - peaks[0] < 100


def test_files_that_a_run_left_half_written_are_removed(opened: Opened, tmp_path: Path) -> None:
    """What is there whole, or was left hours ago; another's hidden file and a fresh one stay."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    (tmp_path / "a.xlsx").write_bytes(data)
    campaign.returned.mkdir(exist_ok=True)
    name = sha256(data).hexdigest()[:20]
    old, fresh = f".{'0' * 20}.xlsx.abcdefgh", f".{'1' * 20}.xlsx.abcdefgh"
    for left in (f".{name}.xlsx.abcd_123", old, fresh, ".gitkeep"):
        (campaign.returned / left).write_bytes(b"PK")
    for left in (old, ".gitkeep"):
        os.utime(campaign.returned / left, (0, 0))
    collect(campaign, record, tmp_path / "a.xlsx")

    hidden = sorted(path.name for path in campaign.returned.glob(".*"))
    assert hidden == sorted([fresh, ".gitkeep"])
