"""Defines the content of a returned workbook: what the parsing process makes of its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Response, Scheme


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """The figures that the workbook shows for an area; None for each that is not there."""

    place: Place
    level: float | None
    index: float | None
    completeness: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookContent:
    """
    The response in a workbook, the figures that it shows by area, and findings about it.

    The response is not scored, and the findings are in the order in which they arose; `sheets` are
    the names of the sheets in the order of the workbook.
    """

    scheme: Scheme
    sheets: Sequence[str]
    response: Response
    figures: Mapping[str, ShownFigures]
    findings: Sequence[Finding]
