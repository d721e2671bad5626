"""Workbooks of another round, and of another person: neither counts until somebody decides."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.owners import OwnerDoubt
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.campaigns import (
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    collect,
    person_of,
    run,
)
from tests.support.collecting import ANN, BEN, Opened, eml
from tests.support.returning import all_returned, filled_of, standing_of


def test_last_rounds_workbook_is_put_aside_and_named(tmp_path: Path) -> None:
    """By its id, whoever sends it, and by its content where the id is gone; beside or named."""
    with (
        built_campaign(tmp_path / "rounds" / "spring", 3, roster="roster.csv") as spring,
        built_campaign(tmp_path / "autumn", 2, roster="roster.csv", name="Autumn") as autumn,
    ):
        own = eml(tmp_path / "a.eml", ("a.xlsx", filled_of(*spring, ANN)), sender=ANN)
        other = filled_of(*spring, "cay@example.org", 2)
        bens = eml(tmp_path / "b.eml", ("b.xlsx", other), sender=BEN, message_id="<2@x>")
        answer(*spring, BEN)
        build(*autumn, previous=[str(spring[0].folder)])
        done = collect(*autumn, own, bens)
        folder = autumn[0].folder
        document = json.loads(run("campaign", "status", folder, "--format", "json").stdout)

        assert [file.owner.doubts for file in done.files] == [(OwnerDoubt.OTHER_ROUND,)] * 2
        assert {standing_of(autumn[1], mail).stage for mail in (ANN, BEN)} == {Stage.NOT_MAILED}
        assert [entry["round"] for entry in document["aside"]] == ["Round", "Round"]
        said = " ".join(entry["message"] for entry in document["aside"])
        assert "the workbook of the round Round, of Ann" in said
        assert "the workbook of the round Round, of Cay" in said
        assert collect(*autumn, own, bens).owner_updates == []  # nor by the next run
        run("campaign", "assign", "b.xlsx", BEN, "-C", folder)  # by the name that status shows
        assert standing_of(autumn[1], BEN).stage is Stage.COMPLETE
        after = json.loads(run("campaign", "status", folder, "--format", "json").stdout)
        (ben,) = [one for one in after["persons"] if one["mail"] == BEN]
        assert "other-round" in ben["oddities"]


def test_what_nobody_can_read_is_of_no_other_round(tmp_path: Path) -> None:
    """An empty file, or what a filter leaves of an attachment, is the same in each round."""
    with (
        built_campaign(tmp_path / "spring", 2, roster="roster.csv") as spring,
        built_campaign(tmp_path / "autumn", 2, roster="roster.csv", name="Autumn") as autumn,
    ):
        stub = ("a.xlsx", b"PK\x03\x04 removed by the filter")
        collect(*spring, eml(tmp_path / "a.eml", stub, sender=ANN))
        answer(*spring, BEN)
        build(*autumn, previous=[str(spring[0].folder)])
        done = collect(*autumn, eml(tmp_path / "b.eml", stub, sender=BEN, message_id="<2@x>"))

        assert [file.owner.doubts for file in done.files] == [()]
        assert standing_of(autumn[1], BEN).stage is Stage.PROBLEMS


def test_a_workbook_of_a_colleague_with_ones_own_name_is_held(
    opened: Opened, tmp_path: Path
) -> None:
    """Sender and respondent are one other person: nobody's until it is assigned, also later."""
    campaign, record = opened
    scheme = campaign.load_scheme()
    answered = response(scheme, all_rated(scheme))
    answered = replace(answered, profile=replace(answered.profile, respondent="Ben"))
    identity = person_of(record, ANN).workbook_id
    data = build_workbook(scheme, created=CREATED, response=answered, identity=identity)
    (file,) = collect(campaign, record, eml(tmp_path / "x.eml", ("x.xlsx", data), sender=BEN)).files

    assert (file.person, file.owner.doubts) == (None, (OwnerDoubt.OTHER_PERSON,))
    collect(campaign, record, now=NOW)
    assert [one.person for one in all_returned(record)] == [None]
    status = run("campaign", "status", campaign.folder).stdout
    assert "made for Ann" in " ".join(status.split())
    run("campaign", "assign", "x.xlsx", BEN, "-C", campaign.folder)
    assert standing_of(record, BEN).stage is Stage.COMPLETE


@pytest.mark.parametrize("name", ["Yıldız Kaya", "KAYA, Yildiz", "Dr. Yıldız Kaya"])
def test_ones_own_name_is_known_however_it_is_spelled(tmp_path: Path, name: str) -> None:
    """The roster lacks letters that people write; who is assigned it is told whose it was made."""
    people = [Row(name="Zoe Brandt", mail=ANN), Row(name="Yildiz Kaya", mail=BEN)]
    with built_campaign(tmp_path, people, roster="roster.csv") as (campaign, record):
        scheme = campaign.load_scheme()
        answered = response(scheme, all_rated(scheme))
        answered = replace(answered, profile=replace(answered.profile, respondent=name))
        identity = person_of(record, ANN).workbook_id
        data = build_workbook(scheme, created=CREATED, response=answered, identity=identity)
        source = eml(tmp_path / "x.eml", ("x.xlsx", data), sender=BEN)
        (file,) = collect(campaign, record, source).files

        assert (file.person, file.owner.doubts) == (None, (OwnerDoubt.OTHER_PERSON,))
        run("campaign", "assign", "x.xlsx", BEN, "-C", campaign.folder)
        status = ("campaign", "status", campaign.folder)
        document = json.loads(run(*status, "--format", "json").stdout)
        (ben,) = [one for one in document["persons"] if one["mail"] == BEN]
        assert ben["oddities"] == ["other-workbook"]
        shown = " ".join(run(*status).stdout.split())
        assert "the workbook was made for Zoe Brandt" in shown


def test_what_is_odd_stays_in_the_status(opened: Opened, tmp_path: Path) -> None:
    """While it counts: a stranger sent it, and the person had no part in that."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    collect(campaign, record, eml(tmp_path / "x.eml", ("x.xlsx", data), sender="who@example.net"))

    shown = run("campaign", "status", campaign.folder, "--format", "json").stdout
    (ann,) = [one for one in json.loads(shown)["persons"] if one["mail"] == ANN]
    assert (ann["sender"], ann["oddities"]) == ("who@example.net", ["other-sender"])
    assert "sent by who@example.net" in run("campaign", "status", campaign.folder).stdout
