"""Checks the rules across a scheme's fields: ranges, order, uniqueness, room in the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches

from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import DONT_KNOW, NOT_APPLICABLE, Publication, Scheme, Statement
from iml4e_xlsx.scheme.yaml_nodes import FindingCollector, YamlFields
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import TextValue, message

JUDGED = "judged"
"""The anchor of a statement whose level rests on the method owner's judgement, not on a source."""

_FEW, _NEAREST = 8, 3
"""Of so many loci all are named beside an unknown one; of more, so many of the nearest."""
_WITHOUT_FIGURE = ([NOT_APPLICABLE], [NOT_APPLICABLE, DONT_KNOW])
"""The ratings without a figure that a scale may end with."""

MOST_AREAS = 20
MOST_LEVELS = 6
FEWEST_RATINGS, MOST_RATINGS = 2, 10


class TextLimits:
    """Longest texts in characters, as the workbook has room for them."""

    WORD = 30
    SHORT = 22
    NAME = 80
    STATEMENT = 400
    TEXT = 600
    LONG = 2000


def check_scheme(scheme: Scheme, fields: YamlFields, collector: FindingCollector) -> None:
    """Report the mistakes of a scheme that no field shows by itself."""
    _check_levels(scheme, fields.field_place("levels"), collector)
    _check_ratings(scheme, fields.field_place("ratings"), collector)
    _check_thresholds(scheme, fields.field_place("thresholds"), collector)
    _check_areas(scheme, fields, collector)
    _check_profiles(scheme, fields.field_place("profiles"), collector)


def _check_profiles(scheme: Scheme, place: Place, collector: FindingCollector) -> None:
    catalogue = collector.catalogue
    keys = [source.key for source in scheme.sources]
    for name in _find_repeated(profile.id for profile in scheme.profiles):
        part = message("scheme_part.profile-id")
        collector.add_finding(catalogue.scheme_duplicate(place, part, name))
    for profile in scheme.profiles:
        if profile.source and profile.source not in keys:
            part, choices = message("scheme_part.source"), _list_choices(keys)
            collector.add_finding(
                catalogue.scheme_unknown_key(place, part, profile.source, choices)
            )
        for code, area in profile.areas.items():
            if not 0 <= area.index <= scheme.top:
                part = message("scheme_part.profile-index", area=code, profile=profile.id)
                form = message("scheme_form.range", low=0, high=scheme.top)
                index = f"{float(area.index):g}"
                collector.add_finding(catalogue.scheme_out_of_range(place, part, index, form))


def _check_levels(scheme: Scheme, place: Place, collector: FindingCollector) -> None:
    numbers = [level.number for level in scheme.levels]
    if numbers != list(range(len(numbers))) or not 1 <= scheme.top <= MOST_LEVELS:
        part = message("scheme_part.level-numbers")
        form = message("scheme_form.level-numbers", high=MOST_LEVELS)
        shown = ", ".join(map(str, numbers))
        collector.add_finding(collector.catalogue.scheme_out_of_range(place, part, shown, form))


def _check_ratings(scheme: Scheme, place: Place, collector: FindingCollector) -> None:
    catalogue = collector.catalogue
    values = [rating.value for rating in scheme.ratings]
    scale = list(scheme.scale)
    part = message("scheme_part.rating-values")
    if not FEWEST_RATINGS <= len(scale) <= MOST_RATINGS or scale != sorted(set(scale)):
        form = message("scheme_form.rating-values", low=FEWEST_RATINGS, high=MOST_RATINGS)
        shown = ", ".join(map(str, scale))
        collector.add_finding(catalogue.scheme_out_of_range(place, part, shown, form))
    # Formulas and dropdowns rely on the order: first what counts, last what leaves it open.
    if [value for value in values if not isinstance(value, int)] not in _WITHOUT_FIGURE or (
        isinstance(values[-1], int)
    ):
        form = message("scheme_form.not-applicable", value=NOT_APPLICABLE, unknown=DONT_KNOW)
        shown = ", ".join(map(str, values))
        collector.add_finding(catalogue.scheme_out_of_range(place, part, shown, form))


def _check_thresholds(scheme: Scheme, place: Place, collector: FindingCollector) -> None:
    thresholds = scheme.thresholds
    if thresholds.reached_above > thresholds.passed_above:
        finding = collector.catalogue.scheme_out_of_range(
            place,
            message("scheme_part.thresholds"),
            f"{float(thresholds.reached_above)}, {float(thresholds.passed_above)}",
            message("scheme_form.thresholds"),
        )
        collector.add_finding(finding)


