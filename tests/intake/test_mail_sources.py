"""Mails as sources of workbooks: found wherever they lie, whatever their suffix."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.identity import Schemes
from tests.support import outlook
from tests.support.builders import built, response, small_scheme
from tests.support.hostile import packed
from tests.support.saved_mails import (
    BOOK,
    NOON,
    make_mail,
    make_mailbox,
    search_mail,
    search_paths,
)


def test_mails_are_found_in_folders_and_zips(tmp_path: Path) -> None:
    """Named themselves, in folders, in zips; those without a workbook are named."""
    data = make_mail(("a.xlsx", BOOK)).as_bytes()
    (tmp_path / "one.eml").write_bytes(data)
    (tmp_path / "two.MSG").write_bytes(outlook.message(files={"b.xlsx": BOOK}).to_bytes())
    (tmp_path / "thanks.eml").write_bytes(make_mail().as_bytes())
    members = {
        "in/one.eml": data,
        "box.mbox": make_mailbox(data),
        "thanks.eml": make_mail().as_bytes(),
    }
    (tmp_path / "zip.zip").write_bytes(packed(members))
    result = search_paths(tmp_path)

    assert result.names == [
        f"{tmp_path}/one.eml/a.xlsx",
        f"{tmp_path}/two.MSG/b.xlsx",
        f"{tmp_path}/zip.zip/in/one.eml/a.xlsx",
        f"{tmp_path}/zip.zip/box.mbox/#1/a.xlsx",
    ]
    assert result.other_files == [f"{tmp_path}/thanks.eml", f"{tmp_path}/zip.zip/thanks.eml"]
    assert result.failures == []
    assert set(result.contents) == {BOOK}
    before = {path.name for path in tmp_path.rglob("*")}
    assert before == {"one.eml", "two.MSG", "thanks.eml", "zip.zip"}


@pytest.mark.parametrize("name", ["thanks.eml", "thanks.msg", "thanks.mbox"])
def test_a_mail_that_is_named_needs_a_workbook(name: str, tmp_path: Path) -> None:
    """Otherwise somebody named the wrong one; through the API it may well have none."""
    path = tmp_path / name
    path.write_bytes(make_mail().as_bytes())

    assert search_paths(path).failures == [(str(path), "no-workbooks")]
    assert search_paths(tmp_path / f"gone-{name}").failures == [
        (f"{tmp_path}/gone-{name}", "not-found")
    ]
    assert search_mail(path.read_bytes()).failures == []


def test_content_decides_which_format_a_mail_has(tmp_path: Path) -> None:
    """A saved mail with the other suffix is read; a workbook that is called a mail as well."""
    (tmp_path / "a.eml").write_bytes(outlook.message(files={"a.xlsx": BOOK}).to_bytes())
    (tmp_path / "b.msg").write_bytes(make_mail(("b.xlsx", BOOK)).as_bytes())
    (tmp_path / "c.msg").write_bytes(BOOK)

    assert [Path(name).name for name in search_paths(tmp_path).names] == [
        "a.xlsx",
        "b.xlsx",
        "c.msg",
    ]


def test_a_source_has_the_date_of_its_last_change(tmp_path: Path) -> None:
    """From the disk and from a zip, in UTC; an empty date of a zip is none."""
    import os
    import zipfile

    (tmp_path / "a.xlsx").write_bytes(BOOK)
    os.utime(tmp_path / "a.xlsx", (NOON.timestamp(), NOON.timestamp()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("b.xlsx", (2026, 3, 2, 12, 0, 30)), BOOK)
        archive.writestr(zipfile.ZipInfo("c.xlsx"), BOOK)

    assert [source.modified for source in search_paths(tmp_path).sources] == [NOON, NOON, None]
    assert [source.origin for source in search_paths(tmp_path).sources] == [None] * 3


def test_a_workbook_in_a_mail_is_assessed(small: Scheme, tmp_path: Path) -> None:
    """From the mail to the ratings."""
    small_scheme(tmp_path / "scheme")
    filled = response(small, dict.fromkeys(small.statements, 2))
    book = built(small, tmp_path / "good.xlsx", filled).read_bytes()
    path = tmp_path / "mail.eml"
    path.write_bytes(make_mail(("good.xlsx", book)).as_bytes())
    (outcome,) = assess_workbooks(
        find_workbooks([path]), schemes=Schemes.find_installed([tmp_path / "scheme"])
    )

    assert isinstance(outcome, Assessment)
    assert {answer.rating for answer in outcome.response.answers.values()} == {2}
