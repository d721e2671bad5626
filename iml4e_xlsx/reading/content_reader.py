"""Reads a returned workbook: bytes from anybody become a response and findings about it."""

from __future__ import annotations

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference, find_signs
from iml4e_xlsx.reading.own_results import holds_results
from iml4e_xlsx.reading.response_reader import ResponseReader
from iml4e_xlsx.reading.workbook_content import WorkbookContent
from iml4e_xlsx.spreadsheets.formats import load_grids
from iml4e_xlsx.spreadsheets.grid import Grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.spelling import quote_value
from iml4e_xlsx.text.texts import Texts

_LISTED = 12
"""How many references a message names; of more it says how many follow."""


class ForeignWorkbookError(Exception):
    """
    The workbook belongs to none of the schemes at hand.

    `reference` says which one it belongs to; it is None where no sign of any is left.
    """

    def __init__(self, reference: WorkbookReference | None) -> None:
        super().__init__(reference)
        self.reference = reference


class ContentReader:
    """
    Reads workbooks of known schemes, one after another.

    Only the parsing process (`response_worker`) and benchmarks read strangers' files with it: a
    hostile one may take all the time and memory that its process has.

    Args:
        schemes: The schemes that a workbook may belong to.
        texts: The words of findings, those of the workbook's scheme by default.
    """

    def __init__(self, schemes: Schemes, texts: Texts | None = None) -> None:
        self.schemes = schemes
        self.texts = texts

    def read_content(self, data: bytes, limits: Limits, source: str = "") -> WorkbookContent:
        """
        Return the content of a workbook.

        Args:
            data: The file.
            limits: What it may claim.
            source: Its name in findings.

        Raises:
            FileRefusal: If the guard refuses the file or no parser can make sense of it.
            ForeignWorkbookError: If it belongs to no scheme at hand.
        """
        grids = load_grids(data, limits)
        scheme, reference, others = self._identify_workbook(grids)
        catalogue = FindingCatalogue(self.texts or scheme_texts(scheme))
        findings = _report_identity(scheme, reference, others, source, catalogue)
        reader = ResponseReader(scheme, source, catalogue)
        reader.findings.extend(findings)
        response, figures = reader.read_response(
            grids, reference, has_other_references=bool(others)
        )
        return WorkbookContent(
            scheme=scheme,
            sheets=[grid.name for grid in grids.sheets],
            response=response,
            figures=figures,
            findings=reader.findings,
        )

    def _identify_workbook(
        self, grids: Grids
    ) -> tuple[Scheme, WorkbookReference | None, tuple[WorkbookReference, ...]]:
        """Return the scheme and the reference of a workbook, and the references against it."""
        signs = find_signs(grids)
        if holds_results(grids, has_reference=bool(signs.references)):
            raise FileRefusal(FailureCode.OWN_RESULTS)
        # Without any reference the statements' ids decide. The workbook id stays unknown then, so
        # a campaign has to match the file by its sender.
        if not signs.references:
            scheme = self.schemes.find_by_statements(signs.statement_ids)
            if scheme is None:
                raise ForeignWorkbookError(None)
            return scheme, None, ()
        # The reference that most places agree on: a sheet of another workbook is outvoted.
        reference = signs.references[0]
        scheme = self.schemes.find_scheme(reference)
        # A similar scheme is no substitute: the same id may stand for another statement there.
        if scheme is None:
            raise ForeignWorkbookError(reference)
        return scheme, reference, signs.references[1:]


def _report_identity(
    scheme: Scheme,
    reference: WorkbookReference | None,
    others: tuple[WorkbookReference, ...],
    source: str,
    catalogue: FindingCatalogue,
) -> list[Finding]:
    place = Place(source=source)
    if reference is None:
        return [catalogue.identity_lost(place, scheme.id, scheme.version)]
    if not others:
        return []
    # A sheet may quote thousands of references, and a finding for each says nothing more.
    names = list_names([quote_value(other) for other in others], _LISTED)
    return [catalogue.identity_contradicts(place, names, str(reference))]
