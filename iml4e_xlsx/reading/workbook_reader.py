"""Reads returned files: the response in each, and everything that is wrong or doubtful in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.file_traits import FileTraits, content_digest, find_modified
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.findings.finding_order import order_findings
from iml4e_xlsx.model import Assessment, Reading, Scheme
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference, find_signs
from iml4e_xlsx.reading.response_reader import ResponseReader
from iml4e_xlsx.reading.summary_reader import compare_figures
from iml4e_xlsx.scheme.versions import carry_response
from iml4e_xlsx.scoring import score
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.grid import Grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.spreadsheets.sandbox import Sandbox
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.spelling import path_text, quote_value
from iml4e_xlsx.text.texts import Texts


class WorkbookReader:
    """
    Reads workbooks one after another; a context manager that owns the parsing process.

    With `carry`, a response to an older version of a scheme is carried over to the newest one.
    """

    def __init__(
        self,
        schemes: Schemes | None = None,
        *,
        limits: Limits | None = None,
        texts: Texts | None = None,
        carry: bool = False,
    ) -> None:
        self.schemes = schemes or Schemes.find_installed()
        self.limits = limits or Limits()
        self.texts = texts or load_texts()
        self.carry = carry
        self._sandbox = Sandbox(self.limits)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the parsing process."""
        self.close()

    def close(self) -> None:
        """End the parsing process."""
        self._sandbox.close()

    def assess(self, path: str | Path, *, source: str | None = None) -> Assessment:
        """
        Read and score one workbook.

        Args:
            path: The file; its content decides the format, not its name.
            source: The name of the file in findings; its path by default.

        Raises:
            WorkbookReadError: If the file yields no response at all.
            ResourceError: If the parsing process cannot be started.
        """
        name = source or str(path)
        return self.assess_source(lambda: read_file_bytes(Path(path), self.limits), name)

    def assess_source(
        self, read: Callable[[], bytes], source: str, *, received: datetime | None = None
    ) -> Assessment:
        """
        Read and score one workbook that need not be a file.

        Args:
            read: Returns its content; may raise OSError or FileRefusal.
            source: Its name in findings.
            received: When the mail that brought it arrived, if one did.

        Raises:
            WorkbookReadError: If it yields no response at all.
            ResourceError: If the parsing process cannot be started.
        """
        name = path_text(source)
        data = self._read_content(read, name)
        grids = self._load_grids(data, name)
        scheme, reference, findings = self._identify_workbook(grids, name)
        reader = ResponseReader(scheme, name)
        reader.findings.extend(findings)
        has_other_references = any(finding.code == "identity-contradicts" for finding in findings)
        response, figures = reader.read_response(
            grids, reference, has_other_references=has_other_references
        )
        modified = find_modified(grids.properties)
        file = FileTraits(digest=content_digest(data), modified=modified, received=received)
        response = replace(response, file=file)
        result = score(response, scheme)
        # Before anything is carried over: the workbook shows the figures of its own version.
        findings = [*reader.findings, *compare_figures(figures, result, reader.catalogue)]
        newest = self.schemes.newest_version(scheme) if self.carry else scheme
        if newest.version != scheme.version:
            catalogue = FindingCatalogue(scheme_texts(newest))
            response, changes = carry_response(response, scheme, newest, catalogue)
            findings.extend(changes)
            scheme, result = newest, score(response, newest)
        ordered = order_findings(findings, [grid.name for grid in grids.sheets])
        return Assessment(scheme=scheme, response=response, result=result, findings=ordered)

    def _load_grids(self, data: bytes, name: str) -> Grids:
        try:
            return self._sandbox.load_grids(data)
        except FileRefusal as refused:
            raise WorkbookReadError(refusal_failure(refused, name, self.texts)) from refused

    def _read_content(self, read: Callable[[], bytes], name: str) -> bytes:
        try:
            return read()
        except FileRefusal as refused:
            raise WorkbookReadError(refusal_failure(refused, name, self.texts)) from refused
        except FileNotFoundError as error:
            raise self._make_error(FailureCode.NOT_FOUND, name) from error
        except OSError as error:
            reason = error.strerror or error
            raise self._make_error(FailureCode.UNREADABLE, name, reason=reason) from error

    def _identify_workbook(
        self, grids: Grids, name: str
    ) -> tuple[Scheme, WorkbookReference | None, list[Finding]]:
        """Return the scheme and the reference of a workbook, with findings on contradictions."""
        signs = find_signs(grids)
        place = Place(source=name)
        # Without any reference the statements' ids decide. The workbook id stays unknown then, so
        # a campaign has to match the file by its sender.
        if not signs.references:
            scheme = self.schemes.find_by_statements(signs.statement_ids)
            if scheme is None:
                schemes = ", ".join(self.schemes.list_ids())
                raise self._make_error(FailureCode.NOT_AN_ASSESSMENT, name, schemes=schemes)
            catalogue = FindingCatalogue(scheme_texts(scheme))
            return scheme, None, [catalogue.identity_lost(place, scheme.id, scheme.version)]
        # The reference that most places agree on: a sheet of another workbook is outvoted.
        reference = signs.references[0]
        scheme = self.schemes.find_scheme(reference)
        # A similar scheme is no substitute: the same id may stand for another statement there.
        if scheme is None:
            raise self._unknown_scheme(reference, name)
        catalogue = FindingCatalogue(scheme_texts(scheme))
        others = signs.references[1:]
        return (
            scheme,
            reference,
            [catalogue.identity_contradicts(place, str(other), str(reference)) for other in others],
        )

    def _unknown_scheme(self, reference: WorkbookReference, name: str) -> WorkbookReadError:
        versions = self.schemes.list_versions(reference.scheme)
        values = {"scheme": quote_value(reference.scheme), "version": reference.version}
        if versions:
            values["known"], code = ", ".join(versions), FailureCode.UNKNOWN_SCHEME_VERSION
        else:
            values["schemes"], code = ", ".join(self.schemes.list_ids()), FailureCode.UNKNOWN_SCHEME
        return self._make_error(code, name, **values)

    def _make_error(self, code: FailureCode, name: str, **values: object) -> WorkbookReadError:
        return WorkbookReadError(make_failure(self.texts, code, name, **values))


def read_file_bytes(path: Path, limits: Limits) -> bytes:
    """Return a file's content, but at most one byte more than the limit."""
    with path.open("rb") as file:
        # A buffer as large as the limit costs more than reading the file; what grows meanwhile, or
        # has no size of its own, is read up to the limit all the same.
        most = limits.size + 1
        expected = min(most, os.fstat(file.fileno()).st_size + 1)
        start = file.read(expected)
        return start if len(start) < expected else start + file.read(most - len(start))


def read_workbook(path: str | Path, *, schemes: Schemes | None = None) -> Reading:
    """
    Read one returned workbook.

    For many files, a `WorkbookReader` keeps its parsing process between them.

    Raises:
        WorkbookReadError: If the file yields no response at all.
        ResourceError: If the parsing process cannot be started.
    """
    with WorkbookReader(schemes) as reader:
        assessment = reader.assess(path)
    return Reading(response=assessment.response, findings=assessment.findings)


def assess_workbook(path: str | Path, *, schemes: Schemes | None = None) -> Assessment:
    """
    Read and score one returned workbook.

    Raises:
        WorkbookReadError: If the file yields no response at all.
        ResourceError: If the parsing process cannot be started.
    """
    with WorkbookReader(schemes) as reader:
        return reader.assess(path)
