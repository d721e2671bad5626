"""The reply to a respondent: in the language of the workbook, or of whoever writes about a file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.report.formats.reply import compose_reply, write_reply
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import assessment
from tests.support.findings import FINDING_CODES, finding_of


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


def test_an_incomplete_workbook_is_not_complete(small: Scheme) -> None:
    """What is open is counted by sheet; there is nothing to correct, but something to do."""
    given: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 2)
    given |= {"AA-01": None, "AA-02": None, "CC-01": None}
    catalogue = FindingCatalogue(load_texts())
    found = catalogue.unanswered(Place(source="a.xlsx"), 3, len(given), "AA-01, AA-02, CC-01")
    reply = write_reply(replace(assessment(small, given), findings=(found,)))
    words = " ".join(reply.split())

    assert "3 statements are open: AA Short AA (2), CC Short CC (1). Please rate them" in words
    assert load_texts()("reply.complete") not in words
    assert load_texts()("reply.complete_so_far") in words
    assert words.count("AA-01") == 0  # said once


def test_statements_are_open_or_missing_or_unread(small: Scheme) -> None:
    """The numbers of a reply add up to all statements."""
    given: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 2)
    given |= {"AA-01": None, "AA-02": None}
    given |= dict.fromkeys((each.id for each in small.area("BB").statements), None)
    size, place = len(small.area("BB").statements), Place(source="a.xlsx")
    catalogue = FindingCatalogue(load_texts())
    findings = (
        catalogue.area_missing(place, "BB", size),
        catalogue.rating_unknown(place._replace(sheet="AA", cell="F8"), "AA-01", "x", "0"),
    )
    words = " ".join(write_reply(replace(assessment(small, given), findings=findings)).split())
    unread, missing = words.split(load_texts()("reply.missing"))

    assert f"{len(given) - size - 2} of {len(given)} statements are rated" in unread
    assert '"x" is not a rating for AA-01' in unread
    assert f"has no sheet of the area BB with its {size} statements" in missing
    assert "1 statement is open: AA Short AA (1)." in missing
    assert load_texts()("reply.closing") in missing


def test_a_missing_sheet_alone_is_no_answer_that_could_not_be_read(small: Scheme) -> None:
    given: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 2)
    given |= dict.fromkeys((each.id for each in small.area("BB").statements), None)
    finding = FindingCatalogue(load_texts()).area_missing(Place(source="a.xlsx"), "BB", 12)
    reply = write_reply(replace(assessment(small, given), findings=(finding,)))

    assert "could not be read" not in " ".join(reply.split())
    assert "open" not in reply


def every_finding(scheme: Scheme, source: str, *, copies: int) -> Assessment:
    """Return a response with findings of each kind on many sheets, as harm could make them."""
    catalogue = FindingCatalogue(load_texts())
    findings = [
        replace(
            finding_of(code, catalogue),
            place=Place(source=source, sheet=f"Sheet {number % 15}", cell=f"F{2 * number + 1}"),
        )
        for code in FINDING_CODES
        for number in range(copies)
    ]
    findings.sort(key=lambda finding: finding.severity.rank)
    answered = assessment(scheme, dict.fromkeys(scheme.statements, 2), source=source)
    return replace(answered, findings=tuple(findings))


@pytest.mark.slow
@pytest.mark.parametrize("copies", [1, 2, 3, 200])
def test_a_reply_is_never_longer_than_a_page(small: Scheme, copies: int) -> None:
    """Whatever is in the file, and however it is called; the rest is counted, and has a place."""
    outcome = every_finding(small, f"{'long-name' * 28}.xlsx", copies=copies)

    reply = compose_reply(outcome)

    lines = reply.text.splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 78
    assert reply.unlisted
    words = " ".join(reply.text.split())
    assert f"{reply.unlisted} more points are marked in the mended copy" in words
    assert load_texts()("reply.errors") in words


def test_a_reply_groups_what_is_alike(small: Scheme) -> None:
    """115 digits are one point, with the cells of each sheet below it."""
    catalogue = FindingCatalogue(load_texts())
    findings = [
        catalogue.rating_as_number(
            Place(source="a.xlsx", sheet=sheet, cell=f"F{row}"), "AA-01", "2", "0 - Not", "2"
        )
        for sheet in ("PC", "DG")
        for row in range(8, 28)
    ]
    answered = assessment(small, dict.fromkeys(small.statements, 2))

    text = write_reply(replace(answered, findings=tuple(findings)))

    assert text.count("bare number") == 1
    assert "  - 40 ratings are bare numbers" in text
    assert "      PC, F8 to F27\n      DG, F8 to F27\n" in text


def test_what_has_no_cell_stays_in_the_reply(small: Scheme) -> None:
    """The mended copy marks cells: what is about none would be told nowhere else."""
    outcome = every_finding(small, "a.xlsx", copies=1)
    missing = FindingCatalogue(load_texts()).statement_missing(Place(source="a.xlsx"), "AA-01")

    reply = compose_reply(replace(outcome, findings=(*outcome.findings, missing)))

    assert reply.unlisted
    assert missing.message in " ".join(reply.text.split())
