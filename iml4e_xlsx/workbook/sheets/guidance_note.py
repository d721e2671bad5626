"""
Writes the note of a statement: what each rating means there, and when it does not apply.

The table has room for one step only, or its rows would be twice as high. Whoever doubts points at
the cell, and reads the others there.
"""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.model import Scheme, Statement
from iml4e_xlsx.text.own_notes import mark_note
from iml4e_xlsx.workbook.canvas import Sheet
from iml4e_xlsx.workbook.cell_prompt import NoteLook
from iml4e_xlsx.workbook.typography import count_lines, line_height
from iml4e_xlsx.workbook.workbook_layout import AreaSheet

_SIZE: Final = 9.0
_WIDTH: Final = 380
_MARGIN: Final = 24
_PIXELS_PER_POINT: Final = 4 / 3
_PIXELS_PER_CHARACTER: Final = 7
_SPARE_LINES: Final = 1
"""Programs break lines at other places than we do, and cut what no longer fits."""


def add_guidance_note(sheet: Sheet, row: int, scheme: Scheme, statement: Statement) -> None:
    """Add the note to the cell of the guidance, if there is more to say than stands in it."""
    lines = scheme.guidance_lines(statement.guidance)
    if lines in ((), (scheme.guidance_line(statement.guidance),)):
        return
    text = mark_note(statement.id, lines)
    characters = (_WIDTH - _MARGIN) / _PIXELS_PER_CHARACTER
    count = count_lines(text, characters, _SIZE, indent=False) + _SPARE_LINES
    height = round(count * line_height(_SIZE) * _PIXELS_PER_POINT) + _MARGIN // 2
    look = NoteLook(width=_WIDTH, height=height, size=_SIZE)
    sheet.add_note(row, AreaSheet.GUIDANCE, text, look)
