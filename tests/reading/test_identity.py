"""References of workbooks in texts."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.reading.identity import find_references
from iml4e_xlsx.spreadsheets.grid import Grid

PLAIN = re.compile(
    r"([a-z0-9]+(?:-[a-z0-9]+)*)/(\d+\.\d+\.\d+)/([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/([0-9A-Z]{10})\b"
)
"""What a reference looks like; the reader finds the same, looking for the version first."""

PIECES = st.sampled_from(
    [
        "iml4e-mlops",
        "a",
        "--b",
        "-",
        "/",
        "1.0.0",
        "12.3.4",
        "en",
        "pt-BR",
        "de-",
        "ABCDEF0123",
        "ABCDEF012",
        "x.y",
        "<v>",
        "é",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("see iml4e-mlops/1.0.0/en/ABCDEF0123 and a/2.0.0/pt-BR/0123456789.")
@example("a--b/1.0.0/en/ABCDEF0123")
def test_a_reference_is_found_wherever_it_stands_in_a_text(text: str) -> None:
    """Looking for the version first misses none and invents none."""
    text = f"{text} ///"  # a text with fewer slashes is not looked at
    references = find_references(Grid(name="A", rows={0: {0: text}}))

    assert [
        (reference.scheme, reference.version, reference.language, reference.workbook_id)
        for reference in references
    ] == PLAIN.findall(text)
