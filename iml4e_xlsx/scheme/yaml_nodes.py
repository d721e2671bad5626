"""
Reads YAML by its nodes: every finding has a line, and no value is coerced.

After `yaml.safe_load` a `No` is False, `1.10` is 1.1, a repeated key silently wins and the line
is lost; a scheme's author would see each of these as nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

import yaml

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.text.message import Message, TextValue, message
from iml4e_xlsx.text.spelling import path_text, quote_value

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOTH = 2
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}")
_DECIMAL = re.compile(r"\d{1,3}(\.\d{1,9})?")

SUFFIX: Final = ".yaml"
"""All files of a scheme end with it: they make its digest."""

TEXT: Final = message("scheme_form.text")
LIST: Final = message("scheme_form.list")
TEXT_LIST: Final = message("scheme_form.text-list")
_MAPPING: Final = message("scheme_form.mapping")
_FIELD: Final = message("scheme_part.field")
_PART: Final = message("scheme_part.part")
_DOCUMENT: Final = message("scheme_part.document")


@dataclass
class FindingCollector:
    """Collects findings, so that one run reports all of them."""

    catalogue: FindingCatalogue
    findings: list[Finding] = field(default_factory=list)

    def add_finding(self, finding: Finding) -> None:
        """Add a finding."""
        self.findings.append(finding)


def compose_file(path: Path, collector: FindingCollector) -> yaml.Node | None:
    """Return the root node of a file, or None with a finding if it cannot be read."""
    catalogue = collector.catalogue
    place = Place(source=path_text(path))
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except FileNotFoundError:
        folder = Place(source=path_text(path.parent))
        collector.add_finding(catalogue.scheme_missing_file(folder, path.name))
        return None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        place = Place(source=place.source, line=line)
        problem = error.problem or message("scheme_problem.not-yaml")
        collector.add_finding(catalogue.scheme_syntax(place, problem))
        return None
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        collector.add_finding(catalogue.scheme_syntax(place, str(error)))
        return None
    if root is None:
        collector.add_finding(catalogue.scheme_syntax(place, message("scheme_problem.empty-file")))
    return root


def compose_part(
    folder: Path, node: yaml.ScalarNode, path: Path, collector: FindingCollector
) -> tuple[Path, yaml.Node | None]:
    """
    Return the file that a scheme names, and its root node; None with a finding if there is none.

    Args:
        folder: The folder of the scheme. One may come from anybody: it reads nothing outside it.
        node: The name of the file.
        path: The file in which it is named.
        collector: Takes the findings.
    """
    part = folder / node.value
    place = Place(source=path_text(path), line=node.start_mark.line + 1)
    if not part.resolve().is_relative_to(folder.resolve()) or not part.is_file():
        name = quote_value(node.value)
        collector.add_finding(collector.catalogue.scheme_missing_file(place, name))
        return part, None
    if part.suffix != SUFFIX:  # a change of another file would go unnoticed
        form = message("scheme_form.part-name", suffix=SUFFIX)
        finding = collector.catalogue.scheme_wrong_type(place, _PART, str(node.value), form)
        collector.add_finding(finding)
        return part, None
    return part, compose_file(part, collector)


class YamlFields:
    """The fields of one YAML mapping, read by type; each mistake becomes a finding."""

    def __init__(
        self,
        node: yaml.Node | None,
        path: Path,
        part: TextValue,
        collector: FindingCollector,
    ) -> None:
        """
        Index a mapping's fields.

        Args:
            node: The mapping; None if it is missing, which has been reported.
            path: Its file.
            part: The part of the scheme that it describes, for findings; empty for a whole file.
            collector: Where findings go.
        """
        self.path = path
        self.part = part
        self.collector = collector
        self._read: dict[str, None] = {}
        self._nodes: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        self.line = 1 if node is None else node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            self._index_fields(node)
        elif node is not None:
            self._report_type(part or _DOCUMENT, node, _MAPPING)

    def _index_fields(self, node: yaml.MappingNode) -> None:
        catalogue = self.collector.catalogue
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in self._nodes:
                place = self.place_at(key)
                self.collector.add_finding(catalogue.scheme_duplicate(place, _FIELD, name))
            self._nodes[name] = value
            self._keys[name] = key

    def place_at(self, node: yaml.Node | None = None) -> Place:
        """Return the place of a node, or of this mapping."""
        line = self.line if node is None else node.start_mark.line + 1
        return Place(source=path_text(self.path), line=line)

    def field_place(self, name: str) -> Place:
        """Return the place of a field, or of this mapping if the field is missing."""
        return self.place_at(self._nodes.get(name))

    def name_place(self, name: str) -> Place:
        """Return the place of a field's name."""
        return self.place_at(self._keys.get(name))

    def item_place(self, name: str, position: int) -> Place:
        """Return the place of an item of a field's list."""
        node = self._nodes.get(name)
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        return self.place_at(items[position] if position < len(items) else node)

    def has_field(self, name: str) -> bool:
        """Return whether there is a field of this name."""
        return name in self._nodes

    def check_name(self, name: str, pattern: str, form: Message) -> None:
        """Report a field's name that does not have the form of the pattern."""
        if not re.fullmatch(pattern, name):
            finding = self.collector.catalogue.scheme_wrong_type(
                self.name_place(name), self.part or _DOCUMENT, name, form
            )
            self.collector.add_finding(finding)

    def report_type(self, name: str, form: Message) -> None:
        """Report that a field's value is not of the form that it must have."""
        self._report_type(self._field_name(name), self._nodes[name], form)

    def field_names(self) -> tuple[str, ...]:
        """Return the names of all fields, in the file's order; all count as read."""
        self._read.update(dict.fromkeys(self._nodes))
        return tuple(self._nodes)

    def raw_text(self, name: str) -> str:
        """Return a field's single value as written, without any check; empty if there is none."""
        node = self._nodes.get(name)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def field_node(self, name: str, *, required: bool = True) -> yaml.Node | None:
        """Return a field's node; report it if it is required and missing."""
        self._read[name] = None
        node = self._nodes.get(name)
        if node is None and required:
            catalogue = self.collector.catalogue
            part = self.part or _DOCUMENT
            finding = catalogue.scheme_missing_field(self.place_at(), name, part)
            self.collector.add_finding(finding)
        return node

    def read_text(self, name: str, *, required: bool = True, limit: int = 2000) -> str:
        """Return a field's text, as written; report an empty or over-long one."""
        return self._check_text(self.field_node(name, required=required), name, limit)

    def _check_text(self, node: yaml.Node | None, name: str, limit: int) -> str:
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self._report_type(self._field_name(name), node, TEXT)
            return ""
        text = str(node.value).strip()
        catalogue = self.collector.catalogue
        if not text:
            finding = catalogue.scheme_empty_text(self.place_at(node), self._field_name(name))
            self.collector.add_finding(finding)
        if len(text) > limit:
            finding = catalogue.scheme_text_too_long(
                self.place_at(node), self._field_name(name), len(text), limit
            )
            self.collector.add_finding(finding)
        return text

    def read_matching(self, name: str, pattern: str, form: Message) -> str:
        """Return a field's text; report one that does not have the form of the pattern."""
        text = self.read_text(name)
        if text and not re.fullmatch(pattern, text):
            finding = self.collector.catalogue.scheme_wrong_type(
                self.field_place(name), self._field_name(name), text, form
            )
            self.collector.add_finding(finding)
        return text

    def read_number(self, name: str) -> int | None:
        """Return a field's whole number, or None with a finding."""
        node = self.field_node(name)
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and _WHOLE_NUMBER.fullmatch(node.value):
            return int(node.value)
        self._report_type(self._field_name(name), node, message("scheme_form.whole-number"))
        return None

    def read_share(self, name: str) -> Fraction | None:
        """Return a field's number from 0 to below 1, exactly, or None with a finding."""
        value = self.read_decimal(name)
        if value is None or value < 1:
            return value
        node = self._nodes[name]
        self._report_type(self._field_name(name), node, message("scheme_form.share"))
        return None

    def read_decimal(self, name: str) -> Fraction | None:
        """Return a field's number, 0 or more, exactly as written, or None with a finding."""
        node = self.field_node(name)
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and _DECIMAL.fullmatch(node.value):
            return Fraction(node.value)
        self._report_type(self._field_name(name), node, message("scheme_form.decimal"))
        return None

    def read_flag(self, name: str) -> bool:
        """Return a field that is `true` or `false`."""
        node = self.field_node(name)
        if isinstance(node, yaml.ScalarNode) and node.value in ("true", "false"):
            return str(node.value) == "true"
        if node is not None:
            self._report_type(self._field_name(name), node, message("scheme_form.flag"))
        return False

    def read_texts(self, name: str, *, limit: int = 2000) -> tuple[str, ...]:
        """Return a field's list of texts."""
        node = self.field_node(name)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._check_text(item, name, limit) for item in node.value)
        if node is not None:
            self._report_type(self._field_name(name), node, TEXT_LIST)
        return ()

    def read_bounds(self, name: str) -> tuple[int, int] | None:
        """Return a field's two whole numbers, the lower first; None if it is missing."""
        node = self.field_node(name, required=False)
        if node is None:
            return None
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        texts = [item.value for item in items if isinstance(item, yaml.ScalarNode)]
        numbers = [int(text) for text in texts if _WHOLE_NUMBER.fullmatch(text)]
        if len(numbers) == len(items) == _BOTH and 0 <= numbers[0] <= numbers[1]:
            return numbers[0], numbers[1]
        form = message("scheme_form.bounds")
        if not texts:
            self._report_type(self._field_name(name), node, form)
            return None
        finding = self.collector.catalogue.scheme_wrong_type(
            self.place_at(node), self._field_name(name), ", ".join(map(str, texts)), form
        )
        self.collector.add_finding(finding)
        return None

    def list_items(self, name: str) -> Iterator[yaml.Node]:
        """Yield the nodes of a field's list."""
        node = self.field_node(name)
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        elif node is not None:
            self._report_type(self._field_name(name), node, LIST)

    def read_mapping(self, name: str, *, required: bool = True) -> YamlFields:
        """Return a field's mapping; an empty one if it is missing."""
        node = self.field_node(name, required=required)
        return YamlFields(node, self.path, self._field_name(name), self.collector)

    def is_mapping(self, name: str) -> bool:
        """Return whether a field has fields of its own."""
        return isinstance(self._nodes.get(name), yaml.MappingNode)

    def is_list(self, name: str) -> bool:
        """Return whether a field is a list."""
        return isinstance(self._nodes.get(name), yaml.SequenceNode)

    def read_part(self, name: str, folder: Path, part: TextValue) -> YamlFields | None:
        """Return the mapping in the file of the scheme that a field names, if it names one."""
        node = self.field_node(name, required=False)
        if not isinstance(node, yaml.ScalarNode):
            if node is not None:
                self._report_type(self._field_name(name), node, TEXT)
            return None
        path, root = compose_part(folder, node, self.path, self.collector)
        if root is None:
            return None
        fields = YamlFields(root, path, part, self.collector)
        if isinstance(root, yaml.MappingNode) and not root.value:
            finding = self.collector.catalogue.scheme_empty_text(fields.place_at(), part)
            self.collector.add_finding(finding)
        return fields

    def report_unread(self) -> None:
        """Report the fields that nothing has read: no such field exists in a scheme."""
        catalogue = self.collector.catalogue
        for name, key in self._keys.items():
            if name not in self._read:
                fields = ", ".join(self._read)
                finding = catalogue.scheme_unknown_field(self.place_at(key), name, fields)
                self.collector.add_finding(finding)

    def _field_name(self, name: str) -> TextValue:
        """Return a field's name with the part of the scheme that it belongs to."""
        if not self.part:
            return name
        return Message("scheme_part.field-of", {"part": self.part, "field": name})

    def _report_type(self, name: TextValue, node: yaml.Node, form: Message) -> None:
        """Report a value of the wrong kind or form."""
        value: TextValue = LIST if isinstance(node, yaml.SequenceNode) else _MAPPING
        if isinstance(node, yaml.ScalarNode):
            value = str(node.value)
        catalogue = self.collector.catalogue
        finding = catalogue.scheme_wrong_type(self.place_at(node), name, value, form)
        self.collector.add_finding(finding)


def flatten_fields(root: YamlFields) -> dict[str, tuple[str | tuple[str, ...], Place]]:
    """Return every text below a mapping by its dotted path, with its place; lists as tuples."""
    flat: dict[str, tuple[str | tuple[str, ...], Place]] = {}

    def flatten_below(fields: YamlFields, prefix: str) -> None:
        for name in fields.field_names():
            node = fields.field_node(name)
            key = f"{prefix}{name}"
            if isinstance(node, yaml.MappingNode):
                flatten_below(fields.read_mapping(name), f"{key}.")
            elif isinstance(node, yaml.SequenceNode):
                flat[key] = (fields.read_texts(name), fields.place_at(node))
            else:
                flat[key] = (fields.read_text(name), fields.place_at(node))

    flatten_below(root, "")
    return flat
