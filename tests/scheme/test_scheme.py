"""Schemes: what is read, and what is refused with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from iml4e_xlsx import resources
from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import (
    load_scheme,
    scheme_ids,
    validate_scheme,
)
from tests.support.builders import regular_table, scheme_fields, small_scheme, write_scheme

Change = Callable[[dict[str, Any]], None]


def findings(folder: Path) -> tuple[Finding, ...]:
    """Return what is wrong with a scheme."""
    with pytest.raises(SchemeError) as caught:
        validate_scheme(folder)
    return caught.value.findings


def first_area(fields: dict[str, Any]) -> dict[str, Any]:
    area: dict[str, Any] = fields["areas"][0]
    return area


def first_statement(fields: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = first_area(fields)["statements"][0]
    return statement


def test_official_scheme_has_its_areas_and_levels(official: Scheme) -> None:
    """Seven areas of about nineteen statements, three to five at each level from 1 to 4."""
    assert [area.code for area in official.areas] == ["PC", "DG", "TR", "QA", "RD", "IN", "OM"]
    assert [level.name for level in official.levels] == [
        "No MLOps",
        "DevOps but no MLOps",
        "Automated Training",
        "Automated Model Deployment",
        "Full MLOps Automated Operations",
    ]
    words = ("0 - Not", "1 - Partially", "2 - Largely", "3 - Fully", "n/a", "Don't know")
    assert official.labels == words
    for area in official.areas:
        for level in official.scored_levels:
            assert 3 <= sum(s.level == level for s in area.statements) <= 5
    assert [area.code for area in official.areas if area.attested] == ["DG"]


def test_official_statements_keep_to_their_form(official: Scheme) -> None:
    """120 to 135, unique, one full stop at the end, each with guidance, evidence and action."""
    texts = [s.text for s in official.statements.values()]
    assert len(set(texts)) == len(texts)
    assert 120 <= len(texts) <= 135
    for statement in official.statements.values():
        assert statement.text.endswith("."), statement.id
        assert "should" not in statement.text.split(), statement.id
        assert set(statement.guidance.steps) == {1, 2, 3}, statement.id
        assert statement.guidance.not_applicable, statement.id
        assert len(statement.evidence) >= 2, statement.id
        assert statement.references, statement.id
        assert statement.improvement, statement.id
        assert statement.anchor in ("microsoft", "judged"), statement.id
        if statement.anchor == "microsoft":
            assert "microsoft" in {r.source for r in statement.references}, statement.id


def test_official_scheme_is_installed() -> None:
    """The scheme is found by its id."""
    assert "iml4e-mlops" in scheme_ids()


def drop(*keys: str) -> Change:
    def change(fields: dict[str, Any]) -> None:
        target = fields
        for key in keys[:-1]:
            target = target[key]
        del target[keys[-1]]

    return change


def statement(**values: object) -> Change:
    return lambda fields: first_statement(fields).update(values)


def whole(**values: object) -> Change:
    return lambda fields: fields.update(values)


def duplicate_id(fields: dict[str, Any]) -> None:
    first_area(fields)["statements"][1]["id"] = first_statement(fields)["id"]


def without_statements(fields: dict[str, Any]) -> None:
    first_area(fields)["statements"] = []


def duplicate_area(fields: dict[str, Any]) -> None:
    fields["areas"][1]["name"] = fields["areas"][0]["name"]


def too_many_areas(fields: dict[str, Any]) -> None:
    codes = [f"A{chr(65 + i)}" for i in range(21)]
    fields["areas"] = scheme_fields(regular_table(codes, 4, 1))["areas"]


def word(number: int, text: str) -> Change:
    """Change the word of one rating; the last is n/a."""

    def change(fields: dict[str, Any]) -> None:
        fields["ratings"][number]["word"] = text

    return change


BROKEN: list[tuple[str, Change, str]] = [
    ("scheme-duplicate", duplicate_id, "AA-01"),
    ("scheme-unknown-key", statement(level=9), "9"),
    ("scheme-unknown-key", statement(topic="two"), "two"),
    ("scheme-unknown-key", statement(anchor="nobody"), "nobody"),
    ("scheme-unknown-key", statement(references={"nowhere": "page 1"}), "nowhere"),
    ("scheme-area-without-statements", without_statements, "AA"),
    ("scheme-empty-text", statement(text=""), ""),
    ("scheme-empty-text", statement(text="   "), ""),
    ("scheme-text-too-long", statement(text="x" * 500), "500"),
    ("scheme-unknown-field", statement(lvl=1), "lvl"),
    ("scheme-missing-field", drop("title"), ""),
    ("scheme-wrong-type", statement(level="two"), "two"),
    ("scheme-wrong-type", statement(id="ZZ-01"), "ZZ-01"),
    ("scheme-wrong-type", whole(version="1.0"), "1.0"),
    ("scheme-wrong-type", statement(evidence="just one"), "just one"),
    ("scheme-duplicate", duplicate_area, "area aa"),
    ("scheme-out-of-range", too_many_areas, "21"),
    ("scheme-unknown-key", whole(interface={"no.such": "text"}), "no.such"),
    ("scheme-wrong-type", whole(interface={"place.line": "Zeile {zeile}"}), "Zeile {zeile}"),
    ("scheme-wrong-type", whole(interface={"place.line": "{line"}), "{line"),
    ("scheme-duplicate", word(1, "NOT"), "NOT"),
    ("scheme-duplicate", word(2, "1 - Partially"), "1 - Partially"),
    ("scheme-out-of-range", word(0, "1"), "1"),
    ("scheme-out-of-range", word(1, "2,0"), "2,0"),
    ("scheme-out-of-range", word(2, "\uff13"), "\uff13"),
    ("scheme-out-of-range", word(3, "-1"), "-1"),
    ("scheme-out-of-range", word(-1, "9"), "9"),
]


@pytest.mark.parametrize(("code", "change", "found"), BROKEN)
def test_mistakes_are_refused(tmp_path: Path, code: str, change: Change, found: str) -> None:
    """Each mistake has its finding, with the file, a line and what to do."""
    fields = scheme_fields(regular_table(["AA", "BB"], 4, 2))
    change(fields)
    reported = findings(write_scheme(tmp_path / "s", fields))

    match = [f for f in reported if f.code == code and f.found == found]
    assert match, [str(f) for f in reported]
    assert match[0].place.source.endswith("scheme.yaml")
    assert match[0].place.line
    assert match[0].action


def test_line_of_a_mistake_is_right(tmp_path: Path) -> None:
    """The line named is the one that the method owner must change."""
    folder = write_scheme(tmp_path / "s", scheme_fields(regular_table(["AA"], 4, 1)))
    path = folder / "scheme.yaml"
    lines = path.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if '"level": 3' in line)
    lines[at] = lines[at].replace("3", "7")
    path.write_text("\n".join(lines))

    place = next(f.place for f in findings(folder) if f.code == "scheme-unknown-key")

    assert place.line == at + 1
    assert f"line {at + 1}" in str(place)


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    """Every mistake is listed in one run, in the order of the file."""
    fields = scheme_fields(regular_table(["AA", "BB"], 4, 2))
    duplicate_id(fields)
    statement(level=9)(fields)
    fields["areas"][1]["statements"][0]["text"] = ""
    reported = findings(write_scheme(tmp_path / "s", fields))

    assert {"scheme-duplicate", "scheme-unknown-key", "scheme-empty-text"} <= {
        f.code for f in reported
    }
    lines = [f.place.line or 0 for f in reported]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    "text",
    ["", "id: [", "- a\n- b\n", "\x00", "id: a\nid: b\n", "just text", "a: &x [*x]"],
)
def test_what_is_no_scheme_is_said(tmp_path: Path, text: str) -> None:
    """A file that is no YAML or no scheme yields findings, never a traceback."""
    (tmp_path / "scheme.yaml").write_text(text)

    assert findings(tmp_path)


def test_binary_file_is_said(tmp_path: Path) -> None:
    """A file that is not text is reported by name."""
    (tmp_path / "scheme.yaml").write_bytes(b"\xff\xfe\x00\x81")

    assert findings(tmp_path)[0].code == "scheme-syntax"


def test_area_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """A scheme reads nothing outside its own folder."""
    fields = scheme_fields(regular_table(["AA"], 4, 1))
    (tmp_path / "elsewhere.yaml").write_text("code: XX")
    fields["areas"].append("../elsewhere.yaml")
    reported = findings(write_scheme(tmp_path / "s", fields))

    assert [f.code for f in reported if f.found == "../elsewhere.yaml"] == ["scheme-missing-file"]


def test_unknown_scheme_names_the_known_ones() -> None:
    """Asking for a scheme that is not there says which are."""
    with pytest.raises(SchemeError, match="iml4e-mlops"):
        load_scheme("no-such-scheme")


def test_words_that_yaml_would_turn_stay_text(tmp_path: Path) -> None:
    """A rating's word `No`, or a title 1.10, stays what the author wrote."""
    fields = scheme_fields(regular_table(["AA"], 4, 1))
    fields["ratings"][0]["word"] = "NO-WORD"
    fields["title"] = "TITLE"
    folder = write_scheme(tmp_path / "s", fields)
    path = folder / "scheme.yaml"
    path.write_text(path.read_text().replace('"NO-WORD"', "No").replace('"TITLE"', "1.10"))
    scheme = load_scheme(folder)

    assert scheme.labels[0] == "0 - No"
    assert scheme.title == "1.10"


