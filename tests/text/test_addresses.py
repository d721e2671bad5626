"""Spellings of one mail address, and what is no address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.text.addresses import address_key


@pytest.mark.parametrize(
    "spelling",
    [
        "ann@xn--mller-kva.example",
        "Ann@Müller.example",
        "ANN@MÜLLER.EXAMPLE",
        " ann@mu\u0308ller.example\n",  # the umlaut as two characters
        "ann@müller\u3002example",  # a full stop that people in Japan type
    ],
)
def test_spellings_of_one_address(spelling: str) -> None:
    """Case, and how the domain is written, make no difference."""
    assert address_key(spelling) == "ann@xn--mller-kva.example"


def test_domains_that_only_look_alike_differ() -> None:
    """A sharp s is a letter of its own since IDNA 2008."""
    assert address_key("ann@straße.example") == "ann@xn--strae-oqa.example"
    assert address_key("ann@strasse.example") == "ann@strasse.example"


@given(st.text(max_size=60))
def test_anything_has_a_key_and_the_key_is_its_own(text: str) -> None:
    """Whatever stands there: no exception, and nothing changes the second time."""
    key = address_key(text)

    assert address_key(key) == key
