"""Erasing a person: nothing of them is left, whatever came between, and the rest stays."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.campaign.corrections import forget as forgetting
from iml4e_xlsx.campaign.corrections.assign import assign_file, dismiss_file
from iml4e_xlsx.campaign.corrections.forget import ErasureOutcome, forget
from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.originals import find_original
from iml4e_xlsx.campaign.record import campaigns, erasure, people, returns
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.round_report import campaign_assessments
from iml4e_xlsx.errors import CampaignError, RecordError, RosterError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.model import Profile
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster.removal import remove_person
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import response
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    collect,
    filled_in,
    new_campaign,
    note_mail,
    person_of,
    record_of,
    rows,
    run,
    workbook_of,
    write_roster,
)

Settled = tuple[Campaign, Record, tuple[str, ...]]

MAIL = "quentin.quisling@quarry.example.org"
NAME = "Quentin Quisling"
QUENTIN = Row(name=NAME, mail=MAIL, role="quartermaster", extra={"Note": "quixotic notes"})
EVIDENCE = "a quotation from the quarterly"
WORDS = ("quentin", "quisling", "quarry", "quartermaster", "quixotic", "quotation", "quarterly")


def forms(text: str) -> list[bytes]:
    """Return a text as files have it: in UTF-8, UTF-16, and as JSON escapes it."""
    return [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file's name and bytes, and those of what is packed in it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        yield name, name.encode() + b"\n" + data
        if zipfile.is_zipfile(BytesIO(data)):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                for member in archive.namelist():
                    yield f"{name}!{member}", archive.read(member)


def tables(database: str) -> Iterator[tuple[str, bytes]]:
    """Yield every value of every table, as text."""
    engine = sa.create_engine(make_url(database))
    with engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            found = connection.execute(sa.text(f"SELECT * FROM {name}"))  # noqa: S608
            for row in found.mappings():
                yield name, json.dumps(dict(row), default=str, ensure_ascii=False).encode()
    engine.dispose()


def handles(record: Record) -> list[str]:
    with record.begin(NOW) as tx:
        return [one.handle for one in returns.all_returned(tx)]


def traces(campaign: Campaign, *secrets: str) -> list[tuple[str, str]]:
    """Return where one of these texts is, in any case, in the folder or in the record."""
    found = []
    for name, data in (*contents(campaign.folder), *tables(campaign.database)):
        lowered = data.lower()
        found += [
            (name, secret)
            for secret in secrets
            if any(form in lowered for form in forms(secret.lower()))
        ]
    return found


def settle_in(campaign: Campaign, record: Record) -> tuple[str, ...]:
    """Let much happen to Quentin: mails, several returns, mails that he sent; return his ids."""
    build(campaign, record)
    write_roster(campaign.folder, [QUENTIN, *rows(2)])
    build(campaign, record)
    person = person_of(record, MAIL)
    with record.begin(NOW) as tx:
        note_mail(tx, person, MailState.SENT, words=f"250 ok {MAIL}")
        note_mail(tx, person, MailState.BOUNCED, kind=MailKind.REMINDER, words=f"no {MAIL}")
    beside = campaign.folder.parent
    first = filled_in(
        campaign, record, MAIL, {"AA-01": 1}, evidence={"AA-02": EVIDENCE}, name="first.xlsx"
    )
    last = filled_in(
        campaign, record, MAIL, evidence={"AA-01": EVIDENCE}, now=NOW + DAY,
        name="Quisling, returned.xlsx",
    )  # fmt: skip
    colleague = filled_in(campaign, record, "ann@example.org", {"AA-01": 2}, name="ann.xlsx")
    broken = beside / "Quentin.xlsx"
    broken.write_bytes(b"PK\x03\x04" + EVIDENCE.encode())
    mails_ = [mailed(beside / "m1.eml", broken), mailed(beside / "m2.eml", colleague)]
    collect(campaign, record, first, last, *mails_, now=NOW + DAY)
    his = {path.read_bytes() for path in (first, last, broken)}
    kept = [*campaign.returned.iterdir(), *campaign.aside.glob("*")]
    digests = [path.name for path in kept if path.read_bytes() in his]
    assert len(digests) == 3
    for path in (first, last, colleague, broken, *mails_):
        path.unlink()
    return (person.workbook_id, *digests)


def mailed(target: Path, attached: Path, sender: str = MAIL) -> Path:
    """Write a mail with a file attached."""
    mail = EmailMessage()
    mail["From"] = f"{NAME} <{sender}>"
    mail["Message-ID"] = f"<{target.stem}@x>"
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
    mail.set_content("here")
    mail.add_attachment(
        attached.read_bytes(), maintype="application", subtype="octet-stream",
        filename=attached.name,
    )  # fmt: skip
    target.write_bytes(mail.as_bytes())
    return target


def erase(
    campaign: Campaign, record: Record, mail: str = MAIL, *, keep_ratings: bool = False
) -> ErasureOutcome:
    return forget(campaign, record, mail, keep_ratings=keep_ratings, now=NOW + 2 * DAY)


def team_results(campaign: Campaign, record: Record) -> list[tuple[str, list[object]]]:
    teams = group_by_team(campaign_assessments(campaign, record, now=NOW))
    return [
        (team.response.profile.team, [(a.area, a.index, a.level) for a in team.result.areas])
        for team in teams
    ]


@pytest.mark.parametrize(("kind", "keep_ratings"), [("csv", True), ("csv", False), ("xlsx", True)])
def test_nothing_of_a_person_is_left(
    tmp_path: Path, database: str, kind: str, *, keep_ratings: bool
) -> None:
    """In no file, packed or not, and in no table: address, name, role, evidence, ids, originals."""
    given = [QUENTIN, *rows(2)]
    campaign = new_campaign(tmp_path / "Q", given, kind=kind, database=database)
    (campaign.folder / "roster.csv").unlink(missing_ok=kind == "xlsx")
    write_roster(campaign.folder, given, kind="csv") if kind == "csv" else None
    with record_of(campaign) as record:
        build(campaign, record)
        (campaign.folder / f"roster.{'xlsx' if kind == 'csv' else 'csv'}").unlink(missing_ok=True)
        secrets = settle_in(campaign, record) if kind == "csv" else settle_kept(campaign, record)
        before = team_results(campaign, record)
        assert {word for _, word in traces(campaign, *WORDS)} == set(WORDS)
        done = erase(campaign, record, keep_ratings=keep_ratings)
        after = team_results(campaign, record)
        assert done.ratings_stay == keep_ratings
        assert done.rosters == (f"roster.{kind}",)
        assert (after == before) == keep_ratings
        assert traces(campaign, *WORDS, *secrets) == []
        assert not list(campaign.folder.rglob(".*"))
    text = run("campaign", "export", campaign.folder, "--database", database, "--format", "json")
    assert not any(word in text.stdout.lower() for word in WORDS)


def settle_kept(campaign: Campaign, record: Record) -> tuple[str, ...]:
    """Let Quentin and Ann answer; return his ids."""
    person = person_of(record, MAIL)
    his = filled_in(campaign, record, MAIL, evidence={"AA-01": EVIDENCE}, name="Quentin.xlsx")
    hers = filled_in(campaign, record, "ann@example.org", {"AA-01": 1})
    collect(campaign, record, his, hers)
    (file,) = (one for one in campaign.returned.iterdir() if one.read_bytes() == his.read_bytes())
    his.unlink()
    return (person.workbook_id, file.name)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Return a campaign's folder in which much has happened to Quentin, and his ids."""
    folder = tmp_path_factory.mktemp("settled")
    with built_campaign(folder, [QUENTIN, *rows(2)]) as (campaign, record):
        (campaign.folder / "roster.xlsx").unlink()  # reading it takes its time
        return campaign.folder, settle_in(campaign, record)


