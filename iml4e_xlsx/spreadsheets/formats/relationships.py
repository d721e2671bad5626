"""Reads the relationships of a package: which part leads to which, and as what."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import fold_name
from iml4e_xlsx.spreadsheets.xml import keep_readings, local_name, stream_markup


@dataclass(frozen=True, slots=True)
class Relationship:
    """
    A relationship to another part.

    `kind` is the end of its type, which is the same in strict Open XML, in lower case; `target`
    is the folded name of the part.
    """

    kind: str
    target: str


def read_relationships(
    parts: Mapping[str, bytes], part: str, limits: Limits
) -> dict[str, Relationship]:
    """
    Return the relationships of a part by their ids; an empty name stands for the whole package.

    Raises:
        FileRefusal: If they are no XML.
    """
    folder, name = posixpath.split(part)
    content = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    return {} if content is None else dict(_parse_relationships(content, folder, limits))


@keep_readings
def _parse_relationships(content: bytes, folder: str, limits: Limits) -> Mapping[str, Relationship]:
    found: dict[str, Relationship] = {}

    def add(tag: str, attributes: dict[str, str]) -> None:
        # An external target lies outside the file, and nothing outside is ever opened.
        if local_name(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2].lower()
            target = _resolve_target(folder, attributes.get("Target", ""))
            found[attributes.get("Id", "")] = Relationship(kind, target)

    stream_markup(content, limits, add)
    return found


def _resolve_target(folder: str, target: str) -> str:
    """Return the part that a target names, seen from a folder: `../a`, `./a`, `/a`, `a`."""
    return fold_name(posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))))


def sheet_targets(parts: Mapping[str, bytes], workbook: str, limits: Limits) -> dict[str, str]:
    """
    Return the names of the parts that a workbook's part points to, by relationship id.

    Raises:
        FileRefusal: If the part is no XML.
    """
    links = read_relationships(parts, workbook, limits)
    return {key: link.target for key, link in links.items()}
