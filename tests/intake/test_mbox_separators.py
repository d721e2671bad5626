"""Lines that separate the mails of a mailbox: what follows them decides, not how they look."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from iml4e_xlsx.intake.mails.mbox import OversizeMessage, SwallowedMail, split_messages
from tests.support.saved_mails import BOOK, make_mail, make_mailbox, search_paths

SEPARATORS = [
    "From ",
    "From",
    "From -",
    "From - ",
    "From - Fri Nov 20 10:00:00 2026",
    "From - Fri, 20 Nov 2026 10:00:00 +0100",
    "From kim@example.org",
    "From kim@example.org Fri Nov 20 10:00:00 2026",
    "From kim@example.org Fri Nov 20 2026",
    "From kim@example.org 2026-11-20 10:00:00",
    "From kim@example.org 2026-11-20T10:00:00Z",
    "From kim@example.org Nov 20 10:00:00 2026",
    "From kim@example.org Ven. 20 nov. 2026 10:00:00",
    "From kim@example.org Fr 20. Nov 2026 10:00",
    "From ???@??? Fri Nov 20 10:00:00 2026",
    'From "Kim Example" <kim@example.org> Fri Nov 20 10:00:00 2026',
    "From MAILER-DAEMON",
    "From 1234567890@xxx Fri Nov 20 10:00:00 +0000 2026",
]
LIMIT = 1 << 20


def book_mail(number: int) -> bytes:
    made = make_mail((f"{number}.xlsx", BOOK), sender=f"p{number}@example.org")
    return made.as_bytes().replace(b"\r\n", b"\n")


def split(data: bytes, limit: int = LIMIT) -> list[bytes | OversizeMessage | SwallowedMail]:
    return list(split_messages(io.BytesIO(data), limit))


@pytest.mark.parametrize("line", SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r"], ids=["lf", "crlf", "crcrlf", "cr"])
def test_any_form_of_a_separator_separates_mails(line: str, end: str, tmp_path: Path) -> None:
    """With a date of any form or none, and lines that end in any way."""
    mails = [line.encode() + b"\n" + book_mail(number) + b"\n" for number in range(3)]
    path = tmp_path / "box.mbox"
    path.write_bytes(b"".join(mails).replace(b"\n", end.encode()))
    result = search_paths(path)

    assert result.names == [f"{path}/#{n + 1}/{n}.xlsx" for n in range(3)]
    assert result.senders == [f"p{n}@example.org" for n in range(3)]
    assert result.contents == [BOOK] * 3
    assert result.failures == []
    path.rename(tmp_path / "Inbox")
    assert len(search_paths(tmp_path).names) == 3


@pytest.mark.parametrize(
    "first", [b"X-Account-Key: account1", b"X-Odd: 1\nbroken line", b">From a@b Mon Mar 2 1:00"]
)
def test_a_header_may_begin_with_any_field(first: bytes) -> None:
    """And hold a line that some program broke, since the other fields are those of a mail."""
    mail = first + b"\nFrom: a@example.org\nSubject: x\n\nHello\n"
    assert split(b"From \n" + mail + b"\nFrom \n" + mail) == [
        mail.replace(b">From a", b"From a") + b"\n",
        mail.replace(b">From a", b"From a"),
    ]


def test_empty_lines_may_stand_in_front_of_a_header() -> None:
    """As some exporters write them."""
    mail = b"\nFrom: a@example.org\nSubject: x\n\nHello\n"
    assert len(split((b"From - Mon Mar 2 10:00:00 2026\n" + mail) * 3)) == 3


TEXTS = [
    b"From Tue 24 Nov 10:00 on I am away.\n",
    b"From here on\n\nFrom Mon to Tue 10:00\n",
    b"From Monday on:\nNote: I am away.\n",
    b"From kim@example.org Fri Nov 20 10:00:00 2026\nFrom: kim@example.org\nSubject: old\n\nHi\n",
    b"From \nFrom: kim@example.org\nDate: today\nTo: us\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_line_of_a_text_separates_nothing(text: bytes, tmp_path: Path) -> None:
    """Where no header follows it, or the parts of its mail go on behind it."""
    mails = [book_mail(number) for number in range(3)]
    mails[1] = mails[1].replace(b"Here it is.\n", b"Here it is.\n" + text, 1)
    path = tmp_path / "box.mbox"
    path.write_bytes(make_mailbox(*mails))
    result = search_paths(path)

    assert result.names == [f"{path}/#{n + 1}/{n}.xlsx" for n in range(3)]
    assert result.senders == [f"p{n}@example.org" for n in range(3)]
    assert result.failures == []


def test_a_mail_that_was_cut_off_swallows_no_other(tmp_path: Path) -> None:
    """Its multipart is still open; that of the next mail is another, or declared anew."""
    whole = [book_mail(number) for number in range(4)]
    boundaries = [mail.partition(b'boundary="')[2].partition(b'"')[0] for mail in whole]
    same = [mail.replace(one, b"BB1") for mail, one in zip(whole, boundaries, strict=True)]
    for number, mails in enumerate((whole, same)):
        path = tmp_path / f"{number}.mbox"
        path.write_bytes(make_mailbox(mails[0], mails[1][:600], mails[2], mails[3]))
        result = search_paths(path)
        assert result.names == [f"{path}/#{n}/{n - 1}.xlsx" for n in (1, 3, 4)]
        assert result.failures == []


def test_what_a_mail_swallows_is_noticed(tmp_path: Path) -> None:
    """A whole mail that stands within another one, unquoted, may be one of its own."""
    outer = book_mail(1).replace(b"Here it is.\n", b"See:\nFrom \n" + book_mail(2), 1)
    path = tmp_path / "box.mbox"
    path.write_bytes(make_mailbox(book_mail(0), outer, book_mail(3)))
    result = search_paths(path)

    assert result.failures == [(f"{path}/#2", "broken-mail")]
    assert "seems to start another mail within it" in result.messages[0]
    assert f"{path}/#2/1.xlsx" in result.names
    assert f"{path}/#3/3.xlsx" in result.names


@pytest.mark.slow
def test_mails_without_an_end_are_not_looked_through_again_and_again() -> None:
    """Thousands of them cost what their bytes cost, and all are told from each other."""
    cut = b'From: a@example.org\nContent-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n\nHello\n'
    mails = [cut % (number, number) for number in range(20_000)]
    sizes: list[int] = []

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            sizes.append(len(data))
            return data

    found = list(split_messages(Counting(make_mailbox(*mails)), 40 << 20))
    assert len(found) == len(mails)
    assert not [item for item in found if isinstance(item, SwallowedMail)]
