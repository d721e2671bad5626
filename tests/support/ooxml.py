"""
Holds a workbook against ISO/IEC 29500 transitional: its parts and the package around them.

`validate` returns complaints, each with the part it is about; no complaint means valid.
`unchecked` names the parts that no schema here covers. What a workbook says to newer programs
alone (ignorable namespaces, alternatives, extensions) is taken out first, as an older one would.
"""

from __future__ import annotations

import functools
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import etree

_XSD = Path(__file__).with_name("xsd")
_CONTENT_TYPES = "[Content_Types].xml"
_RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_XML = "http://www.w3.org/XML/1998/namespace"

_PREFIX = "application/vnd.openxmlformats-officedocument."
_KINDS: dict[str, tuple[str, str]] = {
    _PREFIX + content_type: (relationship, root)
    for content_type, relationship, root in (
        ("spreadsheetml.sheet.main+xml", "officeDocument", f"{{{_SHEET}}}workbook"),
        ("spreadsheetml.worksheet+xml", "worksheet", f"{{{_SHEET}}}worksheet"),
        ("spreadsheetml.chartsheet+xml", "chartsheet", f"{{{_SHEET}}}chartsheet"),
        ("spreadsheetml.styles+xml", "styles", f"{{{_SHEET}}}styleSheet"),
        ("spreadsheetml.sharedStrings+xml", "sharedStrings", f"{{{_SHEET}}}sst"),
        ("spreadsheetml.comments+xml", "comments", f"{{{_SHEET}}}comments"),
        ("spreadsheetml.table+xml", "table", f"{{{_SHEET}}}table"),
        ("spreadsheetml.calcChain+xml", "calcChain", f"{{{_SHEET}}}calcChain"),
        ("spreadsheetml.sheetMetadata+xml", "sheetMetadata", f"{{{_SHEET}}}metadata"),
        ("theme+xml", "theme", f"{{{_DRAWING}/main}}theme"),
        ("drawing+xml", "drawing", f"{{{_DRAWING}/spreadsheetDrawing}}wsDr"),
        ("drawingml.chart+xml", "chart", f"{{{_DRAWING}/chart}}chartSpace"),
        ("drawingml.chartshapes+xml", "chartUserShapes", f"{{{_DRAWING}/chart}}userShapes"),
        (
            "extended-properties+xml",
            "extended-properties",
            f"{{{_OFFICE}/extended-properties}}Properties",
        ),
        (
            "custom-properties+xml",
            "custom-properties",
            f"{{{_OFFICE}/custom-properties}}Properties",
        ),
    )
}
"""Content types with the relationship that leads to such a part, and the part's root element."""

_KINDS["application/vnd.ms-excel.sheet.macroEnabled.main+xml"] = (
    "officeDocument",
    f"{{{_SHEET}}}workbook",
)


class Relationship(NamedTuple):
    """One part's pointer to another, or to something outside the package."""

    id: str
    kind: str
    """The last piece of the relationship's type."""
    target: str
    """The part's name; empty when the target is outside the package or a place in the source."""


@dataclass
class _Package:
    """A workbook's parts by name, their content types, and who points to whom."""

    parts: dict[str, bytes]
    trees: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    relationships: dict[str, list[Relationship]] = field(default_factory=dict)
    """By source; the package itself is the source with the empty name."""

    def content_type(self, name: str) -> str | None:
        """Return a part's content type."""
        extension = name.rpartition(".")[2].lower()
        return self.overrides.get(name.lower(), self.defaults.get(extension))


def validate(path: Path) -> list[str]:
    """Return what is wrong with a workbook, each with the part's name; nothing if it is valid."""
    complaints: list[str] = []
    try:
        package = _opened(path, complaints)
    except zipfile.BadZipFile as error:
        return [f"{path.name}: {error}"]
    complaints += _content_type_complaints(package)
    complaints += _relationship_complaints(package)
    complaints += _reach_complaints(package)
    for name, tree in package.trees.items():
        complaints += [f"{name}: {text}" for text in _part_complaints(package, name, tree)]
    return complaints


def unchecked(path: Path) -> list[str]:
    """Return the names of the parts that no schema here covers."""
    package = _opened(path, [])
    return sorted(package.parts.keys() - package.trees.keys())


def _opened(path: Path, complaints: list[str]) -> _Package:
    """Return a package with the parts parsed that a schema exists for."""
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        doubled = _repeated(entry.filename.lower() for entry in entries)
        complaints += [f"{name}: in the package more than once" for name in doubled]
        package = _Package({entry.filename: archive.read(entry) for entry in entries})
    if _CONTENT_TYPES not in package.parts:
        complaints.append(f"{_CONTENT_TYPES}: missing")
    for name in sorted(package.parts, key=lambda name: (name != _CONTENT_TYPES, name)):
        if name == _CONTENT_TYPES or name.endswith(".rels") or _root(package, name):
            try:
                package.trees[name] = _parsed(package.parts[name])
            except etree.XMLSyntaxError as error:
                complaints.append(f"{name}: {error}")
                continue
        if name == _CONTENT_TYPES:
            _take_content_types(package)
        elif name.endswith(".rels"):
            _take_relationships(package, name)
    return package


