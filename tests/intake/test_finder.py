"""The search for workbooks: in closed folders, among odd files and links in a circle."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.source import Source, SourceFailure
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import run

NOBODY = 65534
BOOK = b"PK\x05\x06" + bytes(18)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that others may look into, which those of pytest are not."""
    with tempfile.TemporaryDirectory(prefix="sources-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        for entry in path.rglob("*"):
            if entry.is_dir() and not entry.is_symlink():
                entry.chmod(0o755)


@contextmanager
def as_anybody() -> Iterator[None]:
    """Be somebody whom permissions bind, where the tests run as root."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def find_names(*paths: Path, apart: tuple[Path, ...] = ()) -> list[tuple[str, str]]:
    """Return the names of sources and failures, the latter with their codes."""
    finder = Finder(skipped_paths=apart)
    with as_anybody():
        return [
            ("", item.name) if isinstance(item, Source) else (item.failure.code, item.name)
            for item in finder.find_sources(paths)
        ]


def write_book(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(BOOK)
    return path


def test_a_closed_folder_is_a_failure_and_the_rest_is_found(folder: Path) -> None:
    """Whether it lies in another one or is named."""
    first, last = write_book(folder / "outer/a.xlsx"), write_book(folder / "outer/z/z.xlsx")
    closed = write_book(folder / "outer/closed/hal.xlsx").parent
    closed.chmod(0o000)

    assert find_names(folder / "outer", closed) == [
        ("", str(first)),
        ("", str(last)),
        ("unreadable-folder", str(closed)),
        ("unreadable-folder", str(closed)),
    ]


def test_files_of_a_folder_without_access_are_failures(folder: Path) -> None:
    """It tells their names; each is a failure, and what comes after is found."""
    listed = write_book(folder / "listed/x.xlsx")
    after = write_book(folder / "open/y.xlsx")
    listed.parent.chmod(0o744)

    assert find_names(listed.parent, listed, after) == [
        ("unreadable", str(listed)),
        ("unreadable", str(listed)),
        ("", str(after)),
    ]


def test_names_that_lead_nowhere_are_failures(folder: Path) -> None:
    """Links in a circle, a name that is too long, a pipe: none costs what comes after."""
    link, other = folder / "one.xlsx", folder / "other.xlsx"
    link.symlink_to(other)
    other.symlink_to(link)
    pipe = folder / "pipe.xlsx"
    os.mkfifo(pipe)
    after = write_book(folder / "y.xlsx")
    long = folder / ("x" * 300)

    assert find_names(long, pipe, after) == [
        ("unreadable", str(long)),
        ("pipe", str(pipe)),
        ("", str(after)),
    ]
    assert find_names(folder) == [("", str(after))]
    output = " ".join(run("score", link, after, code=1).output.split())
    assert f"{link}: the file cannot be opened (Too many levels of symbolic links)" in output


def test_skipped_paths_are_left_alone_unless_they_are_named(folder: Path) -> None:
    """In a folder, also through a link to it; named itself, it is taken."""
    own, roster = (
        write_book(folder / "round/workbooks/a.xlsx"),
        write_book(folder / "round/roster.xlsx"),
    )
    inbox = write_book(folder / "round/inbox/b.xlsx")
    (folder / "link").symlink_to(folder / "round")
    apart = (own.parent, roster)

    assert find_names(folder, apart=apart) == [("", str(inbox))]
    assert find_names(folder / "link", apart=apart) == [("", str(folder / "link/inbox/b.xlsx"))]
    assert find_names(own.parent, roster, apart=apart) == [("", str(own)), ("", str(roster))]


def test_the_failure_of_a_closed_folder_says_what_to_do(folder: Path) -> None:
    """The reason is that of the system."""
    closed = write_book(folder / "closed/hal.xlsx").parent
    closed.chmod(0o000)
    finder = Finder()
    with as_anybody():
        (failure,) = finder.find_sources([closed])
    assert isinstance(failure, SourceFailure)
    reason = os.strerror(errno.EACCES)
    assert failure.failure.message == load_texts()(
        "failures.unreadable-folder", source=closed, reason=reason
    )
