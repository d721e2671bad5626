"""Whatever a file, a mail or a part of either raises costs that alone."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.intake.file import FileNesting
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.mails.header_fields import Headers
from iml4e_xlsx.intake.mails.mail import DeliveryReport
from iml4e_xlsx.intake.source import Source
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.campaigns import run
from tests.support.hostile import packed
from tests.support.returning import mail, write_mbox
from tests.support.spoiled import BRACKETS, JUNK, bracketed_mail, damaged_lzma, nameless_member

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


@pytest.fixture(scope="module")
def good(official: Scheme) -> bytes:
    filled = response(official, dict.fromkeys(official.statements, 2))
    return build_workbook(official, created=CREATED, response=filled)


@pytest.fixture(scope="module")
def several(official: Scheme) -> list[bytes]:
    """Return the workbooks of three people."""
    filled = response(official, dict.fromkeys(official.statements, 2))
    return [
        build_workbook(
            official,
            created=CREATED,
            response=replace(filled, profile=replace(filled.profile, respondent=name)),
            identity=id_,
        )
        for name, id_ in (("Ann", "AAAAAAAAAA"), ("Ben", "BBBBBBBBBB"), ("Cay", "CCCCCCCCCC"))
    ]


@pytest.fixture
def folder(several: list[bytes], tmp_path: Path) -> Path:
    """Return a folder of three workbooks."""
    place = tmp_path / "returned"
    place.mkdir()
    for name, content in zip(("a.xlsx", "m.xlsx", "z.xlsx"), several, strict=True):
        (place / name).write_bytes(content)
    return place


BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "mail-of-brackets": ("bad.eml", lambda: bracketed_mail(("x.xlsx", JUNK))),
    "damaged-lzma": ("bad.zip", damaged_lzma),
    "damaged-lzma-in-a-mail": ("bad.eml", lambda: mail(("x.zip", damaged_lzma())).as_bytes()),
    "damaged-lzma-in-a-zip": ("bad.zip", lambda: packed({"in.zip": damaged_lzma()})),
    "damaged-lzma-workbook": ("bad.xlsx", lambda: damaged_lzma("xl/workbook.xml")),
    "nameless-member": ("bad.zip", nameless_member),
    "nameless-member-in-a-mail": ("bad.eml", lambda: mail(("x.zip", nameless_member())).as_bytes()),
    "mailbox-in-damaged-lzma": ("bad.zip", lambda: damaged_lzma("in.mbox")),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["score", "check", "report"])
def test_a_bad_item_costs_itself_alone(folder: Path, command: str, name: str) -> None:
    """In a folder of good ones: all of these are read, it is named, and the exit code says so."""
    called, make = BAD[name]
    (folder / called).write_bytes(make())
    page = folder.parent / "report.html"
    options = ("-o", page) if command == "report" else ("--format", "json")
    outcome = run(command, folder, *options, code=1)

    assert "unexpected error" not in outcome.output
    if command == "report":
        assert called in outcome.stderr
        assert "<svg" in page.read_text(encoding="utf-8")
    else:
        document = json.loads(outcome.stdout)
        assert len(document["results"]) == 3
        (failed,) = document["failed"]
        assert called in failed["source"]
        assert failed["code"] != "defect"


def test_a_damaged_member_is_called_damaged(folder: Path) -> None:
    """And the way of packing that it is damaged in makes no difference."""
    (folder / "bad.zip").write_bytes(damaged_lzma())
    (failed,) = json.loads(run("score", folder, "--format", "json", code=1).stdout)["failed"]

    assert failed["code"] == "broken-workbook"
    assert failed["source"] == f"{folder}/bad.zip/x.xlsx"
    assert "the workbook is damaged" in failed["message"]


def test_a_workbook_without_a_name_is_read(good: bytes, tmp_path: Path) -> None:
    """It is called by its number in the zip."""
    path = tmp_path / "x.zip"
    path.write_bytes(nameless_member(good))
    with zipfile.ZipFile(path) as archive:
        assert [(member.filename, archive.read(member)) for member in archive.infolist()] == [
            ("", good)
        ]

    (outcome,) = assess_workbooks(find_workbooks([path]))
    assert isinstance(outcome, Assessment)
    assert outcome.response.source == f"{path}/#1"


def test_a_mail_whose_sender_is_illegible_is_read(good: bytes, tmp_path: Path) -> None:
    """What is attached to it counts; nobody is taken for its sender."""
    path = tmp_path / "x.eml"
    path.write_bytes(bracketed_mail(("x.xlsx", good)))
    (source,) = find_workbooks([path])

    assert isinstance(source, Source)
    assert source.read() == good
    assert source.origin is not None
    assert source.origin.sender == ""
    assert source.origin.message_id == "<brackets@example.org>"


@pytest.mark.parametrize(
    "field", ["From", "Subject", "Date", "Received", "Content-Type", "Content-Disposition"]
)
@pytest.mark.parametrize(
    "value", [BRACKETS, "=?utf-8?b?" * 700, "x; a*0*=" + '"\\' * 3_000, "<" * 7_000]
)
def test_no_field_of_a_header_ends_anything(field: str, value: str) -> None:
    """Each is read, or counts as one that is not there."""
    headers = Headers.parse_block(f"{field}: {value}\n".encode())

    assert headers.read_origin().sender == ""
    assert isinstance(headers.read_file_name(), str)
    assert FileNesting().add_origin(f"{field}: {value}\n\n".encode()).origin is None


# --- what nobody foresaw -------------------------------------------------------------------------


class Mute(Exception):  # noqa: N818 - it does not even say what it is
    """An error that cannot be put in words."""

    def __str__(self) -> str:
        raise RecursionError


ERRORS = [RecursionError("deep"), MemoryError(), IndexError("none"), OSError(5, "odd"), Mute()]
PLACES = {
    "iml4e_xlsx.intake.finder.read_mail": ("bad.eml", "bad.eml"),
    "iml4e_xlsx.intake.finder.split_messages": ("bad.mbox", "bad.mbox"),
    "iml4e_xlsx.intake.finder.list_members": ("bad.zip", "bad.zip"),
    "iml4e_xlsx.intake.finder.file_in_zip": ("bad.zip", "bad.zip/x.xlsx"),
    "iml4e_xlsx.intake.finder.file_in_mail": ("bad.eml", "bad.eml/x.xlsx"),
    "iml4e_xlsx.intake.file.read_member": ("bad.zip", "bad.zip/x.xlsx"),
    "iml4e_xlsx.intake.file.is_mbox": ("bad", "bad"),
}


@contextmanager
def raising(place: str, error: Exception) -> Iterator[None]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, fail)
        yield


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", PLACES)
def test_any_error_of_an_item_becomes_its_failure(
    good: bytes, tmp_path: Path, place: str, error: Exception
) -> None:
    """Wherever it is raised; what lies before and behind it is found."""
    name, called = PLACES[place]
    content: dict[str, Callable[[], bytes]] = {
        ".eml": mail(("x.xlsx", good)).as_bytes,
        ".zip": lambda: packed({"x.xlsx": good}),
        ".mbox": lambda: b"From ann Mon May  4 10:00:00 2026\n" + mail().as_bytes(),
    }
    first, last = tmp_path / "a.xlsx", tmp_path / "z.xlsx"
    for path in (first, last):
        path.write_bytes(good)
    (tmp_path / name).write_bytes(content.get(Path(name).suffix, lambda: good)())
    with raising(place, error):
        outcomes = list(assess_workbooks(find_workbooks([first, tmp_path / name, last]), workers=1))

    assert [type(outcome) for outcome in outcomes[::2]] == [Assessment, Assessment]
    failed = outcomes[1]
    assert isinstance(failed, Failure)
    assert failed.source == str(tmp_path / called)
    assert failed.message.startswith(failed.source)


def test_a_bad_mail_in_a_mailbox_and_a_bad_part_in_a_mail_cost_themselves(
    good: bytes, tmp_path: Path
) -> None:
    """The other mails of the mailbox and the other parts of the mail are read."""
    parts = (("a.xlsx", good), ("b.zip", nameless_member()), ("c.zip", damaged_lzma()))
    mails = [mail(*parts, ("d.xlsx", good)), mail(("e.xlsx", good), message_id="<two@x>")]
    box = write_mbox(tmp_path / "x.mbox", mails)
    sources = list(find_workbooks([box]))
    outcomes = list(assess_workbooks(sources))
    read = [item.response.source for item in outcomes if isinstance(item, Assessment)]
    failed = [item.source for item in outcomes if isinstance(item, Failure)]

    assert read == [f"{box}/#1/a.xlsx", f"{box}/#1/d.xlsx", f"{box}/#2/e.xlsx"]
    assert failed == [f"{box}/#1/b.zip/#1", f"{box}/#1/c.zip/x.xlsx"]
    assert not [item for item in sources if isinstance(item, Failure)], "told when they are read"


@pytest.mark.parametrize(
    "error",
    [
        RecordError(RecordErrorCode.RECORD_UNUSABLE, record="r.sqlite", reason="full", advice=""),
        BrokenPipeError(32, "gone"),
    ],
)
def test_an_error_of_a_listener_ends_the_search(tmp_path: Path, error: Exception) -> None:
    """A record that cannot be written is nothing that a file did."""
    note = tmp_path / "note.docx"
    note.write_bytes(b"x")

    def listener(_: object) -> None:
        raise error

    with pytest.raises(type(error)):
        list(Finder(on_other_file=listener).find_sources([tmp_path]))
    with pytest.raises(type(error)):
        list(Finder(on_mail_without_workbook=listener).search_message(mail().as_bytes(), "mail 1"))
    report = (
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status"
        b"\n\nx: y\n\nFinal-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1"
    )
    reports: list[DeliveryReport] = []
    list(Finder(on_bounce=reports.append).search_message(report, "mail 2"))
    assert [report.recipient for report in reports] == ["ann@example.org"]
    with pytest.raises(type(error)):
        list(Finder(on_bounce=listener).search_message(report, "mail 2"))


def test_folders_nested_deeper_than_calls_can_be_are_searched(good: bytes, tmp_path: Path) -> None:
    """More of them than calls of a function can stand in each other."""
    top = tmp_path / "f"
    deepest = top
    for _ in range(1_200):
        deepest.mkdir()
        deepest /= "f"
    deepest.mkdir()
    (deepest / "x.xlsx").write_bytes(good)
    try:
        assert [item.name for item in find_workbooks([top]) if isinstance(item, Source)] == [
            f"{deepest}/x.xlsx"
        ]
    finally:
        (deepest / "x.xlsx").unlink()
        for folder in (deepest, *deepest.parents):
            if folder == tmp_path:
                break
            folder.rmdir()


def test_an_answer_that_was_not_read_to_its_end_is_no_other_files(
    good: bytes, official: Scheme
) -> None:
    """Where memory ends while a process answers, the next file is answered by another process."""
    other = build_workbook(official, created=CREATED, response=response(official, {"DG-01": 1}))
    with WorkbookReader() as reader:
        reader.assess_source(lambda: good, "x.xlsx")
        ended = raising("iml4e_xlsx.spreadsheets.sandbox.receive_message", MemoryError())
        with ended, pytest.raises(MemoryError):
            reader.assess_source(lambda: good, "x.xlsx")
        assessment = reader.assess_source(lambda: other, "y.xlsx")

    ratings = {
        id_: answer.rating for id_, answer in assessment.response.answers.items() if answer.rating
    }
    assert ratings == {"DG-01": 1}
