"""Texts of failures: the words of libraries are not for people who return workbooks."""

from __future__ import annotations

import pytest

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import ZipPackage
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.text.interface_texts import load_texts

_WORDS = "unpack requires a buffer of 4 bytes"


@pytest.mark.parametrize(
    "reason",
    [RefusalReason.ARCHIVE_DAMAGED, RefusalReason.MARKUP, RefusalReason.CONTAINER],
)
@pytest.mark.parametrize("code", [FailureCode.BROKEN_WORKBOOK, FailureCode.BROKEN_MAIL])
def test_words_of_libraries_are_not_shown(code: FailureCode, reason: RefusalReason) -> None:
    """They stay with the verdict, for who looks for a defect."""
    refused = FileRefusal(code, reason, detail=_WORDS)

    message = refusal_failure(refused, "a.xlsx", load_texts()).message

    assert _WORDS not in message
    assert "{" not in message


def test_a_bad_zip_is_said_to_be_damaged() -> None:
    """A file that begins like a zip and is cut off."""
    with pytest.raises(FileRefusal) as caught:
        ZipPackage(b"PK\x03\x04" + b"\0" * 50, Limits())

    message = refusal_failure(caught.value, "a.xlsx", load_texts()).message

    assert "the archive is damaged or cut off" in message
    assert "zip file" not in message
