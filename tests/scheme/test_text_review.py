"""The review of a scheme's texts: what is said of them, where, and that nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.scheme import load_scheme, review_scheme
from tests.support.builders import regular_table, scheme_fields, write_scheme

Change = Callable[[dict[str, Any]], None]
STEPS = {"1": "Some of it.", "2": "Most of it.", "3": "All of it.", "n/a": "never"}


def sound_fields() -> dict[str, Any]:
    """Return the fields of a scheme with nothing to say about it."""
    fields = scheme_fields(regular_table(["AA", "BB"], 2, 2), top=2)
    fields["measures"] = {"words": [8, 20], "statements_per_level": [2, 3]}
    fields["instruction"] = "Rate for how many models it holds."
    fields["sources"] = {"book": {"title": "A book", "publisher": "Somebody"}}
    for area in fields["areas"]:
        for statement in area["statements"]:
            statement |= {"guidance": dict(STEPS), "references": {"book": "page 1"}}
    return fields


def first(fields: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = fields["areas"][0]["statements"][0]
    return statement


def with_statement(**values: object) -> Change:
    return lambda fields: first(fields).update(values)


def without_step(name: str) -> Change:
    return lambda fields: first(fields)["guidance"].pop(name)


def without(name: str) -> Change:
    return lambda fields: fields.pop(name)


def fewer_statements(fields: dict[str, Any]) -> None:
    del fields["areas"][1]["statements"][0]


def more_statements(fields: dict[str, Any]) -> None:
    for statement in fields["areas"][1]["statements"]:
        statement["level"] = 1


SHORT = "Five words are too few."
LONG = f"Each {' '.join(['very'] * 19)} long text."
CASES: list[tuple[str, Change, str, str]] = [
    ("text-length", with_statement(text=SHORT), "5", f'"{SHORT}'),
    ("text-length", with_statement(text=LONG), "22", f'"{LONG}'),
    ("joined-text", with_statement(text="Data and code of each model are kept in a place."),
     "and", '"Data and code'),
    ("joined-text", with_statement(text="Data, or rather code, of each model is kept in a place."),
     "or", '"Data, or'),
    ("needless-reason", with_statement(joined="One list."), "", '"joined"'),
    ("guidance-gap", without_step("2"), "2", '"guidance"'),
    ("guidance-gap", without_step("n/a"), "n/a", '"guidance"'),
    ("guidance-gap", with_statement(guidance="Largely when most do."), "1, 2, 3, n/a",
     '"guidance"'),
    ("without-reference", with_statement(references={}), "", '"id": "AA-01"'),
    ("anchor-uncited", with_statement(anchor="book", references={"other": "x"}), "book",
     '"anchor": "book"'),
    ("without-instruction", without("instruction"), "", "{"),
    ("statement-count", fewer_statements, "1", '"code": "BB"'),
    ("statement-count", more_statements, "4", '"code": "BB"'),
]  # fmt: skip


def line_of(folder: Path, text: str) -> int:
    lines = (folder / "scheme.yaml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def review(folder: Path, change: Change) -> tuple[Finding, ...]:
    fields = sound_fields()
    fields["sources"]["other"] = {"title": "Another", "publisher": "Somebody"}
    change(fields)
    return review_scheme(write_scheme(folder, fields))


def test_nothing_is_said_of_a_sound_scheme(tmp_path: Path) -> None:
    """Every rule can be met; and a text may say why it joins two things."""
    joins = with_statement(text="Data and code of each model are kept.", joined="One place.")
    assert not review(tmp_path / "a", lambda _: None)
    assert not [f for f in review(tmp_path / "b", joins) if f.code == "scheme-joined-text"]


@pytest.mark.parametrize(("code", "change", "found", "line"), CASES)
def test_each_rule_says_where(
    tmp_path: Path, code: str, change: Change, found: str, line: str
) -> None:
    """A warning names the file, the line, what was found and what to do."""
    reported = review(tmp_path, change)
    match = [f for f in reported if f.code == f"scheme-{code}"]

    assert match, [str(f) for f in reported]
    assert match[0].severity is Severity.WARNING
    assert match[0].found == found
    assert match[0].place.source == str(tmp_path / "scheme.yaml")
    expected = line_of(tmp_path, line)
    if code == "statement-count":  # the list of statements, behind the head of its area
        assert expected < (match[0].place.line or 0) < expected + 12
    else:
        assert match[0].place.line == expected
    assert match[0].action
    load_scheme(tmp_path)


def test_words_that_contain_a_joining_word_join_nothing(tmp_path: Path) -> None:
    """`Standards for sandboxes` names one thing."""
    text = "Standards for sandboxes of each organisation are reviewed by Andrea."

    assert not review(tmp_path, with_statement(text=text))


def test_a_scheme_in_another_language_is_reviewed_in_its_own(tmp_path: Path) -> None:
    """German joins with `und`; of a language without known words the rule says nothing."""
    text = "Daten und Code jedes Modells liegen an einem Ort."

    def in_language(language: str) -> Change:
        return lambda fields: (fields.update(language=language), first(fields).update(text=text))[0]

    assert [f.found for f in review(tmp_path / "de", in_language("de-AT"))] == ["und"]
    assert not review(tmp_path / "fi", in_language("fi"))


def test_without_measures_it_is_said_that_nothing_was_reviewed(tmp_path: Path) -> None:
    """A scheme that does not ask for the review gets one note."""

    def change(fields: dict[str, Any]) -> None:
        del fields["measures"]
        first(fields).update(text="Short.")

    reported = review(tmp_path, change)

    assert [(f.code, f.severity) for f in reported] == [("scheme-not-measured", Severity.NOTE)]


def test_a_skipped_level_is_a_note_unless_the_scheme_excludes_it(tmp_path: Path) -> None:
    """Without a bound it may be meant; within bounds it is a warning."""

    def change(fields: dict[str, Any]) -> None:
        fields["measures"] = {"words": [1, 50]}
        for statement in fields["areas"][0]["statements"]:
            statement["level"] = 2

    (finding,) = review(tmp_path, change)

    assert (finding.code, finding.severity) == ("scheme-skipped-level", Severity.NOTE)


def test_an_invalid_scheme_is_not_reviewed(tmp_path: Path) -> None:
    """Its mistakes come first."""
    with pytest.raises(SchemeError):
        review(tmp_path, with_statement(level=9))


def test_the_official_scheme_passes_its_own_review() -> None:
    """What the scheme is held to, it keeps."""
    warnings = [f for f in review_scheme("iml4e-mlops") if f.severity is Severity.WARNING]

    assert not warnings, "\n".join(map(str, warnings))


def test_the_command_warns_and_ends_well(tmp_path: Path) -> None:
    """Warnings keep nobody from using the scheme, except with --strict."""
    review(tmp_path, with_statement(text=SHORT))
    usual = CliRunner().invoke(cli, ["scheme", "validate", str(tmp_path)])
    quiet = CliRunner().invoke(cli, ["scheme", "validate", str(tmp_path), "--quiet"])
    strict = CliRunner().invoke(cli, ["scheme", "validate", str(tmp_path), "--strict", "--quiet"])

    assert usual.exit_code == 0
    assert "small 1.0.0 is valid" in usual.stdout
    assert f"scheme.yaml, line {line_of(tmp_path, SHORT)}" in usual.stderr
    assert "1 warning:" in usual.stderr
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert strict.exit_code == 1
    assert "has 5 words" in strict.stderr


def test_notes_are_no_warnings(tmp_path: Path) -> None:
    """A scheme that is not reviewed is fine with --strict."""
    review(tmp_path, without("measures"))
    strict = CliRunner().invoke(cli, ["scheme", "validate", str(tmp_path), "--strict"])

    assert strict.exit_code == 0
    assert "not reviewed" in strict.stderr
