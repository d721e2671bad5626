"""Defines what is said beside a cell, and about a value that it does not take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iml4e_xlsx.workbook.colours import PANEL
from iml4e_xlsx.workbook.styles import FONT

INLINE_LIST_LIMIT = 255
PROMPT_LIMIT = 255
PROMPT_TITLE_LIMIT = 32

_NOTE_AUTHOR = "iml4e"
"""Gnumeric keeps no notes of nobody's in a form that others read."""

_NOTE_WIDTH, _NOTE_LINE, _NOTE_CHARACTERS, _NOTE_SIZE = 300, 15, 45, 9
"""
The width of a note and the height of its lines in pixels, the characters of a line, and the size
of its font in points.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """
    The message beside a selected input cell, and the alert for a value that it does not take.

    An alert that does not refuse is a warning: the program asks, and takes a confirmed value.
    Without an alert it takes every value in silence; a list is then a choice of suggestions.
    """

    title: str = ""
    message: str = ""
    alert_title: str = ""
    alert: str = ""
    refuses: bool = True

    def rule_options(self) -> dict[str, object]:
        """Return the prompt as options of the library, cut to the lengths that Excel takes."""
        return {
            "input_title": shorten_text(self.title, PROMPT_TITLE_LIMIT),
            "input_message": shorten_text(self.message, PROMPT_LIMIT),
            "error_title": shorten_text(self.alert_title, PROMPT_TITLE_LIMIT),
            "error_message": shorten_text(self.alert, PROMPT_LIMIT),
            "error_type": "stop" if self.refuses else "warning",
            "show_input": bool(self.message),
            "show_error": bool(self.alert),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLook:
    """The size of a note in pixels, and of its font in points."""

    width: int
    height: int
    size: float

    def note_options(self) -> dict[str, object]:
        """Return the look as options of the library."""
        return {
            "author": _NOTE_AUTHOR,
            "width": self.width,
            "height": self.height,
            "font_name": FONT,
            "font_size": self.size,
            "color": PANEL,
        }


def fit_note(text: str) -> NoteLook:
    """Return the size that shows a remark of any length as a whole."""
    rows = len(text) // _NOTE_CHARACTERS + text.count("\n") + 2
    return NoteLook(width=_NOTE_WIDTH, height=rows * _NOTE_LINE, size=_NOTE_SIZE)


def shorten_text(text: str, limit: int) -> str:
    """Return a text cut at a word to a limit, with an ellipsis to show it."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0] + "…"


def fits_inline(choices: Sequence[str]) -> bool:
    """Return whether a validation holds the list itself: as a quoted text, trimmed at commas."""
    plain = not any("," in c or '"' in c or c != c.strip() for c in choices)
    return plain and len(",".join(choices)) <= INLINE_LIST_LIMIT