def _parsed(data: bytes) -> Any:
    """Return a part's root element; nothing is fetched and no entity resolved."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    return etree.fromstring(data, parser)


def _take_content_types(package: _Package) -> None:
    for entry in package.trees[_CONTENT_TYPES]:
        content_type = entry.get("ContentType", "")
        if entry.get("PartName"):
            package.overrides[entry.get("PartName").lstrip("/").lower()] = content_type
        elif entry.get("Extension"):
            package.defaults[entry.get("Extension").lower()] = content_type


def _take_relationships(package: _Package, name: str) -> None:
    source = _source_of(name)
    package.relationships[source] = [
        Relationship(
            id=entry.get("Id", ""),
            kind=entry.get("Type", "").rpartition("/")[2],
            target=_target_of(source, entry),
        )
        for entry in package.trees[name]
    ]


def _source_of(name: str) -> str:
    """Return the part that a relationships part belongs to: `a/_rels/b.xml.rels` to `a/b.xml`."""
    folder, file = posixpath.split(name)
    return posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))


def _target_of(source: str, entry: Any) -> str:
    target = unquote(entry.get("Target", ""))
    if entry.get("TargetMode") == "External" or target.startswith("#"):
        return ""
    folder = "/" + posixpath.dirname(source)
    return posixpath.normpath(posixpath.join(folder, target)).lstrip("/")


def _root(package: _Package, name: str) -> str | None:
    """Return the root element that a part's content type asks for; none without a schema."""
    kind = _KINDS.get(package.content_type(name) or "")
    return kind[1] if kind else None


def _content_type_complaints(package: _Package) -> Iterator[str]:
    tree = package.trees.get(_CONTENT_TYPES)
    if tree is None:
        return
    entries = [(entry.get("PartName"), entry.get("Extension")) for entry in tree]
    for entry in _repeated(entries):
        yield f"{_CONTENT_TYPES}: {entry[0] or entry[1]} has more than one content type"
    there = {name.lower() for name in package.parts}
    for name in package.overrides.keys() - there:
        yield f"{_CONTENT_TYPES}: names {name}, which is missing"
    for name in package.parts.keys() - {_CONTENT_TYPES}:
        content_type = package.content_type(name)
        if content_type is None:
            yield f"{name}: has no content type"
        elif name.endswith(".rels") and content_type != _RELATIONSHIPS_TYPE:
            yield f"{name}: has the content type {content_type}"


def _relationship_complaints(package: _Package) -> Iterator[str]:
    for source, found in package.relationships.items():
        where = f"relationships of {source or 'the package'}"
        if source and source not in package.parts:
            yield f"{where}: the part itself is missing"
        for identity in _repeated(one.id for one in found):
            yield f"{where}: id {identity} is not unique"
        for one in found:
            if one.target and one.target not in package.parts:
                yield f"{where}: {one.id} leads to {one.target}, which is missing"
            elif one.target and not _fits(package, one):
                content_type = package.content_type(one.target)
                yield f"{where}: {one.id} ({one.kind}) leads to {one.target}, a {content_type}"
    main = [one for one in package.relationships.get("", []) if one.kind == "officeDocument"]
    if len(main) != 1:
        yield f"relationships of the package: {len(main)} lead to a workbook"


def _fits(package: _Package, one: Relationship) -> bool:
    """Return whether a relationship's type and its target's content type belong together."""
    wanted = {content_type for content_type, (kind, _) in _KINDS.items() if kind == one.kind}
    content_type = package.content_type(one.target)
    return content_type in wanted if wanted else content_type not in _KINDS


def _reach_complaints(package: _Package) -> Iterator[str]:
    """Complain of parts that no chain of relationships leads to."""
    reached: set[str] = set()
    waiting = [""]
    while waiting:
        for one in package.relationships.get(waiting.pop(), []):
            if one.target and one.target not in reached:
                reached.add(one.target)
                waiting.append(one.target)
    for name in package.parts.keys() - reached:
        if name != _CONTENT_TYPES and not name.endswith(".rels"):
            yield f"{name}: no relationship leads to it"


def _part_complaints(package: _Package, name: str, tree: Any) -> Iterator[str]:
    wanted = _root(package, name)
    if wanted and tree.tag != wanted:
        yield f"begins with {_short(tree.tag)} instead of {_short(wanted)}"
    if tree.getroottree().docinfo.doctype:
        yield "has a document type declaration"
    yield from _reference_complaints(package, name, tree)
    yield from _identity_complaints(tree)
    plain = _plain(tree)
    schema = _schema()
    if not schema.validate(plain):
        for error in schema.error_log:
            yield f"line {error.line}: {_short(error.message)}"


