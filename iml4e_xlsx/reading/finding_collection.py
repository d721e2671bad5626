"""Collects the findings about a workbook: bounded, however often one mistake is repeated in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, message

_MOST_FINDINGS: Final = 6
"""A single row yields no more; what is wrong with further rows of a statement is counted."""

_MOST_OF_AREA: Final = 4
"""So many findings about sheets there may be for each area of the scheme."""

_LISTED: Final = 3


@dataclass(slots=True)
class _FurtherPlaces:
    """The places that are not reported one by one: the first few, and the number of all."""

    places: list[Place] = field(default_factory=list)
    count: int = 0


@dataclass(slots=True)
class FindingCollection:
    """
    The findings about a workbook so far.

    Rows and sheets can be repeated without end, by a file of half a kilobyte. So a finding about a
    statement or a sheet is made only where there are few of them; the others are counted.
    """

    scheme: Scheme
    catalogue: FindingCatalogue
    findings: list[Finding] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _further: dict[str, _FurtherPlaces] = field(default_factory=dict)

    def report_statement(
        self, statement: str, place: Place, report: Callable[[Place, str], Finding]
    ) -> None:
        """Add a finding about a row of a statement, or count it."""
        if self._has_room(statement, place, _MOST_FINDINGS):
            self.findings.append(report(place, statement))

    def report_sheet(self, place: Place, report: Callable[[Place], Finding]) -> None:
        """Add a finding about a sheet, or count it."""
        if self._has_room("", place, _MOST_OF_AREA * len(self.scheme.areas)):
            self.findings.append(report(place))

    def _has_room(self, subject: str, place: Place, most: int) -> bool:
        count = self._counts.get(subject, 0)
        if count < most:
            self._counts[subject] = count + 1
            return True
        further = self._further.setdefault(subject, _FurtherPlaces())
        further.count += 1
        if len(further.places) < _LISTED:
            further.places.append(place)
        return False

    def finish(self) -> None:
        """Add a finding for each statement, and for the sheets, of which some were counted only."""
        for subject, further in self._further.items():
            place = further.places[0]
            names = list_places(further.places, further.count)
            if subject:
                self.findings.append(self.catalogue.further_rows(place, subject, names))
            else:
                self.findings.append(
                    self.catalogue.further_sheets(Place(source=place.source), names)
                )
        self._further = {}


def list_places(places: list[Place], count: int) -> Message:
    """Make a message that lists the first places and says how many follow."""
    names = [_place_in_file(place) for place in places[:_LISTED]]
    return list_names(names, _LISTED, total=count)


def _place_in_file(place: Place) -> Message:
    if place.cell is None:
        return message("place.sheet", sheet=place.sheet)
    return message("place.cell_on_sheet", cell=place.cell, sheet=place.sheet)
