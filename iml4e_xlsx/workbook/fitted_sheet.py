"""Extends the library's sheet: heights that programs change, formulas and texts as they are."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet


class FittedSheet(Worksheet):  # type: ignore[misc]
    """A sheet of the library; it fixes the height of each row that it is given but of these."""

    def __init__(self) -> None:
        super().__init__()
        self.fitted_rows: set[int] = set()

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = None) -> None:
        """Leave out that the height is fixed."""
        if tag == "row" and dict(attributes)["r"] - 1 in self.fitted_rows:
            attributes = [one for one in attributes if one[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002
        """
        Return a formula as it is stored, without the sign in front.

        The library searches each for thirty kinds of newer functions, to name them as older
        programs do; that is half of what a workbook takes. Ours have none, so that all versions
        of all programs compute them.
        """
        return formula.removeprefix("=")

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        """Write text as text; one that begins so would be taken for XML of formatted text."""
        if not string.startswith("<r>"):
            return int(super()._write_string(row, col, string, cell_format))
        pieces = (string[0], cell_format, string[1:])
        return int(self._write_rich_string(row, col, *pieces, cell_format))