def _reference_complaints(package: _Package, name: str, tree: Any) -> Iterator[str]:
    """Complain of ids of relationships that the part has not got."""
    there = {one.id for one in package.relationships.get(name, [])}
    for element in tree.iter(etree.Element):
        for attribute, value in element.attrib.items():
            if attribute.startswith(f"{{{_OFFICE}/relationships}}") and value not in {*there, ""}:
                yield f"line {element.sourceline}: there is no relationship {value}"


def _identity_complaints(tree: Any) -> Iterator[str]:
    """Complain of ids and names that must be unique in their part, which no schema here says."""
    sheets = tree.findall(f"{{{_SHEET}}}sheets/{{{_SHEET}}}sheet")
    names = tree.findall(f"{{{_SHEET}}}definedNames/{{{_SHEET}}}definedName")
    shapes = tree.iter(f"{{{_DRAWING}/spreadsheetDrawing}}cNvPr")
    unique: dict[str, Iterable[Hashable]] = {
        "sheet name": [sheet.get("name", "").lower() for sheet in sheets],
        "sheet id": [sheet.get("sheetId") for sheet in sheets],
        "sheet relationship": [sheet.get(f"{{{_OFFICE}/relationships}}id") for sheet in sheets],
        "defined name": [(one.get("name", "").lower(), one.get("localSheetId")) for one in names],
        "shape id": [shape.get("id") for shape in shapes],
    }
    for what, values in unique.items():
        for value in _repeated(values):
            yield f"{what} {value} is not unique"


def _repeated(values: Iterable[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def _plain(tree: Any) -> Any:
    """Return a copy as a program sees it that knows the standard's namespaces alone."""
    copy = etree.fromstring(etree.tostring(tree))
    lines = zip(copy.iter(etree.Element), tree.iter(etree.Element), strict=True)
    for element, original in lines:
        element.sourceline = original.sourceline
    _drop_ignorable(copy)
    _choose_alternatives(copy)
    for extension in list(copy.iter("{*}ext")):
        parent = extension.getparent()
        is_extension = parent is not None and etree.QName(parent).localname == "extLst"
        if is_extension and all(_namespace(child) not in _known() for child in extension):
            parent.remove(extension)
    for text in copy.iter(f"{{{_SHEET}}}t"):
        text.attrib.pop(f"{{{_XML}}}space", None)
    return copy


def _drop_ignorable(tree: Any) -> None:
    """Remove elements and attributes of the namespaces that the part calls ignorable."""
    ignorable: set[str] = set()
    for element in tree.iter(etree.Element):
        listed = element.attrib.pop(f"{{{_COMPATIBILITY}}}Ignorable", "").split()
        ignorable |= {element.nsmap[prefix] for prefix in listed if prefix in element.nsmap}
    ignorable -= _known()
    for element in list(tree.iter(etree.Element)):
        for attribute in list(element.attrib):
            if etree.QName(attribute).namespace in ignorable:
                del element.attrib[attribute]
        if _namespace(element) in ignorable and element.getparent() is not None:
            element.getparent().remove(element)


def _choose_alternatives(tree: Any) -> None:
    """Replace each AlternateContent by its first choice that is understood, or its fallback."""
    for alternate in list(tree.iter(f"{{{_COMPATIBILITY}}}AlternateContent")):
        parent = alternate.getparent()
        chosen = next((option for option in alternate if _understood(option)), ())
        place = parent.index(alternate)
        parent[place : place + 1] = list(chosen)


def _understood(option: Any) -> bool:
    if etree.QName(option).localname == "Fallback":
        return True
    required = option.get("Requires", "").split()
    return all(option.nsmap.get(prefix) in _known() for prefix in required)


def _namespace(element: Any) -> str | None:
    namespace: str | None = etree.QName(element).namespace
    return namespace


@functools.cache
def _known() -> frozenset[str]:
    """Return the namespaces that the schemas define."""
    roots = (etree.parse(path).getroot() for path in _XSD.glob("*.xsd"))
    return frozenset(root.get("targetNamespace") for root in roots)


@functools.cache
def _schema() -> Any:
    """Return one schema of all namespaces, read from the folder alone."""
    imports = "".join(
        f'<xsd:import namespace="{etree.parse(path).getroot().get("targetNamespace")}"'
        f' schemaLocation="{path.name}"/>'
        for path in sorted(_XSD.glob("*.xsd"))
    )
    text = f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">{imports}</xsd:schema>'
    base = (_XSD / "all.xsd").as_uri()
    return etree.XMLSchema(etree.fromstring(text, etree.XMLParser(no_network=True), base_url=base))


def _short(message: str) -> str:
    """Return a message without the long names of namespaces."""
    return re.sub(r"\{[^}]*/([^}/]+)(?:/main)?\}", r"\1:", message)
