"""Validates a workbook against the ISO/IEC 29500 transitional schemas and the package rules."""

from __future__ import annotations

import posixpath
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

_SCHEMAS = Path(__file__).with_name("xsd")
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_SCHEMA_OF = (
    ("[Content_Types].xml", "opc-contentTypes.xsd"),
    ("*.rels", "opc-relationships.xsd"),
    ("docProps/app.xml", "shared-documentPropertiesExtended.xsd"),
    ("docProps/custom.xml", "shared-documentPropertiesCustom.xsd"),
    ("xl/theme/*", "dml-main.xsd"),
    ("xl/charts/chart*", "dml-chart.xsd"),
    ("xl/drawings/drawing*", "dml-spreadsheetDrawing.xsd"),
    ("xl/*.xml", "sml.xsd"),
)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def validate(path: Path) -> list[str]:
    """Return every complaint about a workbook, each with the part's name; empty if it is valid."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    complaints = []
    for name, content in parts.items():
        schema = schema_of(name)
        if schema is not None:
            complaints += [f"{name}: {text}" for text in _complaints(content, schema)]
    return complaints + _package(parts)


def schema_of(name: str) -> str | None:
    """Return the schema of a part; None for the few that none is at hand for."""
    from fnmatch import fnmatchcase

    if name == "docProps/core.xml":  # its schema imports another from the network
        return None
    for pattern, schema in _SCHEMA_OF:
        if name == pattern or fnmatchcase(name, pattern):
            return schema
    return None


@lru_cache(maxsize=16)
def _schema(name: str) -> Any:
    parser = etree.XMLParser(no_network=True)
    return etree.XMLSchema(etree.parse(str(_SCHEMAS / name), parser))


def _complaints(content: bytes, schema: str) -> list[str]:
    root = etree.fromstring(content, etree.XMLParser(no_network=True, resolve_entities=False))
    for element in root.iter("{*}t"):  # Excel writes xml:space, which the schema lacks
        element.attrib.pop(_SPACE, None)
    for element in list(root.iter("{*}extLst")):
        element.getparent().remove(element)
    for attribute in [a for a in root.attrib if a.endswith("}Ignorable")]:
        del root.attrib[attribute]
    validator = _schema(schema)
    if validator.validate(root):
        return []
    return [f"line {error.line}: {error.message}" for error in validator.error_log]


def _package(parts: dict[str, bytes]) -> list[str]:
    """Return what breaks the rules of the package: types, relationships, parts out of reach."""
    complaints = []
    types = etree.fromstring(parts["[Content_Types].xml"])
    overrides = {e.get("PartName", "").lstrip("/") for e in types.iterfind("{*}Override")}
    defaults = {e.get("Extension") for e in types.iterfind("{*}Default")}
    reached = {"[Content_Types].xml"}
    for name, content in parts.items():
        if name not in overrides and name.rsplit(".", 1)[-1] not in defaults:
            complaints.append(f"{name}: no content type")
        if name.endswith(".rels"):
            reached.add(name)
            targets, found = _targets(name, content)
            reached |= targets
            complaints += found
            complaints += [f"{name}: {t} is not there" for t in sorted(targets - parts.keys())]
    complaints += [f"{name}: not in the package" for name in sorted(overrides - parts.keys())]
    return complaints + [f"{name}: out of reach" for name in sorted(parts.keys() - reached)]


def _targets(name: str, content: bytes) -> tuple[set[str], list[str]]:
    folder = posixpath.dirname(posixpath.dirname(name))
    targets: set[str] = set()
    ids: list[str | None] = []
    for link in etree.fromstring(content).iterfind(f"{{{_RELATIONSHIPS}}}Relationship"):
        ids.append(link.get("Id"))
        if link.get("TargetMode") != "External":
            target = link.get("Target", "")
            joined = target if target.startswith("/") else posixpath.join(folder, target)
            targets.add(posixpath.normpath(joined).lstrip("/"))
    doubled = len(set(ids)) < len(ids)
    return targets, [f"{name}: an id is given twice"] if doubled else []
