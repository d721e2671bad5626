"""The parts of a scheme's format that not every scheme has: steps of guidance, loci, measures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from iml4e_xlsx import resources
from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import NEVER, Citation, Guidance, Locus, Measures, Scheme
from iml4e_xlsx.report.formats.scheme_json import scheme_document
from iml4e_xlsx.scheme import load_scheme, validate_scheme
from iml4e_xlsx.scheme.answering_time import estimate_minutes
from iml4e_xlsx.scoring import score
from tests.support.builders import (
    built,
    rate_all,
    regular_table,
    response,
    scheme_fields,
    write_scheme,
)

STEPS = {"1": "Some of it.", "2": "Most of it.", "3": "All of it.", "n/a": "No model is trained."}
LOCI: Mapping[str, Mapping[str, str]] = {
    "L1/people/owner-named": {"title": "An owner is named."},
    "L2/people/skills-listed": {"title": "Skills are listed.", "since": "2025"},
    "A.6.2.8": {"title": "Logs are kept.", "url": "https://example.org/logs"},
}
SOURCE_FILE = "sources/table.yaml"


def new_fields(**statement: object) -> dict[str, Any]:
    """Return the fields of a scheme whose first statement has these fields as well."""
    fields = scheme_fields(regular_table(["AA"], 4, 2))
    fields["sources"] = {
        "table": {"title": "A table", "publisher": "Somebody", "loci": SOURCE_FILE},
        "book": {"title": "A book", "publisher": "Somebody else"},
    }
    fields["areas"][0]["statements"][0].update(statement)
    return fields


def write_new(
    folder: Path, fields: Mapping[str, Any], loci: Mapping[str, Any] | None = LOCI
) -> Path:
    """Write a scheme with the file of its loci; return the folder."""
    write_scheme(folder, fields)
    if loci is not None:
        (folder / "sources").mkdir(exist_ok=True)
        (folder / SOURCE_FILE).write_text(yaml.safe_dump(dict(loci), sort_keys=False))
    return folder


def findings(folder: Path) -> tuple[Finding, ...]:
    """Return what is wrong with a scheme."""
    with pytest.raises(SchemeError) as caught:
        validate_scheme(folder)
    return caught.value.findings


def line_of(path: Path, text: str) -> int:
    """Return the first line of a file that has a text."""
    lines = path.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_guidance_in_steps_is_read(tmp_path: Path) -> None:
    """Each step of the scale has its text, and n/a its condition."""
    scheme = load_scheme(write_new(tmp_path, new_fields(guidance=STEPS)))
    guidance = scheme.statements["AA-01"].guidance

    assert guidance == Guidance(
        steps={1: "Some of it.", 2: "Most of it.", 3: "All of it."},
        not_applicable="No model is trained.",
    )
    assert not guidance.always_applies
    assert scheme.guidance_line(guidance) == "Largely: Most of it."
    assert scheme.guidance_lines(guidance) == (
        "Partially: Some of it.",
        "Largely: Most of it.",
        "Fully: All of it.",
        "n/a: No model is trained.",
    )


def test_plain_guidance_is_read_as_before(tmp_path: Path) -> None:
    """A scheme of the first format says one text for all ratings."""
    scheme = load_scheme(write_new(tmp_path, new_fields(guidance="Largely when most follow.")))
    guidance = scheme.statements["AA-01"].guidance

    assert guidance == Guidance(note="Largely when most follow.")
    assert scheme.guidance_line(guidance) == "Largely when most follow."
    assert scheme.guidance_lines(guidance) == ("Largely when most follow.",)


def test_a_statement_may_always_apply(tmp_path: Path) -> None:
    """The word never is no text for people."""
    scheme = load_scheme(write_new(tmp_path, new_fields(guidance={**STEPS, "n/a": "never"})))
    guidance = scheme.statements["AA-01"].guidance

    assert guidance.always_applies
    assert guidance.not_applicable == NEVER
    assert "never" not in " ".join(scheme.guidance_lines(guidance))
    assert "never" not in guidance.texts


@pytest.mark.parametrize(
    ("scale", "line"), [((0, 1), "Partially: x1"), ((0, 1, 2, 3, 4), "Fully: x3")]
)
def test_one_line_of_guidance_fits_any_scale(
    tmp_path: Path, scale: tuple[int, ...], line: str
) -> None:
    """The step below the highest stands for all, and the only one where there is one alone."""
    fields = scheme_fields(regular_table(["AA"], 1, 1), top=1, scale=scale)
    steps = {str(value): f"x{value}" for value in scale[1:]}
    fields["areas"][0]["statements"][0]["guidance"] = steps
    scheme = load_scheme(write_scheme(tmp_path, fields))

    assert scheme.guidance_line(scheme.statements["AA-01"].guidance) == line


def test_loci_and_references_are_read(tmp_path: Path) -> None:
    """A source lists what it asks for; a statement cites keys of it, and text of other sources."""
    references = {"table": ["L2/people/skills-listed", "A.6.2.8"], "book": "page 12"}
    scheme = load_scheme(write_new(tmp_path, new_fields(references=references)))

    assert scheme.source("table").loci == (
        Locus(key="L1/people/owner-named", title="An owner is named."),
        Locus(key="L2/people/skills-listed", title="Skills are listed.", since="2025"),
        Locus(key="A.6.2.8", title="Logs are kept.", url="https://example.org/logs"),
    )
    assert scheme.source("book").loci == ()
    statement = scheme.statements["AA-01"]
    assert statement.references == (
        Citation(source="table", locus="L2/people/skills-listed"),
        Citation(source="table", locus="A.6.2.8"),
        Citation(source="book", locus="page 12"),
    )
    assert statement.loci("table") == ("L2/people/skills-listed", "A.6.2.8")


def test_the_rest_of_the_format_is_read(tmp_path: Path) -> None:
    """An instruction, measures, and the reason why a text joins two things."""
    fields = new_fields(joined="One document with two parts.")
    fields |= {
        "instruction": "Rate for how many models it holds.",
        "measures": {"words": [8, 20], "statements_per_level": [3, 5]},
    }
    scheme = load_scheme(write_new(tmp_path, fields))

    assert scheme.instruction == "Rate for how many models it holds."
    assert scheme.measures == Measures(words=(8, 20), statements_per_level=(3, 5))
    assert scheme.statements["AA-01"].joined == "One document with two parts."
    assert scheme.statements["AA-02"].joined == ""


BROKEN: list[tuple[dict[str, Any], str, str, str]] = [
    ({"references": {"table": ["L1/people/owner-name"]}}, "unknown-key", "L1/people/owner-name",
     "L1/people/owner-named"),
    ({"references": {"table": ["a.6.2.9"]}}, "unknown-key", "a.6.2.9", "A.6.2.8"),
    ({"references": {"table": "L1/people/owner-named"}}, "wrong-type", "L1/people/owner-named",
     "a list of keys"),
    ({"references": {"table": ["A.6.2.8", "A.6.2.8"]}}, "duplicate", "A.6.2.8", ""),
    ({"references": {"table": [{"a": "b"}]}}, "wrong-type", "a mapping of fields", ""),
    ({"guidance": {**STEPS, "4": "More."}}, "unknown-field", "4", "1, 2, 3"),
    ({"guidance": {**STEPS, "0": "None."}}, "unknown-field", "0", "1, 2, 3"),
    ({"guidance": {**STEPS, "na": "Never."}}, "unknown-field", "na", "n/a"),
    ({"guidance": {**STEPS, "2": ""}}, "empty-text", "", ""),
    ({"guidance": {**STEPS, "n/a": ""}}, "empty-text", "", ""),
    ({"guidance": {**STEPS, "1": "x" * 401}}, "text-too-long", "401", ""),
    ({"guidance": {"n/a": "never"}}, "missing-field", "", "1"),
    ({"guidance": {}}, "missing-field", "", "1"),
    ({"guidance": ["a"]}, "wrong-type", "a list", ""),
    ({"joined": ""}, "empty-text", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "found", "choices"), BROKEN)
def test_mistakes_of_a_statement_are_refused(
    tmp_path: Path, changes: dict[str, Any], code: str, found: str, choices: str
) -> None:
    """Each mistake has its finding, with a line, and with what may be meant."""
    reported = findings(write_new(tmp_path, new_fields(**changes)))

    match = [f for f in reported if f.code == f"scheme-{code}" and f.found == found]
    assert match, [str(f) for f in reported]
    assert match[0].place.line
    assert choices in match[0].expected
    assert len(reported) == len({str(f) for f in reported}), "said twice"


def test_an_unknown_locus_is_named_on_its_own_line(tmp_path: Path) -> None:
    """Of many loci only the nearest are named, and the line is that of the key."""
    loci = {f"L{n}/people/thing-{n}": {"title": f"Thing {n}."} for n in range(30)}
    fields = new_fields(references={"table": ["L7/people/thing-7", "L7/people/thng-7"]})
    folder = write_new(tmp_path, fields, loci)
    (finding,) = findings(folder)

    assert finding.place.line == line_of(folder / "scheme.yaml", "thng-7")
    assert "L7/people/thing-7" in finding.expected
    assert finding.expected.count("thing") == 3


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sources/none.yaml", "scheme-missing-file"),
        ("../outside.yaml", "scheme-missing-file"),
        ("/etc/hostname", "scheme-missing-file"),
        ("sources", "scheme-missing-file"),
        ("sources/table.txt", "scheme-wrong-type"),
        (["sources/table.yaml"], "scheme-wrong-type"),
    ],
)
def test_files_of_loci_are_those_of_the_folder(tmp_path: Path, name: object, code: str) -> None:
    """A file that is not there, outside of the folder, or not part of the digest is refused."""
    folder = tmp_path / "s"
    (tmp_path / "outside.yaml").write_text("a: {title: Outside.}")
    fields = new_fields()
    fields["sources"]["table"]["loci"] = name
    write_new(folder, fields)
    (folder / "sources" / "table.txt").write_text("a: {title: A text.}")
    (finding,) = findings(folder)

    assert finding.code == code
    assert finding.place.line == line_of(folder / "scheme.yaml", '"loci"')


@pytest.mark.parametrize(
    ("loci", "code"),
    [
        ({"a key": {"title": "A."}}, "scheme-wrong-type"),
        ({"a": {"title": ""}}, "scheme-empty-text"),
        ({"a": {}}, "scheme-missing-field"),
        ({"a": "A text."}, "scheme-wrong-type"),
        ({"a": {"title": "A.", "sinse": "2025"}}, "scheme-unknown-field"),
        ({"A.1": {"title": "A."}, "a.1": {"title": "B."}}, "scheme-duplicate"),
        ({}, "scheme-empty-text"),
    ],
)
def test_mistakes_of_loci_are_refused(tmp_path: Path, loci: dict[str, Any], code: str) -> None:
    """Each mistake names the file of the loci, and the line."""
    reported = findings(write_new(tmp_path, new_fields(), loci))

    assert code in {f.code for f in reported}
    assert {f.place.source for f in reported} == {str(tmp_path / SOURCE_FILE)}
    assert all(f.place.line for f in reported)


def test_repeated_loci_are_refused(tmp_path: Path) -> None:
    """A key that stands twice in the file is a finding, not the last one silently."""
    folder = write_new(tmp_path, new_fields())
    (folder / SOURCE_FILE).write_text("a: {title: First.}\na: {title: Second.}\n")

    assert "scheme-duplicate" in {f.code for f in findings(folder)}


@pytest.mark.parametrize(
    "measures",
    [{"words": [8]}, {"words": [20, 8]}, {"words": "8"}, {"words": ["a", "b"]}, {"word": [1, 2]}],
)
def test_mistakes_of_measures_are_refused(tmp_path: Path, measures: dict[str, Any]) -> None:
    """Bounds are two whole numbers, the lower first."""
    reported = findings(write_new(tmp_path, new_fields() | {"measures": measures}))

    assert len(reported) == 1
    assert reported[0].place.line


def test_an_edited_file_of_loci_is_read_anew(tmp_path: Path) -> None:
    """The digest of a scheme is that of all its files."""
    folder = write_new(tmp_path, new_fields())
    before = load_scheme(folder)
    path = folder / SOURCE_FILE
    path.write_text(path.read_text().replace("An owner is named.", "One owner has a name."))
    after = load_scheme(folder)

    assert after.source("table").loci[0].title == "One owner has a name."
    assert after.digest != before.digest


def test_steps_are_translated(tmp_path: Path) -> None:
    """A translation has each step; titles of loci and `never` may stay as they are."""
    fields = new_fields(guidance={**STEPS, "n/a": "never"}) | {"instruction": "Rate all."}
    folder = write_new(tmp_path, fields)
    (folder / "translations").mkdir()
    path = folder / "translations" / "de.yaml"
    path.write_text(
        "language: de\n"
        "instruction: Alles bewerten.\n"
        "statements: {AA-01: {guidance: {1: Etwas., 2: Vieles.}}}\n"
        "sources: {table: {loci: {A.6.2.8: Protokolle.}}}\n"
    )
    reported = {finding.found for finding in findings(folder)}

    assert "statements.AA-01.guidance.3" in reported
    assert "statements.AA-02.guidance" in reported
    assert (
        not {
            "statements.AA-01.guidance.1",
            "statements.AA-01.guidance.n/a",
            "sources.table.loci.A.6.2.8",
            "sources.table.loci.L1/people/owner-named",
            "instruction",
        }
        & reported
    )


def test_a_level_of_an_area_may_have_no_statement(tmp_path: Path) -> None:
    """The rule skips such a level, and the workbook has no band for it."""
    fields = new_fields()
    area = fields["areas"][0]
    area["statements"] = [one for one in area["statements"] if one["level"] not in (2, 4)]
    scheme = load_scheme(write_new(tmp_path / "s", fields))
    result = score(response(scheme, rate_all(scheme, 3)), scheme)

    assert result.areas[0].level == 3
    assert built(scheme, tmp_path / "a.xlsx").stat().st_size


def test_other_programs_get_all_of_it(tmp_path: Path) -> None:
    """The document of a scheme has steps, loci and references by source."""
    references = {"table": ["A.6.2.8", "L1/people/owner-named"], "book": "page 12"}
    folder = write_new(tmp_path, new_fields(guidance=STEPS, references=references))
    document = json.loads(json.dumps(scheme_document(load_scheme(folder))))
    statement = document["areas"][0]["statements"][0]

    assert statement["guidance"] == {
        "note": "",
        "steps": {"1": "Some of it.", "2": "Most of it.", "3": "All of it."},
        "not_applicable": "No model is trained.",
    }
    assert statement["references"] == {
        "table": ["A.6.2.8", "L1/people/owner-named"],
        "book": ["page 12"],
    }
    assert document["sources"]["table"]["loci"][1] == {
        "key": "L2/people/skills-listed",
        "title": "Skills are listed.",
        "since": "2025",
        "url": "",
    }


def test_json_schemas_know_the_format(tmp_path: Path) -> None:
    """What the reader takes, editors take."""
    fields = new_fields(guidance=STEPS, references={"table": ["A.6.2.8"]}, joined="One list.")
    fields |= {"instruction": "Rate all.", "measures": {"words": [8, 20]}}
    write_new(tmp_path, fields)
    whole, area, loci = (
        json.loads((resources.templates_folder() / f"{name}.schema.json").read_text())
        for name in ("scheme", "area", "loci")
    )
    whole["properties"]["areas"]["items"]["oneOf"][1] = area

    jsonschema.validate(yaml.safe_load((tmp_path / "scheme.yaml").read_text()), whole)
    jsonschema.validate(yaml.safe_load((tmp_path / SOURCE_FILE).read_text()), loci)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"a b": {"title": "A."}}, loci)


def test_editors_get_a_json_schema() -> None:
    """The JSON Schemas accept what ships, and refuse an unknown field."""
    folder = resources.scheme_folders()["iml4e-mlops"]
    whole = json.loads((resources.templates_folder() / "scheme.schema.json").read_text())
    part = json.loads((resources.templates_folder() / "area.schema.json").read_text())
    fields = yaml.safe_load((folder / "scheme.yaml").read_text(encoding="utf-8"))
    whole["properties"]["areas"]["items"]["oneOf"][1] = part
    jsonschema.validate(fields, whole)
    for name in fields["areas"]:
        area = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
        jsonschema.validate(json.loads(json.dumps(area)), part)

    loci = json.loads((resources.templates_folder() / "loci.schema.json").read_text())
    for path in folder.glob("sources/*.yaml"):
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), loci)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**fields, "lvls": []}, whole)


def test_the_first_format_of_the_official_scheme_still_loads() -> None:
    """Version 1.0.0 as it was: plain guidance, and references as texts."""
    folder = Path(__file__).parents[1] / "data" / "schemes" / "iml4e-mlops-1.0.0"
    scheme: Scheme = validate_scheme(folder)

    assert scheme.version == "1.0.0"
    assert len(scheme.statements) == 120
    assert all(one.guidance.note for one in scheme.statements.values())
    assert estimate_minutes(scheme) == 60
