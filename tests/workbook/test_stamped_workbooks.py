"""Workbooks of one scheme for many people: rendered once, the same to the byte as each alone."""

from __future__ import annotations

import inspect
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.model import PROFILE_FIELDS, Profile, RoundNotice, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook import builder
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import CREATED, response

TEXTS = [field.name for field in PROFILE_FIELDS if not field.is_date]
ANN = Profile(organisation="Acme & Co", team="<Search>", respondent='Ann "A" Ünal 😀', role="ML")
BOB = Profile(organisation="Acme", team="Risk", respondent="Bob", role="Lead")


def build(scheme: Scheme, profile: Profile = ANN, **options: Any) -> bytes:
    options.setdefault("response", blank_response(scheme, profile=profile))
    return build_workbook(scheme, **{"created": CREATED, **options})


def build_alone(scheme: Scheme, profile: Profile = ANN, **options: Any) -> bytes:
    """Build a workbook as the first of all."""
    builder.pack_blueprint.cache_clear()
    return build(scheme, profile, **options)


def parts_of(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def render_directly(
    scheme: Scheme, monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> dict[str, bytes]:
    """Return the parts as XlsxWriter makes them with each text in its place."""
    rendered: list[bytes] = []
    render = builder.render_blueprint

    def keep(blueprint: Any) -> bytes:
        rendered.append(render(blueprint))
        return rendered[-1]

    builder.pack_blueprint.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(builder, "is_fillable", lambda _: False)
        patch.setattr(builder, "render_blueprint", keep)
        build(scheme, profile)
    return parts_of(rendered[-1])


@pytest.mark.parametrize("profile", [ANN, BOB, Profile(), replace(ANN, role="", date="2026-11-23")])
def test_the_parts_are_those_that_the_library_makes(
    small: Scheme, monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> None:
    """To the byte, and under the same names: only how they are packed is ours."""
    assert parts_of(build(small, profile)) == render_directly(small, monkeypatch, profile)


def test_between_two_people_four_parts_differ(official: Scheme) -> None:
    """All others are the same bytes in the archive, compressed as they are."""
    ann, bob = (build(official, profile) for profile in (ANN, BOB))
    first, second = parts_of(ann), parts_of(bob)

    differing = {name for name in first if first[name] != second[name]}
    assert differing == {
        "docProps/core.xml",
        "docProps/custom.xml",
        "xl/sharedStrings.xml",
        next(name for name in differing if name.startswith("xl/worksheets/")),
    }
    common = len(first) - len(differing)
    assert ann[: len(ann) // 2] == bob[: len(ann) // 2]
    with zipfile.ZipFile(io.BytesIO(ann)) as archive:
        order = [part.filename for part in archive.infolist()]
    assert set(order[common:]) == differing


TEXT = st.text(max_size=130).filter(lambda text: text.isprintable() or not text)
ODD = st.sampled_from(
    [
        "",
        " ",
        " Ann",
        "Ann\n",
        "_x0041_",
        "a\tb",
        "x" * 1001,
        "=1+1",
        "<r>a</r>",
    ]
)


@settings(deadline=None, max_examples=25)
@given(st.fixed_dictionaries(dict.fromkeys(TEXTS, TEXT | ODD)), st.sampled_from(["", "ZZ", "<&>"]))
@example(dict.fromkeys(TEXTS, "same"), "same")
def test_a_copy_is_what_a_full_build_gives(
    small: Scheme, texts: dict[str, str], identity: str
) -> None:
    profile = Profile(**texts)
    build_alone(small, Profile(**dict.fromkeys(TEXTS, "Somebody else")), identity="OTHER")

    copy = build(small, profile, identity=identity)

    assert copy == build_alone(small, profile, identity=identity)


@pytest.mark.parametrize(
    "text", [" Ann ", "_x0041_", "a\tb", "x" * 1001, "=1+1", "<r>a</r>", "😀" * 99]
)
def test_an_odd_text_comes_back_as_it_was(
    small: Scheme, reader: WorkbookReader, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "w.xlsx"
    path.write_bytes(build(small, replace(ANN, team=text)))

    assert reader.assess(path).response.profile.team == text.strip()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    cell = layout_of(small).cover.profile_cell("team")
    assert openpyxl.load_workbook(path)[cell.sheet][cell.a1].value == text


VARIATIONS: dict[str, Callable[[Scheme], dict[str, Any]]] = {
    "created": lambda _: {"created": CREATED + timedelta(days=1)},
    "date": lambda s: {"response": blank_response(s, profile=replace(ANN, date="2026-11-20"))},
    "targets": lambda s: {
        "response": blank_response(s, profile=ANN, targets={s.areas[0].code: s.top})
    },
    "estimates": lambda s: {
        "response": replace(blank_response(s, profile=ANN), estimates={s.areas[0].code: s.top - 1})
    },
    "answers": lambda s: {
        "response": replace(response(s, dict.fromkeys(s.statements, 1)), profile=ANN)
    },
    "previous": lambda s: {"previous": score(response(s, dict.fromkeys(s.statements, 2)), s)},
    "notes": lambda s: {"notes": {layout_of(s).cover.profile_cell("team"): "Which?"}},
    "notice": lambda _: {"notice": RoundNotice(deadline=date(2026, 12, 24), contact="Eve")},
    "shown": lambda s: {"shown": list(s.statements)[:2]},
}


@pytest.mark.parametrize("name", VARIATIONS)
def test_whatever_else_differs_is_rendered_anew(small: Scheme, name: str) -> None:
    """A copy is of a workbook that has all in common with it but for the texts."""
    options = VARIATIONS[name](small)
    plain = build_alone(small)

    varied = build(small, **options)

    assert varied == build_alone(small, **options)
    assert varied != plain


def test_every_input_of_a_build_is_varied_here() -> None:
    inputs = set(inspect.signature(build_workbook).parameters)

    assert inputs - {"scheme", "response", "identity"} <= set(VARIATIONS)


def test_one_rendering_serves_many(small: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[object] = []
    render = builder.render_blueprint

    def count(blueprint: Any) -> bytes:
        rendered.append(blueprint)
        return render(blueprint)

    monkeypatch.setattr(builder, "render_blueprint", count)
    builder.pack_blueprint.cache_clear()

    for number in range(30):
        build(small, replace(ANN, respondent=f"Person {number}"))

    assert len(rendered) == 1


def test_the_scheme_is_told_by_itself_not_by_its_id(small: Scheme) -> None:
    """One that was edited in a program keeps its id and its digest."""
    edited = replace(small, title="Another title")

    build_alone(small)

    assert b"Another title" in parts_of(build(edited))["docProps/core.xml"]


FORMULA = re.compile(rb"<f>(.*?)</f>")


def test_formulas_are_stored_as_the_library_would(official: Scheme) -> None:
    """None has a newer function, which the library would have to name in another way."""
    stored = {
        unescape(formula.decode("utf-8"))
        for content in parts_of(build(official)).values()
        for formula in FORMULA.findall(content)
    }
    assert len(stored) > 300
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, formula in enumerate(stored):
            sheet.write_formula(row, 0, f"={formula}")
    written = FORMULA.findall(parts_of(buffer.getvalue())["xl/worksheets/sheet1.xml"])

    assert {unescape(formula.decode("utf-8")) for formula in written} == stored


def test_text_that_looks_like_formatted_text_is_text(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """The library takes text from `<r>` to `</r>` for XML; this one would break the file."""
    text = "<r><t>50 % & more</r>"
    filled = response(small, dict.fromkeys(small.statements, 1))
    one = next(iter(filled.answers))
    answers = {**filled.answers, one: filled.answers[one]._replace(evidence=text)}
    path = tmp_path / "w.xlsx"
    path.write_bytes(build(small, response=replace(filled, answers=answers)))

    assert reader.assess(path).response.answers[one].evidence == text


_BUILD = """
import sys
from pathlib import Path
from iml4e_xlsx.model import Profile
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from tests.support.builders import CREATED
scheme = load_scheme("iml4e-mlops")
profile = Profile(organisation="Acme", team="Search", respondent="Ann")
made = build_workbook(scheme, created=CREATED, response=blank_response(scheme, profile=profile))
sys.stdout.buffer.write(made)
"""


def test_two_processes_make_the_same_bytes() -> None:
    """Stand-ins are others in each; none of that is left in a workbook."""
    first, second = (
        subprocess.run([sys.executable, "-c", _BUILD], capture_output=True, check=True).stdout
        for _ in range(2)
    )

    assert len(first) > 50_000
    assert first == second