@pytest.fixture
def settled(tmp_path: Path, made: tuple[Path, tuple[str, ...]]) -> Iterator[Settled]:
    """Yield a copy of it, and its record."""
    shutil.copytree(made[0], tmp_path / "Q" / "campaign")
    campaign = open_campaign(tmp_path / "Q" / "campaign")
    with record_of(campaign) as record:
        yield campaign, record, made[1]


@pytest.mark.parametrize("keep_ratings", [False, True])
def test_the_raw_bytes_of_the_record_are_overwritten(
    settled: Settled, *, keep_ratings: bool
) -> None:
    """Also those of the pages that SQLite no longer uses, and of its journal."""
    campaign, record, secrets = settled
    path = campaign.folder / "record.sqlite"
    assert all(word.encode() in path.read_bytes().lower() for word in WORDS)
    erase(campaign, record, keep_ratings=keep_ratings)
    data = path.read_bytes().lower()

    assert not [word for word in (*WORDS, *secrets) if word.lower().encode() in data]
    assert [one.name for one in campaign.folder.glob("record*")] == ["record.sqlite"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_ratings_that_stay_are_bare(settled: Settled) -> None:
    """Ratings and team, and nothing that leads to a person; they are nobody's."""
    campaign, record, _ = settled
    erase(campaign, record, keep_ratings=True)
    with record.begin(NOW) as tx:
        left = [one for one in returns.all_returned(tx) if one.state.value == "anonymous"]
        (response,) = load_responses(tx, left)
    (one,) = left

    assert (one.person, one.workbook_id, one.file, one.deliveries) == (None, "", "", ())
    assert one.collected < NOW + DAY
    assert response.profile.team == "Red"
    assert response.profile.respondent == response.profile.role == response.profile.date == ""
    assert {answer.rating for answer in response.answers.values()} == {3}
    assert {answer.evidence for answer in response.answers.values()} == {""}


def test_everybody_else_stays(settled: Settled) -> None:
    """Their rows, workbooks, answers and mails; and nothing is to be built or sent anew."""
    campaign, record, _ = settled
    ann = person_of(record, "ann@example.org")
    file = workbook_of(campaign, record, ann.mail).read_bytes()
    erase(campaign, record)
    with record.begin(NOW) as tx:
        (kept,) = returns.all_returned(tx)
        assert [one.mail for one in people.all_people(tx)] == ["ann@example.org", "ben@example.org"]

    assert person_of(record, ann.mail) == ann
    assert (kept.person, kept.sender) == (ann.id, "")
    assert workbook_of(campaign, record, ann.mail).read_bytes() == file
    assert "1 mail would leave" in run("campaign", "send", campaign.folder).output
    assert build(campaign, record).made == ()


def test_what_was_erased_is_not_collected_again(settled: Settled, tmp_path: Path) -> None:
    """Neither a file that comes once more nor the workbook as it was issued."""
    campaign, record, _ = settled
    kept = tmp_path / "kept"
    shutil.copytree(campaign.returned, kept)
    shutil.copy(workbook_of(campaign, record, MAIL), kept / "issued.xlsx")
    erase(campaign, record, keep_ratings=True)
    done = collect(campaign, record, kept)

    assert done.files == []
    assert done.erased_count == 4
    assert done.repeat_count == 1
    assert traces(campaign, *WORDS) == []


def test_a_person_without_any_answer(tmp_path: Path) -> None:
    """With nothing but a row and a workbook."""
    with built_campaign(tmp_path, [QUENTIN, *rows(1)]) as (campaign, record):
        done = erase(campaign, record, MAIL.upper(), keep_ratings=True)

        assert (done.files, done.rosters, done.ratings_stay) == (1, ("roster.csv",), False)
        assert traces(campaign, *WORDS) == []


@pytest.mark.parametrize("keep_ratings", [False, True])
def test_a_person_who_is_in_the_roster_alone(tmp_path: Path, *, keep_ratings: bool) -> None:
    """Before anything was built; and also the last one of all."""
    campaign = new_campaign(tmp_path, [QUENTIN])
    flags = ["--keep-ratings"] if keep_ratings else []
    out = run("campaign", "forget", MAIL, "-C", campaign.folder, *flags).stdout

    assert "rows in roster.csv" in out
    assert traces(campaign, *WORDS) == []


def test_a_person_who_is_in_both_rosters(tmp_path: Path) -> None:
    """The one that counts, and the one that was left."""
    campaign = new_campaign(tmp_path, [QUENTIN, *rows(1)], roster="roster.csv")
    write_roster(campaign.folder, [QUENTIN], kind="xlsx")
    with record_of(campaign) as record:
        build(campaign, record)
        assert erase(campaign, record).rosters == ("roster.xlsx", "roster.csv")
    assert traces(campaign, *WORDS) == []


def test_a_roster_of_another_name(tmp_path: Path) -> None:
    """The one that the settings name."""
    campaign = new_campaign(tmp_path, 0, roster="people.csv")
    write_roster(campaign.folder, [QUENTIN, *rows(1)]).rename(campaign.folder / "people.csv")
    with record_of(campaign) as record:
        build(campaign, record)
        assert erase(campaign, record).rosters == ("people.csv",)
    assert traces(campaign, *WORDS) == []


def test_a_person_who_is_no_longer_listed(tmp_path: Path) -> None:
    """Who left the roster is still in the record; the one of the same name elsewhere stays."""
    with built_campaign(tmp_path, [QUENTIN, *rows(1)]) as (campaign, record):
        successor = Row(name=NAME, mail="other@example.org", team="Other")
        write_roster(campaign.folder, [successor, *rows(1)])
        build(campaign, record)
        file = workbook_of(campaign, record, "other@example.org")
        erase(campaign, record)

        assert file.is_file()
        assert build(campaign, record).made == ()
        assert traces(campaign, "quarry", "quartermaster") == []


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
    """The file that is to be another's still holds the person's workbook."""
    ann, ben = rows(2)
    with built_campaign(tmp_path, [ann, ben]) as (campaign, record):
        swapped = [Row(name="Ben", mail=ann.mail), Row(name="Ann", mail=ben.mail)]
        write_roster(campaign.folder, swapped)
        with monkeypatch.context() as patch:
            patch.setattr("iml4e_xlsx.campaign.workbooks.write_output", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                build(campaign, record)
        erase(campaign, record, ben.mail)

        assert [path.name for path in campaign.workbooks.iterdir()] == ["org-red-ann.xlsx"]
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
        with pytest.raises(CampaignError, match=rf"^returned/{left.name}: kept by a collect"):
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
            path.write_bytes(b"PK\x03\x04" + name.encode())
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
        with pytest.raises(CampaignError, match=f"{file}: nobody's so far") as caught:
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


def test_halves_of_files_go_too(settled: Settled) -> None:
    """What is left where writing a file was cut off by a power failure."""
    campaign, record, secrets = settled
    for path in (campaign.returned / secrets[1], campaign.folder / "roster.csv"):
        (path.parent / f".{path.name}.k3j4h5").write_text(NAME)
    erase(campaign, record)

    assert traces(campaign, *WORDS) == []


STEPS: dict[str, Callable[..., Any]] = {
    "write_output": write_output,
    "remove_person": remove_person,
    "find_original": find_original,
    "remove_partial_files": forgetting.remove_partial_files,
    "erasure.erase_person": erasure.erase_person,
    "campaigns.update_roster_digest": campaigns.update_roster_digest,
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", list(STEPS))
def test_an_interruption_is_made_good_by_running_again(
    settled: Settled, monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool
) -> None:
    """Before or after any step: the second run ends with nothing left."""
    campaign, record, secrets = settled
    real = STEPS[step]

    def interrupted(*args: Any, **options: Any) -> None:
        if after:
            real(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"iml4e_xlsx.campaign.corrections.forget.{step}", interrupted)
        with pytest.raises(KeyboardInterrupt):
            erase(campaign, record, keep_ratings=True)
    erase(campaign, record, keep_ratings=True)

    assert traces(campaign, *WORDS, *secrets) == []
    assert len(team_results(campaign, record)) == 1


@pytest.mark.parametrize("count", range(1, 7))
def test_an_interruption_between_files(
    settled: Settled, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Some files are gone, and the record still knows of all."""
    campaign, record, secrets = settled
    real, calls = Path.unlink, 0

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        nonlocal calls
        calls += 1
        if calls == count:
            raise KeyboardInterrupt
        real(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        try:
            erase(campaign, record)
        except KeyboardInterrupt:
            erase(campaign, record)

    assert traces(campaign, *WORDS, *secrets) == []


def test_a_disk_without_room_to_compact_is_no_failure(
    settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is gone then; an error would send people to look for what is not there."""
    campaign, record, secrets = settled

    def fails() -> None:
        raise RecordError("database or disk is full")

    monkeypatch.setattr(record, "compact", fails)
    assert erase(campaign, record).files > 0
    assert traces(campaign, *WORDS, *secrets) == []


def test_an_interruption_before_the_record_is_compacted(
    settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is gone already: SQLite overwrites what it deletes."""
    campaign, record, secrets = settled
    monkeypatch.setattr(record, "compact", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase(campaign, record, keep_ratings=True)

    assert traces(campaign, *WORDS, *secrets) == []


def test_an_address_that_is_nobodys(tmp_path: Path) -> None:
    """Exit code 1, and nothing changes."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        before = dict(contents(campaign.folder))
        with pytest.raises(CampaignError, match="Nobody in"):
            erase(campaign, record)
        outcome = run("campaign", "forget", MAIL, "-C", campaign.folder, code=1)
        assert MAIL in outcome.stderr
        assert {**dict(contents(campaign.folder)), "record.sqlite": b""} == {
            **before,
            "record.sqlite": b"",
        }


@pytest.mark.parametrize("told", ["", " ", "ann"])
def test_what_is_no_address_erases_nothing(settled: Settled, told: str) -> None:
    """Least of all what came without a sender."""
    campaign, record, _ = settled
    before = dict(contents(campaign.folder))
    with pytest.raises(CampaignError, match="no mail address"):
        forget(campaign, record, told, keep_ratings=False, now=NOW)
    assert dict(contents(campaign.folder)) == before


def test_a_second_time_is_an_address_that_is_nobodys(settled: Settled) -> None:
    """Nothing is remembered of whom was forgotten."""
    campaign, record, _ = settled
    erase(campaign, record)
    with pytest.raises(CampaignError, match="Nobody in"):
        erase(campaign, record)


def test_who_comes_back_is_somebody_new(settled: Settled) -> None:
    """With another id, and without the old mails."""
    campaign, record, secrets = settled
    erase(campaign, record)
    write_roster(campaign.folder, [QUENTIN, *rows(2)])
    build(campaign, record)

    assert person_of(record, MAIL).workbook_id != secrets[0]
    answer(campaign, record, MAIL, now=NOW + timedelta(days=3))
    assert len(team_results(campaign, record)) == 1
    assert "3 mails would leave" not in run("campaign", "send", campaign.folder).output


def test_the_command_says_what_it_did(settled: Settled) -> None:
    """And what it cannot reach."""
    campaign, record, _ = settled
    record.close()
    out = run("campaign", "forget", MAIL, "-C", campaign.folder, "--keep-ratings").stdout

    assert "rows in roster.csv" in out
    assert "the ratings stay without a name" in out
    assert "This does not reach" in out
    assert NAME not in out
