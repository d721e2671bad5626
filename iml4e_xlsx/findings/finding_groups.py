"""Groups findings of one kind, so that a person reads once what stands in many cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from iml4e_xlsx.findings.about_answers import distinct_findings, is_superseded
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.findings.finding_order import find_cell
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, Value, message
from iml4e_xlsx.text.spelling import quote_value
from iml4e_xlsx.text.texts import Texts

_FEWEST: Final = 3
"""From so many findings of one kind on they are said together; fewer are each said in full."""

_QUOTED: Final = 3
_NAMED: Final = 12
_RANGES: Final = 8
_SHEETS: Final = 12
_SOURCES: Final = 6
"""So many values are quoted, names listed, ranges, sheets and files named; then how many follow."""

_REFUSED: Final = Severity.ERROR
"""What counts for nothing is an error; a warning says how a cell was read."""

_THINGS: Final = frozenset({"statements", "areas", "fields", "contents", "version"})
"""The values by which the text of a group names what a file has or lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """
    The findings of one kind, or one finding that stands alone; at least one.

    `message` and `action` speak of all of them; `places` says for each sheet where they are. Where
    cells were refused, it has all of them with their contents, and `ranges` the cells alone.
    """

    findings: tuple[Finding, ...]
    message: str
    action: str
    places: tuple[str, ...]
    ranges: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """Return the severity, which all of them have."""
        return self.findings[0].severity

    @property
    def source(self) -> str:
        """Return the file of the first of them."""
        return self.findings[0].place.source

    @property
    def sentences(self) -> str:
        """Return what is wrong and what to do, without the place."""
        return f"{self.message} {self.action}".rstrip()

    def __str__(self) -> str:
        """Return the group as one paragraph: the places, the mistake and the action."""
        where = "; ".join(self.places)
        return f"{where}: {self.sentences}" if where else self.sentences


def group_findings(findings: Iterable[Finding], texts: Texts) -> tuple[FindingGroup, ...]:
    """Group the findings about each file by kind, in the order in which each kind first occurs."""
    groups = []
    for alike in _alike_findings(findings):
        ranges = tuple(_sheet_lines(alike, texts))
        if len(alike) > 1 and all(_is_refused(finding) for finding in alike):
            group = _make_group(alike, texts, tuple(_refused_lines(alike, texts)))
            groups.append(replace(group, ranges=ranges))
        else:
            groups.append(_make_group(alike, texts, ranges))
    return tuple(groups)


def group_across_files(findings: Iterable[Finding], texts: Texts) -> tuple[FindingGroup, ...]:
    """
    Group the findings about all files by kind; their places are the files.

    Where a text names what a file has or lacks, only files of which all of it is true share it.
    """
    groups = []
    for alike in _alike_findings(findings, texts):
        if len(alike) == 1:
            places: tuple[str, ...] = (alike[0].place.describe(texts),)
        else:
            sources = list(dict.fromkeys(finding.place.source for finding in alike))
            places = (texts.render(list_names(sources, _SOURCES)),)
        groups.append(_make_group(alike, texts, places))
    return tuple(groups)


def list_left_out(findings: Iterable[Finding], texts: Texts) -> tuple[str, ...]:
    """
    Return what is to be said about files that do not count, the shortest way.

    Many versions that give way are said together, with a line for each file that counts.
    """
    paragraphs = []
    for group in group_across_files(distinct_findings(findings), texts):
        lines = [str(group)]
        if len(group.findings) > 1 and is_superseded(group.findings[0]):
            lines += _counted_lines(group.findings, texts)
        paragraphs.append("\n".join(lines))
    return tuple(paragraphs)


def _counted_lines(findings: Iterable[Finding], texts: Texts) -> Iterator[str]:
    """Yield a line for each file that counts: in place of which, and for what reason."""
    places: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        grounds = finding.values["grounds"]
        words = texts.render(grounds) if isinstance(grounds, Message) else str(grounds)
        places.setdefault((str(finding.values["counted"]), words), []).append(finding.place.source)
    for (counted, words), sources in list(places.items())[:_NAMED]:
        others = list_names(sources, _SOURCES)
        yield texts("finding.counts_instead", counted=counted, others=others, grounds=words)
    if len(places) > _NAMED:
        yield texts.render(message("list.more_lines", count=len(places) - _NAMED))


def count_severities(findings: Iterable[Finding], texts: Texts) -> tuple[tuple[Severity, str], ...]:
    """Return each severity that occurs with its number in words: 5 errors, 115 warnings."""
    numbers = dict.fromkeys(Severity, 0)
    for finding in findings:
        numbers[finding.severity] += 1
    return tuple(
        (severity, texts(f"finding.count_{severity.value}", count=number))
        for severity, number in numbers.items()
        if number
    )


def _alike_findings(
    findings: Iterable[Finding], across: Texts | None = None
) -> list[tuple[Finding, ...]]:
    """Divide findings into those of one kind, `across` files or in each; few stay alone."""
    kinds: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.severity, finding.code, finding.place.source), []).append(finding)
    if across is not None:
        kinds = _unite_files(kinds, across)
    divided: list[tuple[Finding, ...]] = []
    for alike in kinds.values():
        if len(alike) < _FEWEST:
            divided.extend((finding,) for finding in alike)
        else:
            divided.append(tuple(alike))
    return sorted(divided, key=lambda alike: alike[0].severity.rank)


