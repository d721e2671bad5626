"""Forms of a scheme: read, refused with their line, and selected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.forms import find_form, join_forms, select_form
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import regular_table, scheme_fields, write_scheme

SHORT = ["BB-05", "AA-01", "AA-02"]


def fields_with(**forms: object) -> dict[str, Any]:
    return scheme_fields(regular_table(["AA", "BB"], 4, 3)) | {"forms": forms}


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    return load_scheme(
        write_scheme(tmp_path / "s", fields_with(short=SHORT, other=["AA-03", "BB-01"]))
    )


def test_a_form_has_its_statements_in_the_order_of_the_scheme(scheme: Scheme) -> None:
    """Id, version, levels and thresholds stay; areas have the statements that are asked for."""
    short = select_form(scheme, "short")

    assert scheme.forms["short"] == ("AA-01", "AA-02", "BB-05")
    assert tuple(short.statements) == scheme.forms["short"]
    assert (short.id, short.version, short.form, short.whole) == ("small", "1.0.0", "short", scheme)
    assert short is select_form(scheme, "short")
    assert select_form(short, "") is scheme
    assert set(layout_of(short).areas["BB"].bands) == {2}


def test_forms_of_one_team_are_joined(scheme: Scheme) -> None:
    """Somebody with the long form makes it the whole; else it is what anybody was asked for."""
    short, other = select_form(scheme, "short"), select_form(scheme, "other")

    assert join_forms([short, scheme]) is scheme
    assert join_forms([short, short]) is short
    joined = join_forms([short, other])
    assert set(joined.statements) == {*SHORT, "AA-03", "BB-01"}
    assert joined.form == "other, short"


def test_an_unknown_form_is_refused_by_name(scheme: Scheme) -> None:
    """The forms that there are, are named; a reader takes the whole scheme in its place."""
    with pytest.raises(SchemeError, match="short, other"):
        select_form(scheme, "shrot")
    assert find_form(scheme, "shrot") is scheme


def test_the_areas_that_a_form_lacks_are_named(tmp_path: Path) -> None:
    """An unknown id may be the one that is missing: then only the id is reported."""
    seen = []
    for name, ids in (("a", ["AA-01"]), ("b", ["AA-01", "ZZ-99"])):
        with pytest.raises(SchemeError) as raised:
            load_scheme(write_scheme(tmp_path / name, fields_with(short=ids)))
        seen.append([str(finding) for finding in raised.value.findings])

    (lacking,), (unknown,) = seen
    assert "none is of BB" in lacking
    assert "ZZ-99" in unknown


def test_measures_that_are_no_list_are_shown(tmp_path: Path) -> None:
    """They were said to be a list that is not a list."""
    fields = fields_with(short=SHORT) | {"measures": {"words": "eight"}}

    with pytest.raises(SchemeError, match='"eight" is not a list of two'):
        load_scheme(write_scheme(tmp_path / "s", fields))


@pytest.mark.parametrize(
    ("ids", "code", "found"),
    [
        (["AA-01", "BB-01", "AA-99"], "scheme-unknown-key", "AA-99"),
        (["AA-01", "BB-01", "AA-01"], "scheme-duplicate", "AA-01"),
        (["AA-01", "AA-02"], "scheme-out-of-range", "short"),
        ([], "scheme-out-of-range", "short"),
        ("AA-01", "scheme-wrong-type", "AA-01"),
    ],
)
def test_mistakes_in_forms_name_file_and_line(
    tmp_path: Path, ids: object, code: str, found: str
) -> None:
    """Each mistake is a finding at the line where it stands."""
    folder = write_scheme(tmp_path / "s", fields_with(short=ids))
    lines = (folder / "scheme.yaml").read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines, 1) if '"forms"' in line)

    with pytest.raises(SchemeError) as raised:
        load_scheme(folder)

    finding = next(one for one in raised.value.findings if one.code == code)
    assert found in finding.message
    assert finding.place.source.endswith("scheme.yaml")
    assert finding.place.line is not None
    assert finding.place.line > first


@pytest.mark.parametrize(
    "values", [("unknown", "n/a"), ("unknown",), ("n/a", 4), ("n/a", "unknown", "unknown")]
)
def test_what_has_no_figure_ends_the_scale(tmp_path: Path, values: tuple[object, ...]) -> None:
    """Formulas rely on it: n/a behind all figures, and at most one "Don't know" behind it."""
    fields = scheme_fields(regular_table(["AA", "BB"], 4, 3))
    fields["ratings"][-1:] = [
        {"value": value, "word": f"word {number}", "meaning": "for a test"}
        for number, value in enumerate(values)
    ]

    with pytest.raises(SchemeError) as raised:
        load_scheme(write_scheme(tmp_path / "s", fields))

    shown = ", ".join(map(str, (0, 1, 2, 3, *values)))
    assert any(
        one.code == "scheme-out-of-range" and shown in one.message for one in raised.value.findings
    )
