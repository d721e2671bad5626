"""The reply to a respondent: in the language of the workbook, or of whoever writes about a file."""

from __future__ import annotations

import pytest

from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.formats.reply import write_reply
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import assessment


@pytest.mark.parametrize("code", [FailureCode.ENCRYPTED, FailureCode.PIPE])
def test_a_file_that_cannot_be_read_is_answered_in_the_chosen_language(code: FailureCode) -> None:
    """With what to do about it, in words of its own or the general ones."""
    texts = load_texts().overlaid(
        {
            "reply.failed": "Danke für die Datei „{name}“.",
            "reply.failed_encrypted": "Bitte ohne Kennwort senden.",
            "reply.failed_other": "Bitte noch einmal senden.",
        }
    )
    failure = make_failure(load_texts(), code, "inbox/alpha.xlsx")
    advice = {FailureCode.ENCRYPTED: "Bitte ohne Kennwort senden."}

    reply = write_reply(failure, texts)

    expected = advice.get(code, "Bitte noch einmal senden.")
    assert reply == f"Danke für die Datei „alpha.xlsx“.\n\n{expected}\n"


def test_a_file_is_answered_in_english_where_no_language_is_chosen() -> None:
    failure = make_failure(load_texts(), FailureCode.ENCRYPTED, "alpha.xlsx")

    assert "protected with a password" in write_reply(failure)


def test_a_workbook_without_findings_needs_no_change(small: Scheme) -> None:
    """The reply counts the ratings and asks for nothing."""
    reply = write_reply(assessment(small, dict.fromkeys(small.statements, 2)))

    count = len(small.statements)
    assert f"{count} of {count} statements are rated" in " ".join(reply.split())
    assert load_texts()("reply.complete") in reply
