"""Where workbooks are looked for: folders that are closed, odd files, links in a circle."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.source import Source, SourceFailure
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
        for one in path.rglob("*"):
            if one.is_dir() and not one.is_symlink():
                one.chmod(0o755)


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


def found(*paths: Path, apart: tuple[Path, ...] = ()) -> list[tuple[str, str]]:
    """Return what is found: the name of each source, or a failure's code and what it is about."""
    finder = Finder(skipped_paths=apart)
    with as_anybody():
        return [
            ("", one.name) if isinstance(one, Source) else (one.failure.code, one.name)
            for one in finder.find_sources(paths)
        ]


def book(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(BOOK)
    return path


def test_a_closed_folder_is_said_and_the_rest_is_found(folder: Path) -> None:
    """Whether it lies in another one or is named."""
    first, last = book(folder / "outer/a.xlsx"), book(folder / "outer/z/z.xlsx")
    closed = book(folder / "outer/closed/hal.xlsx").parent
    closed.chmod(0o000)

    assert found(folder / "outer", closed) == [
        ("", str(first)),
        ("", str(last)),
        ("unreadable-folder", str(closed)),
        ("unreadable-folder", str(closed)),
    ]


def test_a_folder_that_lets_nobody_at_its_files(folder: Path) -> None:
    """It tells their names; each is a failure, and what comes after is found."""
    listed = book(folder / "listed/x.xlsx")
    after = book(folder / "open/y.xlsx")
    listed.parent.chmod(0o744)

    assert found(listed.parent, listed, after) == [
        ("unreadable", str(listed)),
        ("unreadable", str(listed)),
        ("", str(after)),
    ]


def test_names_that_lead_nowhere_are_said(folder: Path) -> None:
    """Links in a circle, a name that is too long, a pipe: none costs what comes after."""
    one, other = folder / "one.xlsx", folder / "other.xlsx"
    one.symlink_to(other)
    other.symlink_to(one)
    pipe = folder / "pipe.xlsx"
    os.mkfifo(pipe)
    after = book(folder / "y.xlsx")
    long = folder / ("x" * 300)

    assert found(long, pipe, after) == [
        ("unreadable", str(long)),
        ("pipe", str(pipe)),
        ("", str(after)),
    ]
    assert found(folder) == [("", str(after))]
    said = " ".join(run("score", one, after, code=1).output.split())
    assert f"{one}: the file cannot be opened (Too many levels of symbolic links)" in said


def test_what_is_to_be_left_alone(folder: Path) -> None:
    """In a folder, also through a link to it; named itself, it is taken."""
    own, roster = book(folder / "round/workbooks/a.xlsx"), book(folder / "round/roster.xlsx")
    inbox = book(folder / "round/inbox/b.xlsx")
    (folder / "link").symlink_to(folder / "round")
    apart = (own.parent, roster)

    assert found(folder, apart=apart) == [("", str(inbox))]
    assert found(folder / "link", apart=apart) == [("", str(folder / "link/inbox/b.xlsx"))]
    assert found(own.parent, roster, apart=apart) == [("", str(own)), ("", str(roster))]


def test_failures_have_words(folder: Path) -> None:
    """As a user reads them."""
    closed = book(folder / "closed/hal.xlsx").parent
    closed.chmod(0o000)
    finder = Finder()
    with as_anybody():
        (failure,) = finder.find_sources([closed])
    assert isinstance(failure, SourceFailure)
    assert failure.failure.message == (
        f"{closed}: the folder cannot be looked through (Permission denied). Check the permissions."
    )
