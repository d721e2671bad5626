"""Says how long a text of a template may become, and that one would become longer."""

from __future__ import annotations

from typing import Final

MOST_CHARACTERS: Final = 1_000_000
"""No mail has more; a text that wants more is a mistake, or made to use up the memory."""


class TextSizeError(Exception):
    """A template makes a text that is longer than any that is meant."""
