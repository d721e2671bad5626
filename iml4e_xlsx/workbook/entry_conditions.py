"""Writes the conditions under which an entry is marked at once, as formulas."""

from __future__ import annotations

from iml4e_xlsx.workbook.cells import Cell

_FIRST_DAY, _LAST_DAY = 36526, 73050
"""The first and the last day of this century, as spreadsheets count days."""


def doubtful_date(cell: Cell) -> str:
    """
    Return the condition that what stands in a cell is no date, or may be read as two.

    A text may be one: `27.11.2026` is a date to some programs and a text to others.
    """
    place = cell.a1
    text = f"TRIM({place})"
    digits = f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text},"-",""),".","")," ","")'
    dashes, dots = (f'LEN({text})-LEN(SUBSTITUTE({text},"{mark}",""))' for mark in "-.")
    year_first = f'AND({dashes}=2,MID({text},5,1)="-")'
    before_year = f'SUBSTITUTE(LEFT(RIGHT({text},5),1)," ",".")'
    day_first = f'AND({dots}=2,LEN({text})>7,{before_year}=".")'
    is_text_date = f"AND(ISNUMBER(VALUE({digits})),OR({year_first},{day_first}))"
    in_century = f"AND({place}>={_FIRST_DAY},{place}<={_LAST_DAY})"
    return f'=AND({text}<>"",NOT(IF(ISNUMBER({place}),{in_century},{is_text_date})))'
