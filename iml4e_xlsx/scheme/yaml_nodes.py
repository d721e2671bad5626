"""
Reads YAML by its nodes, so that every complaint has a line and nothing is coerced.

After `yaml.safe_load` a `No` is False, `1.10` is 1.1, a repeated key silently wins and the line
is lost; a scheme's author would see each of these as nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import yaml

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.text.spelling import path_text

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}")
_DECIMAL = re.compile(r"\d{1,3}(\.\d{1,9})?")


@dataclass
class Complaints:
    """Collects what is wrong, so that all of it is said in one run."""

    make: FindingCatalogue
    found: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Keep one finding."""
        self.found.append(finding)


def compose(path: Path, complaints: Complaints) -> yaml.Node | None:
    """Return the root node of a file, or None with a finding for what cannot be read."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except FileNotFoundError:
        at = Place(source=str(path.parent))
        complaints.add(complaints.make.scheme_missing_file(at, path.name))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        at = Place(source=path_text(path), line=line)
        complaints.add(complaints.make.scheme_syntax(at, error.problem or "not YAML"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        complaints.add(complaints.make.scheme_syntax(Place(source=path_text(path)), str(error)))
    else:
        if root is not None:
            return root
        complaints.add(complaints.make.scheme_syntax(Place(source=path_text(path)), "empty file"))
    return None


class Fields:
    """One YAML mapping: typed access to its fields, and a finding for each that is not right."""

    def __init__(
        self, node: yaml.Node | None, path: Path, where: str, complaints: Complaints
    ) -> None:
        self.path = path
        self.where = where
        self.complaints = complaints
        self._asked: dict[str, None] = {}
        self._nodes: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        self.line = 1 if node is None else node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            self._index(node)
        elif node is not None:
            self._wrong_type(where, node, "a mapping of fields")

    def _index(self, node: yaml.MappingNode) -> None:
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in self._nodes:
                make = self.complaints.make
                self.complaints.add(make.scheme_duplicate(self.at(key), "field", name))
            self._nodes[name] = value
            self._keys[name] = key

    def at(self, node: yaml.Node | None = None) -> Place:
        """Return the place of a node, or of this mapping."""
        line = self.line if node is None else node.start_mark.line + 1
        return Place(source=path_text(self.path), line=line)

    def place_of(self, name: str) -> Place:
        """Return the place of a field, or of this mapping where the field is missing."""
        return self.at(self._nodes.get(name))

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields, in the file's order; all count as asked for."""
        self._asked.update(dict.fromkeys(self._nodes))
        return tuple(self._nodes)

    def raw(self, name: str) -> str:
        """Return a field's single value as written, without any check; empty if there is none."""
        node = self._nodes.get(name)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def node(self, name: str, *, required: bool = True) -> yaml.Node | None:
        """Return a field's node; a finding if it is required and missing."""
        self._asked[name] = None
        found = self._nodes.get(name)
        if found is None and required:
            make = self.complaints.make
            self.complaints.add(make.scheme_missing_field(self.at(), name, self.where))
        return found

    def text(self, name: str, *, required: bool = True, limit: int = 2000) -> str:
        """Return a field's text, as written; findings for an empty or over-long one."""
        return self._text(self.node(name, required=required), name, limit)

    def _text(self, node: yaml.Node | None, name: str, limit: int) -> str:
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self._wrong_type(name, node, "a text")
            return ""
        text = str(node.value).strip()
        make = self.complaints.make
        if not text:
            self.complaints.add(make.scheme_empty_text(self.at(node), self._named(name)))
        if len(text) > limit:
            self.complaints.add(
                make.scheme_text_too_long(self.at(node), self._named(name), len(text), limit)
            )
        return text

    def matching(self, name: str, pattern: str, wanted: str) -> str:
        """Return a field's text if it has the wanted form; else a finding and the text."""
        text = self.text(name)
        if text and not re.fullmatch(pattern, text):
            make = self.complaints.make
            self.complaints.add(
                make.scheme_wrong_type(self.place_of(name), self._named(name), text, wanted)
            )
        return text

    def number(self, name: str) -> int | None:
        """Return a field's whole number, or None with a finding."""
        node = self.node(name)
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and _WHOLE_NUMBER.fullmatch(node.value):
            return int(node.value)
        self._wrong_type(name, node, "a whole number")
        return None

    def fraction(self, name: str) -> Fraction | None:
        """Return a field's decimal number in 0..1, exactly as written, or None with a finding."""
        value = self.decimal(name)
        if value is None or value < 1:
            return value
        self._wrong_type(name, self._nodes[name], "a number from 0 to below 1, such as 0.85")
        return None

    def decimal(self, name: str) -> Fraction | None:
        """Return a field's number, 0 or more, exactly as written, or None with a finding."""
        node = self.node(name)
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and _DECIMAL.fullmatch(node.value):
            return Fraction(node.value)
        self._wrong_type(name, node, "a number such as 0.85")
        return None

    def flag(self, name: str) -> bool:
        """Return a field that is `true` or `false`."""
        node = self.node(name)
        if isinstance(node, yaml.ScalarNode) and node.value in ("true", "false"):
            return str(node.value) == "true"
        if node is not None:
            self._wrong_type(name, node, "true or false")
        return False

    def texts(self, name: str, *, limit: int = 2000) -> tuple[str, ...]:
        """Return a field's list of texts."""
        node = self.node(name)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._text(item, name, limit) for item in node.value)
        if node is not None:
            self._wrong_type(name, node, "a list of texts")
        return ()

    def items(self, name: str) -> Iterator[yaml.Node]:
        """Yield the nodes of a field's list."""
        node = self.node(name)
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        elif node is not None:
            self._wrong_type(name, node, "a list")

    def mapping(self, name: str, *, required: bool = True) -> Fields:
        """Return a field's mapping; an empty one where it is missing."""
        node = self.node(name, required=required)
        return Fields(node, self.path, self._named(name), self.complaints)

    def done(self) -> None:
        """Report the fields that nobody asked for."""
        for name, key in self._keys.items():
            if name not in self._asked:
                known = ", ".join(self._asked)
                make = self.complaints.make
                self.complaints.add(make.scheme_unknown_field(self.at(key), name, known))

    def _named(self, name: str) -> str:
        return f"{self.where}, {name}" if self.where and name != self.where else name

    def _wrong_type(self, name: str, node: yaml.Node, wanted: str) -> None:
        found = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
        if isinstance(node, yaml.ScalarNode):
            found = node.value
        make = self.complaints.make
        self.complaints.add(
            make.scheme_wrong_type(self.at(node), self._named(name), str(found), wanted)
        )


def flattened(root: Fields) -> dict[str, tuple[str | tuple[str, ...], Place]]:
    """Return every text below a mapping by its dotted path, with its place; lists as tuples."""
    flat: dict[str, tuple[str | tuple[str, ...], Place]] = {}

    def walk(fields: Fields, prefix: str) -> None:
        for name in fields.names():
            node = fields.node(name)
            key = f"{prefix}{name}"
            if isinstance(node, yaml.MappingNode):
                walk(fields.mapping(name), f"{key}.")
            elif isinstance(node, yaml.SequenceNode):
                flat[key] = (fields.texts(name), fields.at(node))
            else:
                flat[key] = (fields.text(name), fields.at(node))

    walk(root, "")
    return flat