@pytest.mark.parametrize(("areas", "top"), [(1, 1), (1, 6), (20, 4), (5, 3)])
def test_other_shapes_are_data(tmp_path: Path, areas: int, top: int) -> None:
    """1 to 20 areas and 1 to 6 levels need no change of code."""
    codes = [f"A{chr(65 + i)}" for i in range(areas)]
    scheme = small_scheme(tmp_path, codes, per_level=1, top=top)

    assert len(scheme.areas) == areas
    assert scheme.top == top


def translation(scheme: Scheme) -> dict[str, Any]:
    """Return a complete translation of a small scheme, each text marked."""
    area = scheme.areas[0]
    return {
        "language": "de",
        "title": "DE Titel",
        "subtitle": "DE Untertitel",
        "notice": "DE Hinweis",
        "levels": {
            level.number: {"name": f"DE {level.name}", "summary": "DE", "description": "DE"}
            for level in scheme.levels
        },
        "ratings": {
            str(r.value): {
                "word": f"DE{r.word}" if r.value != "n/a" else "entfällt",
                "meaning": "x",
            }
            for r in scheme.ratings
        },
        "areas": {
            area.code: {
                "name": "DE Bereich",
                "short": "DE Kurz",
                "purpose": "DE Zweck",
                "topics": {"one": "DE Thema"},
            }
        },
        "statements": {
            s.id: {
                "text": f"DE {s.text}",
                "guidance": f"DE {s.guidance.note}",
                "evidence": ["DE ein Dokument"],
                "improvement": f"DE {s.improvement}",
            }
            for s in area.statements
        },
    }


