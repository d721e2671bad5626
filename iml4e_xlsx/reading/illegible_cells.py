"""Reports the cells whose content cannot be understood, so that none of them looks empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.reading.finding_collection import FindingCollection
from iml4e_xlsx.spreadsheets.grid import CellFault, Grid
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.workbook.cells import cell_address

_LISTED: Final = 12


@dataclass(slots=True)
class IllegibleCells:
    """
    The illegible cells of a workbook that no finding of their own names.

    Whoever reports one cell claims it; whoever uses a sheet reports the others that it needs.
    """

    source: str
    catalogue: FindingCatalogue
    findings: FindingCollection
    _claimed: set[tuple[int, int, int]] = field(default_factory=set)

    def claim(self, grid: Grid, row: int, col: int) -> None:
        """Note that a cell has a finding of its own."""
        self._claimed.add((id(grid), row, col))

    def report_sheet(self, grid: Grid, is_needed: Callable[[int, int], bool]) -> None:
        """Report the illegible cells of a sheet that are needed and have no finding yet."""
        faults = {
            (row, col): fault
            for (row, col), fault in grid.find_faults().items()
            if is_needed(row, col) and (id(grid), row, col) not in self._claimed
        }
        if not faults:
            return
        for row, col in faults:
            self.claim(grid, row, col)
        cells = sorted(faults)
        names = [cell_address(row, col) for row, col in cells[:_LISTED]]
        report = partial(
            self.catalogue.cells_illegible,
            value=list_names(names, _LISTED, total=len(cells)),
            reasons=list_reasons(faults.values()),
        )
        place = Place(source=self.source, sheet=grid.name, cell=names[0])
        self.findings.report_sheet(place, report)


def describe_fault(fault: CellFault) -> Message:
    """Make the message that says why a cell is illegible."""
    return message(f"fault.{fault}")


def list_reasons(faults: Iterable[CellFault]) -> Message:
    """Make the message that says why cells are illegible, each reason once."""
    return message("list.all", names=tuple(map(describe_fault, dict.fromkeys(faults))))
