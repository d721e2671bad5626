"""Finds the owner of a returned file: by workbook id, then by sender."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.corrections.assign import assign_file
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.cli.campaign.collect_messages import (
    collection_tables,
    notice_lines,
)
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    build,
    collect,
    person_of,
    rows,
    run,
    workbook_of,
    write_roster,
)
from tests.support.collecting import ANN, BEN, CAY, STRANGER, Opened, answers_of, eml
from tests.support.habits import delete_area, delete_meta, edited, spoil
from tests.support.returning import (
    Rounds,
    all_returned,
    filled,
    filled_of,
    originals,
    standing_of,
)


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
    with pytest.raises(CampaignError) as caught:
        assign_file(campaign, record, name[:8], BEN, now=NOW)
    assert caught.value.code is CorrectionErrorCode.FILE_UNKNOWN


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
    assert f"another assessment (scheme iml4e-mlops {scheme.version})" in str(view.rows[0][-1])
    assert f"belongs to the scheme iml4e-mlops {scheme.version}" in shown
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
    notes = [str(row[-1]) for row in view.rows]
    shown = run("campaign", "status", campaign.folder, "--format", "json").stdout
    status = json.loads(shown)

    assert answers_of(record) == [("", "none", "0.xlsx"), (BEN, "sender", "1.xlsx")]
    assert (again.files, again.repeat_count) == ([], 2)
    assert notes[0] == (
        "the workbook belongs to another assessment (scheme another 1.0.0); ask the person to fill "
        "in the one that was sent"
    )
    assert "--scheme" not in str(notes)
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
    short = edited(
        scheme, tmp_path / "short.xlsx", response(scheme, all_rated(scheme)), delete_area
    )
    (view,) = collection_tables(collect(campaign, record, tmp_path / "x.xlsx", wrong, short))
    notes = {str(row[0]): str(row[-1]) for row in view.rows}

    assert notes[str(wrong)].startswith("1 answer could not be read;")
    assert notes[str(short)].startswith("1 sheet is missing;")
    assert "x.xlsx" not in notes[str(tmp_path / "x.xlsx")]
