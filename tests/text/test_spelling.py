"""Names and values: compared, told apart, quoted, shown and stored."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.text.spelling import (
    INVISIBLE_CHARACTERS,
    QUOTED_LENGTH,
    heading_key,
    name_invisible,
    name_key,
    number_duplicates,
    path_text,
    printable_text,
    quote_value,
    storable_text,
    visible_text,
)

ANY_TEXT = st.text(st.characters())  # surrogates and control characters among them


@given(ANY_TEXT)
def test_a_quoted_value_is_one_short_line(value: str) -> None:
    """Whatever a cell holds."""
    quoted = quote_value(value)

    assert len(quoted) <= QUOTED_LENGTH
    assert quoted.isprintable()
    if value.isprintable() and len(value) <= QUOTED_LENGTH:
        assert quoted == value


@given(ANY_TEXT)
def test_printable_text_has_line_breaks_and_no_other_control(text: str) -> None:
    """A file's name never steers the terminal."""
    printable = printable_text(text)

    assert printable.replace("\n", "").isprintable()
    assert len(printable) == len(text)


@given(ANY_TEXT)
def test_storable_text_is_utf_8_without_nul(text: str) -> None:
    """Every database and every file takes it; text that is fine already stays."""
    stored = storable_text(text)

    assert "\0" not in stored.encode("utf-8").decode("utf-8")
    assert storable_text(stored) == stored


def test_a_path_that_is_not_utf_8_can_be_shown() -> None:
    """Its bytes that are no character are replaced."""
    path = Path(b"a-\xff.xlsx".decode("utf-8", "surrogateescape"))

    assert path_text(path) == "a-\ufffd.xlsx"


@given(ANY_TEXT)
def test_names_are_compared_without_case_and_spaces(name: str) -> None:
    """Whichever way they are typed, in whichever form of Unicode."""
    key = name_key(name)

    assert name_key(f"  {name} ") == key
    assert name_key(unicodedata.normalize("NFD", name)) == key
    assert name_key(key) == key


def test_names_of_different_people_differ() -> None:
    """Only case and white space make no difference."""
    assert name_key(" Ann\u00a0 SMITH") == name_key("ann smith")
    assert name_key("Jörg") != name_key("Jorg")


@given(st.lists(st.sampled_from(["a", "b", "a (2)", ""])))
def test_numbered_names_differ_and_begin_alike(names: list[str]) -> None:
    """No two are equal, also where a name looks like a number already."""
    numbered = number_duplicates(names)

    assert len(set(numbered)) == len(names)
    assert all(new.startswith(old) for old, new in zip(names, numbered, strict=True))


@given(st.text(st.characters() | st.sampled_from(INVISIBLE_CHARACTERS)))
def test_visible_text_lacks_only_what_nobody_sees(text: str) -> None:
    """Nothing else changes, and each character that goes is named instead."""
    visible = visible_text(text)

    assert visible == "".join(c for c in text if c not in INVISIBLE_CHARACTERS)
    assert (name_invisible(text) == text) == (visible == text)
    assert visible_text(name_invisible(text)) == name_invisible(text)


def test_nothing_that_has_a_width_is_invisible() -> None:
    """White space, letters and marks over them are seen, or move what stands behind."""
    kinds = {unicodedata.category(c) for c in INVISIBLE_CHARACTERS}

    assert kinds <= {"Cf", "Mn", "Lo", "Cn"}
    assert not any(c.isspace() or c.isalnum() for c in "\u200b\u00ad\ufeff")


def test_headings_are_found_with_what_nobody_sees_in_them() -> None:
    """No case, single spaces."""
    assert heading_key(" Your\u200b  RAT\xading\n") == "your rating"
