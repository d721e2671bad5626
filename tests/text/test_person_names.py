"""Names of people as people spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.text.person_names import may_be_same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yıldız Kaya", "Yildiz Kaya"),
        ("Łukasz Wiśniewski", "LUKASZ WISNIEWSKI"),
        ("Jörg Müller", "Joerg Mueller"),
        ("Jörg Müller", "Jorg Muller"),
        ("Günther Maaß", "Guenther Maass"),
        ("Kaya, Yıldız", "Yıldız Kaya"),
        ("Dr. Ann Example", "Ann Example"),
        ("Ann", "Ann Example"),
        ("Søren Ølgaard", "Soren Olgaard"),
        ("Анна Иванова", "Иванова Анна"),
        ("Zoe\u0308 Brandt", "Zoë Brandt"),
    ],
)
def test_spellings_of_a_name(one: str, other: str) -> None:
    assert may_be_same_name(one, other)
    assert may_be_same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Werner Groß", "Bernd Groß"),
        ("Ann Example", "Anna Example"),
        ("", "Ann"),
        ("...", "Ann"),
        ("", ""),
        ("Анна", "Иван"),
    ],
)
def test_names_of_two_people(one: str, other: str) -> None:
    assert not may_be_same_name(one, other)


@given(st.text(), st.text())
def test_it_does_not_matter_which_comes_first(one: str, other: str) -> None:
    assert may_be_same_name(one, other) == may_be_same_name(other, one)
