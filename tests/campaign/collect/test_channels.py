"""Takes returned files from every channel: folders, zips, mails, mailboxes of files."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.people.stages import Stage
from tests.support import outlook
from tests.support.campaigns import (
    NOW,
    collect,
    run,
)
from tests.support.collecting import ANN, BEN, CAY, Opened, answers_of, eml
from tests.support.hostile import packed
from tests.support.returning import (
    all_returned,
    filled_of,
    mail,
    originals,
    standing_of,
    write_mbox,
)


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
    """Pictures and PDFs leave no trace; a letter is one, and no failure."""
    campaign, record = opened
    eml(tmp_path / "away.eml", message_id="<away@example.org>", subject="Out of office")
    files = ("a.pdf", b"%PDF-1.7"), ("b.png", b"\x89PNG"), ("notes.txt", b"hello")
    eml(tmp_path / "files.eml", *files, message_id="<files@example.org>")
    done = collect(campaign, record, tmp_path / "away.eml", tmp_path / "files.eml")

    assert all_returned(record) == []
    assert [one.code for one in done.failures] == ["no-workbooks"]
    assert standing_of(record, ANN).stage is Stage.NOT_MAILED


@pytest.mark.parametrize("option", [("--all",), ("--since", "2026-01-01"), ("--move", "Done")])
def test_options_of_the_mailbox_want_the_mailbox(
    opened: Opened, tmp_path: Path, option: tuple[str, ...]
) -> None:
    """They are not passed over in silence where only files are collected."""
    campaign, _ = opened
    said = run("campaign", "collect", tmp_path, *option, "-C", campaign.folder, code=2).output

    assert f"{option[0]} is about the mailbox: use it together with --imap or --graph." in said


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
