"""The table of profile fields, from which layout, roster and results take them."""

from __future__ import annotations

from dataclasses import fields

from iml4e_xlsx.model import PROFILE_FIELDS, PROFILE_NAMES, Profile
from iml4e_xlsx.text.interface_texts import load_texts


def test_a_profile_has_the_fields_of_the_table() -> None:
    """The table lists the attributes of a profile, in their order."""
    assert tuple(field.name for field in fields(Profile)) == PROFILE_NAMES


def test_every_field_has_its_words() -> None:
    """Each field has a label and a prompt in the interface texts."""
    texts = load_texts()

    for name in PROFILE_NAMES:
        assert f"profile.{name}" in texts
        assert f"prompt.{name}" in texts


def test_no_two_fields_share_a_heading() -> None:
    """A heading of a roster names one field."""
    headings = [heading for field in PROFILE_FIELDS for heading in field.headings]

    assert len(set(headings)) == len(headings) > 0
