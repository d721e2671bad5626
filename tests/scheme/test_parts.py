"""Parts of a scheme, which one person is asked for, and the roles that hand them out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.forms import (
    base_of,
    carry_form,
    detach_part,
    find_form,
    is_part,
    join_forms,
    select_form,
    select_part,
)
from iml4e_xlsx.scheme.part_names import name_part
from tests.support.builders import regular_table, scheme_fields, write_scheme

OFFICIAL = load_scheme()


def fields_with(**entries: object) -> dict[str, Any]:
    return scheme_fields(regular_table(["AA", "OF", "CC"], 4, 3)) | entries


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    short = ["AA-01", "AA-02", "OF-05", "CC-01", "CC-02"]
    return load_scheme(write_scheme(tmp_path / "s", fields_with(forms={"short": short})))


@given(st.sets(st.sampled_from(sorted(OFFICIAL.statements)), min_size=1), st.booleans())
def test_a_part_is_found_by_its_name(ids: set[str], of_form: bool) -> None:  # noqa: FBT001
    """Whatever it holds; the name says it, and no list of parts is needed."""
    base = select_form(OFFICIAL, "short") if of_form else OFFICIAL
    asked = ids & base.statements.keys()
    if not asked:
        return
    part = select_part(base, asked)
    found = find_form(load_scheme(), part.form)

    assert set(part.statements) == asked
    assert found is part
    assert base_of(part) is base
    assert is_part(part) == (part is not base)
    alone = detach_part(part)
    assert base_of(alone) is alone
    assert list(alone.statements) == list(part.statements)
    assert is_part(alone) == is_part(part)


def test_names_say_what_is_asked(scheme: Scheme) -> None:
    """Areas by code, statements by number, runs as one; all of it has the name of the whole."""
    short = select_form(scheme, "short")
    some = {"AA-01", "AA-02", "AA-03", "AA-05"} | {id_ for id_ in scheme.statements if "CC" in id_}

    assert name_part(scheme, some) == "part-aa-01to03-05-cc"
    assert name_part(short, {"AA-01", "AA-02", "OF-05"}) == "part-aa-of-of-short"
    assert name_part(scheme, scheme.statements) == ""
    assert name_part(short, short.statements) == "short"
    with pytest.raises(ValueError, match="part"):
        name_part(scheme, {"ZZ-01"})


@pytest.mark.parametrize(
    "name", ["part", "part-", "part-zz", "part-aa-99", "part-aa-01to99", "part-01", "part-aa-of-x"]
)
def test_what_names_no_part_is_the_whole(scheme: Scheme, name: str) -> None:
    """The reader tells what the workbook lacks then, and no answer is lost."""
    assert find_form(scheme, name) is scheme
    with pytest.raises(SchemeError):
        select_form(scheme, name)


def test_parts_of_a_team_make_the_whole(scheme: Scheme) -> None:
    """Or the form that they are parts of."""
    short = select_form(scheme, "short")
    of_short = select_part(short, {"AA-01"})
    one, two = (find_form(scheme, name) for name in ("part-aa", "part-cc-01"))

    assert join_forms([one, two]) is scheme
    assert join_forms([one]) is scheme
    assert join_forms([of_short]) is short
    assert join_forms([of_short, short]) is short
    assert join_forms([of_short, one]) is scheme


def test_a_part_is_carried_to_another_version(scheme: Scheme, tmp_path: Path) -> None:
    """A whole area stays whole, with what is new in it; single statements stay the same ones."""
    newer = load_scheme(
        write_scheme(
            tmp_path / "n",
            scheme_fields(regular_table(["AA", "OF", "CC"], 4, 4)) | {"version": "1.1.0"},
        )
    )
    part = find_form(scheme, "part-aa-cc-01to03")

    assert carry_form(part, newer).form == "part-aa-cc-01to03"
    assert len(carry_form(part, newer).statements) == 16 + 3
    assert carry_form(scheme, newer) is newer


def test_no_form_is_called_like_a_part(tmp_path: Path) -> None:
    forms = {"part-aa": ["AA-01", "OF-01", "CC-01"]}

    with pytest.raises(SchemeError, match='does not begin with "part"'):
        load_scheme(write_scheme(tmp_path / "s", fields_with(forms=forms)))


def test_roles_have_areas_in_the_order_of_the_scheme(tmp_path: Path) -> None:
    fields = fields_with(roles={"ml-engineer": ["CC", "AA"], "lawyer": ["OF"]})

    scheme = load_scheme(write_scheme(tmp_path / "s", fields))
    assert scheme.roles == {"ml-engineer": ("AA", "CC"), "lawyer": ("OF",)}


@pytest.mark.parametrize(
    ("roles", "code", "found"),
    [
        ({"engineer": ["AB"]}, "scheme-unknown-key", "AB"),
        ({"engineer": ["AA", "AA"]}, "scheme-duplicate", "AA"),
        ({"engineer": []}, "scheme-out-of-range", "engineer"),
        ({"ML engineer": ["AA"]}, "scheme-wrong-type", "ML engineer"),
        ({"engineer": "AA"}, "scheme-wrong-type", "AA"),
    ],
)
def test_mistakes_in_roles_are_named(tmp_path: Path, roles: object, code: str, found: str) -> None:
    with pytest.raises(SchemeError) as raised:
        load_scheme(write_scheme(tmp_path / "s", fields_with(roles=roles)))

    finding = next(one for one in raised.value.findings if one.code == code)
    assert found in finding.message
    assert finding.place.line
