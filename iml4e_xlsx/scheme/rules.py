"""What must hold across a scheme's fields: ranges, order, uniqueness, and room in the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import NOT_APPLICABLE, Area, Scheme, Statement
from iml4e_xlsx.scheme.yaml_nodes import Complaints, Fields

JUDGED = "judged"
"""The anchor of a statement whose level follows no source but the method owner's judgement."""

MOST_AREAS = 20
MOST_LEVELS = 6
FEWEST_RATINGS, MOST_RATINGS = 2, 10


class TextLimits:
    """Longest texts, in characters: what the workbook has room for."""

    WORD = 30
    SHORT = 22
    NAME = 80
    STATEMENT = 400
    TEXT = 600
    LONG = 2000


def check_scheme(scheme: Scheme, fields: Fields, complaints: Complaints) -> None:
    """Report what is wrong with a scheme whose single fields are right."""
    _check_levels(scheme, fields.place_of("levels"), complaints)
    _check_ratings(scheme, fields.place_of("ratings"), complaints)
    _check_thresholds(scheme, fields.place_of("thresholds"), complaints)
    _check_areas(scheme, fields, complaints)
    _check_profiles(scheme, fields.place_of("profiles"), complaints)


def _check_profiles(scheme: Scheme, at: Place, complaints: Complaints) -> None:
    make = complaints.make
    known = [source.key for source in scheme.sources]
    for name in _repeated(profile.id for profile in scheme.profiles):
        complaints.add(make.scheme_duplicate(at, "profile id", name))
    for profile in scheme.profiles:
        if profile.source and profile.source not in known:
            listed = ", ".join(known)
            complaints.add(make.scheme_unknown_key(at, "source", profile.source, listed))
        for code, area in profile.areas.items():
            if not 0 <= area.index <= scheme.top:
                what = f"index of {code} in profile {profile.id}"
                wanted = f"0 to {scheme.top}"
                found = f"{float(area.index):g}"
                complaints.add(make.scheme_out_of_range(at, what, found, wanted))


def _check_levels(scheme: Scheme, at: Place, complaints: Complaints) -> None:
    numbers = [level.number for level in scheme.levels]
    if numbers != list(range(len(numbers))) or not 1 <= scheme.top <= MOST_LEVELS:
        wanted = f"0, 1, 2 ... in order, the highest from 1 to {MOST_LEVELS}"
        shown = ", ".join(map(str, numbers))
        complaints.add(complaints.make.scheme_out_of_range(at, "level numbers", shown, wanted))


def _check_ratings(scheme: Scheme, at: Place, complaints: Complaints) -> None:
    make = complaints.make
    values = [rating.value for rating in scheme.ratings]
    scale = list(scheme.scale)
    if not FEWEST_RATINGS <= len(scale) <= MOST_RATINGS or scale != sorted(set(scale)):
        wanted = f"{FEWEST_RATINGS} to {MOST_RATINGS} whole numbers, ascending"
        complaints.add(make.scheme_out_of_range(at, "rating values", str(scale), wanted))
    if values.count(NOT_APPLICABLE) != 1 or values[-1] != NOT_APPLICABLE:
        wanted = f"one rating {NOT_APPLICABLE}, as the last"
        complaints.add(make.scheme_out_of_range(at, "rating values", str(values), wanted))
    for word in _repeated(rating.word.casefold() for rating in scheme.ratings):
        complaints.add(make.scheme_duplicate(at, "rating's word", word))


def _check_thresholds(scheme: Scheme, at: Place, complaints: Complaints) -> None:
    thresholds = scheme.thresholds
    if thresholds.reached_above > thresholds.passed_above:
        shown = f"{float(thresholds.reached_above)} and {float(thresholds.passed_above)}"
        wanted = "reached_above at most as high as passed_above"
        complaints.add(complaints.make.scheme_out_of_range(at, "thresholds", shown, wanted))


def _check_areas(scheme: Scheme, fields: Fields, complaints: Complaints) -> None:
    make = complaints.make
    nodes = list(fields.items("areas"))
    if len(scheme.areas) > MOST_AREAS:
        wanted = f"1 to {MOST_AREAS}"
        at = fields.place_of("areas")
        complaints.add(make.scheme_out_of_range(at, "number of areas", str(len(nodes)), wanted))
    for what, names in (
        ("area code", [area.code for area in scheme.areas]),
        ("area name", [area.name.casefold() for area in scheme.areas]),
        ("short name of an area", [area.short.casefold() for area in scheme.areas]),
    ):
        for name in _repeated(names):
            at = fields.at(nodes[_last_index(names, name)])
            complaints.add(make.scheme_duplicate(at, what, name))
    for area, node in zip(scheme.areas, nodes, strict=True):
        _check_area(area, scheme, fields.at(node), complaints)


def _check_area(area: Area, scheme: Scheme, at: Place, complaints: Complaints) -> None:
    make = complaints.make
    levels = {statement.level for statement in area.statements}
    for level in scheme.scored_levels if area.code else ():
        if level not in levels:
            complaints.add(make.scheme_area_without_level(at, area.code, level))


class StatementRules:
    """What each statement must hold to, checked one by one while a scheme is read."""

    def __init__(self, levels: range, sources: Iterable[str], complaints: Complaints) -> None:
        self.levels = levels
        self.sources = tuple(sources)
        self.complaints = complaints
        self._ids: set[str] = set()

    def check(self, statement: Statement, topics: Iterable[str], fields: Fields) -> None:
        """Report what is wrong with a statement, at the field where it stands."""
        make = self.complaints.make
        if statement.id in self._ids:
            at = fields.place_of("id")
            self.complaints.add(make.scheme_duplicate(at, "statement id", statement.id))
        self._ids.add(statement.id)
        self._known("level", str(statement.level), map(str, self.levels), fields, "level")
        self._known("topic", statement.topic, topics, fields, "topic")
        self._known("anchor", statement.anchor, (JUDGED, *self.sources), fields, "anchor")
        for reference in statement.references:
            self._known("source", reference.source, self.sources, fields, "references")

    def _known(
        self, what: str, found: str, allowed: Iterable[str], fields: Fields, field: str
    ) -> None:
        known = tuple(allowed)
        if found and found not in known:
            make = self.complaints.make
            at = fields.place_of(field)
            self.complaints.add(make.scheme_unknown_key(at, what, found, ", ".join(known)))


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if name and count > 1]


def _last_index(names: list[str], name: str) -> int:
    return len(names) - 1 - names[::-1].index(name)
