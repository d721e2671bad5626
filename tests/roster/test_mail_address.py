"""Mail addresses: which are accepted, and for which reason one is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import read_roster
from iml4e_xlsx.roster.mail_address import AddressFault, usable_address
from iml4e_xlsx.text.interface_texts import scheme_texts
from tests.support.rosters import (
    ANN,
    BEN,
    HEADINGS,
    MALFORMED_ADDRESSES,
    brief_findings,
    change_row,
    read_mailed,
    roster_findings,
    write_table,
)


@pytest.mark.parametrize(
    ("mail", "fits"),
    [
        ("b" * 64 + "@example.org", True),
        ("b" * 65 + "@example.org", False),
        ("b@" + ("x" * 60 + ".") * 4 + "example", True),
        ("b@" + ("x" * 61 + ".") * 4 + "example", False),
    ],
)
def test_an_address_may_be_as_long_as_mail_servers_must_take(mail: str, *, fits: bool) -> None:
    """64 characters before the @ and 254 in all, as mail servers must take (RFC 5321)."""
    assert (usable_address(mail) is not None) == fits


@pytest.mark.parametrize("fault", MALFORMED_ADDRESSES)
def test_an_address_is_refused_with_the_reason(
    official: Scheme, tmp_path: Path, fault: AddressFault
) -> None:
    """What is wrong with it, not only that something is."""
    row = change_row(BEN, mail=MALFORMED_ADDRESSES[fault])
    findings = roster_findings(write_table(tmp_path, "csv", [HEADINGS, row]), official)
    reason = scheme_texts(official)(f"mail_reason.{fault}")

    assert brief_findings(findings) == [("roster-mail-malformed", 2, "mail")]
    assert reason in findings[0].message


def test_every_fault_of_an_address_has_an_example() -> None:
    """Two faults have findings of their own; the examples show each of the others."""
    assert {AddressFault.SEVERAL, AddressFault.DRESSED, *MALFORMED_ADDRESSES} == set(AddressFault)


@pytest.mark.parametrize(
    ("mail", "address"),
    [
        ("Ben.O'Neil+x@Example.org", "Ben.O'Neil+x@example.org"),
        ("ben@münchen.example", "ben@xn--mnchen-3ya.example"),
        ("ben@localhost", "ben@localhost"),
        ("ben@mail.local", "ben@mail.local"),
        ("ben@example.test", "ben@example.test"),
        ("\u00a0\u200bben@example.org\ufeff ", "ben@example.org"),
    ],
)
def test_a_usable_address_is_accepted(
    official: Scheme, tmp_path: Path, mail: str, address: str
) -> None:
    """Kept as written, without what is around them; for sending, the domain is in ASCII."""
    (row,) = read_mailed(
        write_table(tmp_path, "csv", [HEADINGS, change_row(BEN, mail=mail)]), official
    )

    assert row.mail == mail.strip(" \u00a0\u200b\ufeff")
    assert row.address == address


def test_a_missing_email_validator_is_named(
    official: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is missing, the error says what to install; without addresses nobody needs it."""
    path = write_table(tmp_path, "csv", [HEADINGS, ANN])
    monkeypatch.setitem(sys.modules, "email_validator", None)

    assert read_roster(path, official)[0].mail == "ann@example.org"
    with pytest.raises(ResourceError, match=r"pip install 'iml4e-xlsx\[campaign\]'"):
        read_roster(path, official, mails=True)