def _unite_files(
    kinds: Mapping[tuple[object, ...], Sequence[Finding]], texts: Texts
) -> dict[tuple[object, ...], list[Finding]]:
    """Unite the findings of several files of which one text is true."""
    united: dict[tuple[object, ...], list[Finding]] = {}
    for (severity, code, _), alike in kinds.items():
        named = _named_things(alike, texts)
        united.setdefault((severity, code, named), []).extend(alike)
    return united


def _named_things(findings: Sequence[Finding], texts: Texts) -> str:
    """Return what a group's text says about one file; nothing if it only counts over files."""
    key = f"findings.{findings[0].code}.group"
    if key not in texts:
        return "\n".join(finding.message for finding in findings)
    if not _names_things(key, texts):
        return ""
    return texts(key, **_group_values(findings, texts))


def _names_things(key: str, texts: Texts) -> bool:
    """Tell whether a text names what its file has or lacks, so that files may differ in it."""
    return not texts.names_of(key).isdisjoint(_THINGS)


def _make_group(
    findings: tuple[Finding, ...], texts: Texts, places: tuple[str, ...]
) -> FindingGroup:
    first = findings[0]
    if len(findings) == 1:
        return FindingGroup(
            findings=findings, message=first.message, action=first.action, places=places
        )
    values = _group_values(findings, texts)
    key, action_key = (f"findings.{first.code}.{part}" for part in ("group", "group_action"))
    if key in texts and _names_things(key, texts):
        # What is named and counted is that of one file, as all of them have it.
        one_file = [each for each in findings if each.place.source == first.place.source]
        if len({(each.message, each.action) for each in findings}) == 1:
            return FindingGroup(
                findings=findings, message=first.message, action=first.action, places=places
            )
        values = _group_values(one_file, texts)
    if key in texts:
        words = texts(key, **values)
    else:  # a kind that hardly ever comes in numbers
        words = texts("finding.group", message=first.message, count=len(findings))
    action = texts(action_key, **values) if action_key in texts else first.action
    return FindingGroup(findings=findings, message=words, action=action, places=places)


def _group_values(findings: Sequence[Finding], texts: Texts) -> dict[str, Value]:
    """Return what the text of a group may name: how many, what was found, and about what."""
    quoted = [texts("finding.quoted", found=finding.found) for finding in findings if finding.found]
    statements = [finding.statement for finding in findings if finding.statement]
    return {
        **findings[0].values,
        "count": len(findings),
        "statement_count": sum(_count_of(finding) for finding in findings),
        "found": _list_distinct(quoted, _QUOTED),
        "contents": _list_distinct(quoted, _QUOTED),
        "statements": _list_distinct(statements, _NAMED),
        "areas": _list_distinct(_values_of(findings, "area", texts), _NAMED),
        "fields": _list_distinct(_values_of(findings, "field", texts), _NAMED),
    }


def _count_of(finding: Finding) -> int:
    """Return of how much a finding speaks, if it says so."""
    count = finding.values.get("count")
    return count if isinstance(count, int) else 0


def _values_of(findings: Iterable[Finding], name: str, texts: Texts) -> Iterator[str]:
    for finding in findings:
        value = finding.values.get(name)
        if value is not None:
            yield texts.render(value) if isinstance(value, Message) else str(value)


def _list_distinct(names: Iterable[str], limit: int) -> Message:
    return list_names(list(dict.fromkeys(names)), limit)


def _sheet_lines(findings: Sequence[Finding], texts: Texts) -> Iterator[str]:
    """Yield each sheet that findings are on, with their cells."""
    cells: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.place.sheet:
            cells.setdefault(finding.place.sheet, []).append(finding)
    for sheet, found in list(cells.items())[:_SHEETS]:
        ranges = list(_join_cells(found, texts))
        name = quote_value(sheet)
        listed = list_names(ranges, _RANGES)
        yield texts("place.cells_on_sheet", sheet=name, cells=listed) if ranges else name
    if len(cells) > _SHEETS:
        yield texts("place.more_sheets", count=len(cells) - _SHEETS)


def _is_refused(finding: Finding) -> bool:
    """Tell whether what stands in a cell counts for nothing, so that it has to be written again."""
    place = finding.place
    has_cell = bool(place.sheet and place.cell)
    return has_cell and bool(finding.statement and finding.found) and finding.severity is _REFUSED


def _refused_lines(findings: Iterable[Finding], texts: Texts) -> Iterator[str]:
    """Yield each sheet with all of its refused cells: statement, cell and content."""
    entries: dict[str, list[str]] = {}
    for finding in findings:
        entry = texts(
            "place.refused",
            statement=finding.statement or "",
            cell=finding.place.cell or "",
            found=finding.found,
        )
        entries.setdefault(finding.place.sheet or "", []).append(entry)
    for sheet, refused in entries.items():
        listed = list_names(refused, len(refused))
        yield texts("place.refused_on_sheet", sheet=quote_value(sheet), cells=listed)


def _join_cells(findings: Iterable[Finding], texts: Texts) -> Iterator[str]:
    """Yield the cells of findings on one sheet; several below each other are one range."""
    places = {find_cell(finding.place): finding.place.cell or "" for finding in findings}
    cells = sorted((column, row) for row, column in places if row)
    for _, run in groupby(enumerate(cells), lambda each: (each[1][0], each[1][1] - each[0])):
        names = [places[row, column] for _, (column, row) in run]
        if len(names) >= _FEWEST:
            names = [texts("place.range", first=names[0], last=names[-1])]
        yield from names
