"""Mailboxes in one file: split into mails, whatever their size."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iml4e_xlsx.intake.mails.mbox import OversizeMessage, split_messages
from iml4e_xlsx.spreadsheets.limits import Limits
from tests.support.saved_mails import (
    BOOK,
    make_mail,
    make_mailbox,
    search_paths,
)


def test_a_mailbox_is_read_mail_by_mail(tmp_path: Path) -> None:
    """Each with its own origin; those without a workbook are nothing to speak of."""
    first, last = make_mail(("a.xlsx", BOOK)), make_mail(("b.xlsx", BOOK), sender="bob@example.org")
    path = tmp_path / "box.mbox"
    path.write_bytes(make_mailbox(first.as_bytes(), make_mail().as_bytes(), last.as_bytes()))
    result = search_paths(path)

    assert result.names == [f"{path}/#1/a.xlsx", f"{path}/#3/b.xlsx"]
    senders = result.senders
    assert senders == ["ann@example.org", "bob@example.org"]
    assert set(result.contents) == {BOOK}
    assert result.failures == []
    assert result.other_files == []


def test_a_mailbox_without_a_suffix_is_recognised_by_its_content(tmp_path: Path) -> None:
    """Thunderbird and Apple Mail name them so; a text that begins with From is none."""
    data = make_mailbox(make_mail(("a.xlsx", BOOK)).as_bytes())
    (tmp_path / "Inbox").write_bytes(data.replace(b"ann@example.org Mon", b"- Mon", 1))
    (tmp_path / "INBOX.mbox").mkdir()
    (tmp_path / "INBOX.mbox" / "mbox").write_bytes(data)
    (tmp_path / "letter").write_bytes(b"From here on\nall is well\n")
    result = search_paths(tmp_path)

    assert result.names == [
        f"{tmp_path}/INBOX.mbox/mbox/#1/a.xlsx",
        f"{tmp_path}/Inbox/#1/a.xlsx",
    ]
    assert result.other_files == [f"{tmp_path}/letter"]


def test_a_line_that_begins_with_from_separates_mails_if_it_has_a_date() -> None:
    """Quoted ones are unquoted once; one without a date is text."""
    body = b"\nFrom here on\n\nFrom 10:00 to 11:00\n>From x\n>>From y\n"
    (first, second) = split_messages(
        io.BytesIO(make_mailbox(b"Subject: x\n" + body, b"Subject: y\n")), 1 << 20
    )

    assert first == b"Subject: x\n\nFrom here on\n\nFrom 10:00 to 11:00\nFrom x\n>From y\n\n"
    assert second == b"Subject: y\n\n"


class TricklingFile(io.BytesIO):
    """A file that gives little at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self.most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(self.most, size or self.most))


@given(st.integers(min_value=1, max_value=2000), st.lists(st.integers(0, 3000), max_size=8))
@example(chunk=1, sizes=[0, 10])
def test_a_mailbox_is_split_alike_in_pieces_of_any_size(chunk: int, sizes: list[int]) -> None:
    """Where a piece of the file ends makes no difference; only too large mails are left out."""
    limit = 2000
    mails = [
        b"Subject: %d\n\n" % n + b"From x\nyz\n" * (size // 10) for n, size in enumerate(sizes)
    ]
    file = TricklingFile(make_mailbox(*mails), chunk)
    result = list(split_messages(file, limit))

    assert len(result) == len(mails)
    for message, mail in zip(result, mails, strict=True):
        if isinstance(message, OversizeMessage):
            assert len(mail) > limit - 100
            assert message.head.startswith(mail.partition(b"\n")[0])
        else:
            assert message == mail + b"\n"
            assert len(mail) <= limit + 400


class EndlessMailbox:
    """A mailbox of many small mails and one endless line, that is nowhere."""

    def __init__(self, size: int) -> None:
        self.remaining = size
        self.block = (make_mailbox(b"Subject: x\n" + b"\nHello" * 300) * 600)[: 1 << 20]

    def read(self, _: int = -1, /) -> bytes:
        self.remaining -= 1 << 20
        if self.remaining < 0:
            return b""
        return self.block if self.remaining % (3 << 20) else b"x" * (1 << 20)


@pytest.mark.slow
def test_large_mailboxes_cost_little_memory() -> None:
    """Of 60 MB never more than a few are held."""
    mailbox: Any = EndlessMailbox(60 << 20)
    tracemalloc.start()
    try:
        count = sum(1 for _ in split_messages(mailbox, 1 << 20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count > 20_000
    assert peak < 10 << 20


def test_a_mail_that_is_too_large_costs_itself(tmp_path: Path) -> None:
    """The next one in the mailbox is read."""
    path = tmp_path / "box.mbox"
    path.write_bytes(
        make_mailbox(
            make_mail(("a.xlsx", BOOK * 50)).as_bytes(), make_mail(("b.xlsx", BOOK)).as_bytes()
        )
    )
    result = search_paths(path, limits=Limits(message=100_000))

    assert result.failures == [(f"{path}/#1", "too-large")]
    assert result.names == [f"{path}/#2/b.xlsx"]
