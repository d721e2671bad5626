"""Finds the part of a package that holds a sheet, by the workbook's relationships."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.xml import parse_part


def sheet_targets(parts: Mapping[str, bytes], workbook: str, limits: Limits) -> dict[str, str]:
    """
    Return the names of the parts that a workbook's part points to, by relationship id.

    Raises:
        FileRefusal: If the part is no XML.
    """
    folder, name = posixpath.split(workbook)
    content = parts.get(f"{folder}/_rels/{name}.rels")
    if content is None:
        return {}
    # An external target lies outside the file, and nothing outside is ever opened.
    return {
        link.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, link.get("Target", "")))[
            1:
        ]
        for link in parse_part(content, limits)
        if link.get("TargetMode") != "External"
    }
