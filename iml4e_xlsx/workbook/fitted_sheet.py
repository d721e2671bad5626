"""Extends the library's sheet by rows with a height that programs change."""

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