def _check_areas(scheme: Scheme, fields: YamlFields, collector: FindingCollector) -> None:
    catalogue = collector.catalogue
    nodes = list(fields.list_items("areas"))
    if len(scheme.areas) > MOST_AREAS:
        part = message("scheme_part.area-count")
        form = message("scheme_form.range", low=1, high=MOST_AREAS)
        place = fields.field_place("areas")
        collector.add_finding(catalogue.scheme_out_of_range(place, part, str(len(nodes)), form))
    for part, names in (
        (message("scheme_part.area-code"), [area.code for area in scheme.areas]),
        (message("scheme_part.area-name"), [area.name.casefold() for area in scheme.areas]),
        (message("scheme_part.short-name"), [area.short.casefold() for area in scheme.areas]),
    ):
        for name in _find_repeated(names):
            place = fields.place_at(nodes[_last_index(names, name)])
            collector.add_finding(catalogue.scheme_duplicate(place, part, name))
    for area, node in zip(scheme.areas, nodes, strict=True):
        # An area without a code could not be read at all, which has been reported. A level without
        # a statement is skipped by the rule, so an area needs no statement at each of them.
        if area.code and not area.statements:
            finding = catalogue.scheme_area_without_statements(fields.place_at(node), area.code)
            collector.add_finding(finding)


class StatementRules:
    """The rules for each statement, checked one by one while a scheme is read."""

    def __init__(
        self, levels: range, sources: Iterable[Publication], collector: FindingCollector
    ) -> None:
        self.levels = levels
        publications = tuple(sources)
        self.sources = tuple(source.key for source in publications)
        self.loci = {
            source.key: tuple(locus.key for locus in source.loci)
            for source in publications
            if source.loci
        }
        self.collector = collector
        self._ids: set[str] = set()

    def check_statement(
        self, statement: Statement, topics: Iterable[str], fields: YamlFields
    ) -> None:
        """Report the mistakes of a statement, each at its field."""
        if statement.id in self._ids:
            part = message("scheme_part.statement-id")
            place = fields.field_place("id")
            finding = self.collector.catalogue.scheme_duplicate(place, part, statement.id)
            self.collector.add_finding(finding)
        self._ids.add(statement.id)
        levels = tuple(map(str, self.levels))
        self._check_choice("level", str(statement.level), levels, fields)
        self._check_choice("topic", statement.topic, tuple(topics), fields)
        self._check_choice("anchor", statement.anchor, (JUDGED, *self.sources), fields)
        for source in dict.fromkeys(citation.source for citation in statement.references):
            self._check_choice("source", source, self.sources, fields, "references")

    def check_loci(self, source: str, loci: tuple[str, ...], fields: YamlFields) -> None:
        """Report loci that a source does not have, with the nearest ones, and repeated ones."""
        catalogue, part = self.collector.catalogue, message("scheme_part.locus-of", source=source)
        for name in _find_repeated(loci):
            place = fields.item_place(source, _last_index(list(loci), name))
            self.collector.add_finding(catalogue.scheme_duplicate(place, part, name))
        known = self.loci.get(source)
        for position, locus in enumerate(loci):
            if known is not None and locus and locus not in known:
                place = fields.item_place(source, position)
                choices = list_nearest(locus, known)
                finding = catalogue.scheme_unknown_key(place, part, locus, choices)
                self.collector.add_finding(finding)

    def _check_choice(
        self,
        part: str,
        value: str,
        choices: tuple[str, ...],
        fields: YamlFields,
        field_name: str = "",
    ) -> None:
        # A missing value has been reported as such.
        if value and value not in choices:
            finding = self.collector.catalogue.scheme_unknown_key(
                fields.field_place(field_name or part),
                message(f"scheme_part.{part}"),
                value,
                _list_choices(choices),
            )
            self.collector.add_finding(finding)


def _list_choices(choices: Iterable[str]) -> TextValue:
    return ", ".join(choices) or message("scheme_form.no-choice")


def list_nearest(name: str, known: tuple[str, ...]) -> TextValue:
    """Return the names that may be meant; all of them if they are few, or if none is near."""
    if len(known) <= _FEW:
        return ", ".join(known)
    folded = {each.casefold(): each for each in reversed(known)}
    near = get_close_matches(name.casefold(), list(folded), n=_NEAREST, cutoff=0.4)
    if not near:
        return list_names(list(known), _FEW)
    return ", ".join(folded[each] for each in near)


def _find_repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if name and count > 1]


def _last_index(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)