def test_translation_is_a_file_more(tmp_path: Path) -> None:
    """A language is added by a file; labels of all languages are understood."""
    scheme = small_scheme(tmp_path, ["AA"])
    (tmp_path / "translations").mkdir()
    path = tmp_path / "translations" / "de.yaml"
    path.write_text(yaml.safe_dump(translation(scheme), allow_unicode=True), encoding="utf-8")
    german = load_scheme(tmp_path, "de")

    assert german.languages == ("en", "de")
    assert german.title == "DE Titel"
    assert german.statements["AA-01"].text.startswith("DE ")
    assert german.labels[2] == "2 - DELargely"
    assert load_scheme(tmp_path).wordings["2 - delargely"] == 2
    assert german.wordings["largely"] == 2
    assert german.wordings["entfällt"] == "n/a"


def test_gaps_and_leftovers_of_a_translation_are_said(tmp_path: Path) -> None:
    """A text that is missing, and one that the scheme does not have, are findings."""
    scheme = small_scheme(tmp_path, ["AA"])
    words = translation(scheme)
    del words["statements"]["AA-02"]["text"]
    words["statements"]["AA-99"] = {"text": "left over"}
    (tmp_path / "translations").mkdir()
    path = tmp_path / "translations" / "de.yaml"
    path.write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")
    reported = {(f.code, f.found) for f in findings(tmp_path)}

    assert ("scheme-untranslated", "statements.AA-02.text") in reported
    assert ("scheme-unknown-key", "statements.AA-99.text") in reported


def test_edited_scheme_is_read_anew(tmp_path: Path) -> None:
    """A method owner's change is seen without a restart."""
    small_scheme(tmp_path, ["AA"])
    path = tmp_path / "scheme.yaml"
    path.write_text(path.read_text().replace("Small Assessment", "Another Title"))

    assert load_scheme(tmp_path).title == "Another Title"


def test_copy_of_the_official_scheme_is_valid(tmp_path: Path) -> None:
    """The folder is self-contained: copied elsewhere it loads the same."""
    folder = tmp_path / "mine"
    shutil.copytree(resources.scheme_folders()["iml4e-mlops"], folder)

    assert validate_scheme(folder).digest == load_scheme().digest


def test_words_of_figures_may_be_their_own(tmp_path: Path) -> None:
    """A rating 2 with the word "2" can be read in one way only."""
    fields = scheme_fields(regular_table(["AA"], 4, 2))
    for rating in fields["ratings"][:-1]:
        rating["word"] = str(rating["value"])

    validate_scheme(write_scheme(tmp_path / "s", fields))


def test_a_translated_word_may_not_be_that_of_another_rating(tmp_path: Path) -> None:
    """A workbook may come back in any language of its scheme, so the words count together."""
    folder = write_scheme(tmp_path / "s", scheme_fields(regular_table(["AA"], 4, 2)))
    (folder / "translations").mkdir()
    (folder / "translations" / "de.yaml").write_text(
        "language: de\nratings.0.word: 3\nratings.1.word: fully\n", encoding="utf-8"
    )

    reported = findings(folder)

    assert [
        (finding.code, finding.found, finding.place.line)
        for finding in reported
        if finding.code != "scheme-untranslated"
    ] == [("scheme-out-of-range", "3", 2), ("scheme-duplicate", "fully", 3)]
