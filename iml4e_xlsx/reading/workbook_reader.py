"""From a returned file to the response in it, and everything that is wrong or doubtful with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Self

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Assessment, Reading, Scheme
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference, find_signs
from iml4e_xlsx.reading.response_reader import ResponseReader
from iml4e_xlsx.reading.summary_reader import differing
from iml4e_xlsx.scheme.versions import carry_response
from iml4e_xlsx.scoring import score_response
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.grid import Grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefused
from iml4e_xlsx.spreadsheets.sandbox import Sandbox
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.spelling import path_text, quote_value
from iml4e_xlsx.text.texts import Texts


class WorkbookReader:
    """
    Reads workbooks one after another; a context manager that owns the parsing process.

    With `carry`, a response to an older version of a scheme is carried to the newest known one.
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
            path: The file; its content decides what it is, not its name.
            source: What findings call the file; its path by default.

        Raises:
            WorkbookReadError: If the file yields no response at all.
            ResourceError: If the parsing process cannot be started.
        """
        name = source or str(path)
        return self.assess_source(lambda: read_file_bytes(Path(path), self.limits), name)

    def assess_source(self, read: Callable[[], bytes], source: str) -> Assessment:
        """
        Read and score one workbook that need not be a file.

        Args:
            read: Returns its content; may raise OSError or FileRefused.
            source: What findings call it.

        Raises:
            WorkbookReadError: If it yields no response at all.
            ResourceError: If the parsing process cannot be started.
        """
        name = path_text(source)
        grids = self._grids(read, name)
        scheme, reference, findings = self._identify(grids, name)
        reader = ResponseReader(scheme, name)
        reader.findings.extend(findings)
        contested = any(finding.code == "identity-contradicts" for finding in findings)
        response, figures = reader.read(grids, reference, contested=contested)
        result = score_response(response, scheme)
        found = [*reader.findings, *differing(figures, result, reader.make)]
        newest = self.schemes.newest_version(scheme) if self.carry else scheme
        if newest.version != scheme.version:
            make = FindingCatalogue(scheme_texts(newest))
            response, changes = carry_response(response, scheme, newest, make)
            found.extend(changes)
            scheme, result = newest, score_response(response, newest)
        ordered = tuple(sorted(found, key=_order))
        return Assessment(scheme=scheme, response=response, result=result, findings=ordered)

    def _grids(self, read: Callable[[], bytes], name: str) -> Grids:
        try:
            return self._sandbox.load(self._content(read, name))
        except FileRefused as refused:
            raise WorkbookReadError(refusal_failure(refused, name, self.texts)) from refused

    def _content(self, read: Callable[[], bytes], name: str) -> bytes:
        try:
            return read()
        except FileNotFoundError as error:
            raise self._error(FailureCode.NOT_FOUND, name) from error
        except OSError as error:
            reason = error.strerror or error
            raise self._error(FailureCode.UNREADABLE, name, reason=reason) from error

    def _identify(
        self, grids: Grids, name: str
    ) -> tuple[Scheme, WorkbookReference | None, list[Finding]]:
        """Return the scheme by the reference that most places agree on, else by the statements."""
        found = find_signs(grids)
        at = Place(source=name)
        if not found.references:
            scheme = self.schemes.find_by_statements(found.statement_ids)
            if scheme is None:
                known = ", ".join(self.schemes.list_ids())
                raise self._error(FailureCode.NOT_AN_ASSESSMENT, name, schemes=known)
            make = FindingCatalogue(scheme_texts(scheme))
            return scheme, None, [make.identity_lost(at, scheme.id, scheme.version)]
        reference = found.references[0]
        named = self.schemes.find_scheme(reference)
        if named is None:
            raise self._unknown(reference, name)
        make = FindingCatalogue(scheme_texts(named))
        others = found.references[1:]
        return (
            named,
            reference,
            [make.identity_contradicts(at, str(other), str(reference)) for other in others],
        )

    def _unknown(self, reference: WorkbookReference, name: str) -> WorkbookReadError:
        versions = self.schemes.list_versions(reference.scheme)
        values = {"scheme": quote_value(reference.scheme), "version": reference.version}
        if versions:
            values["known"], code = ", ".join(versions), FailureCode.UNKNOWN_SCHEME_VERSION
        else:
            values["schemes"], code = ", ".join(self.schemes.list_ids()), FailureCode.UNKNOWN_SCHEME
        return self._error(code, name, **values)

    def _error(self, code: FailureCode, name: str, **values: object) -> WorkbookReadError:
        return WorkbookReadError(make_failure(self.texts, code, name, **values))


def read_file_bytes(path: Path, limits: Limits) -> bytes:
    """Return a file's content, never more of it than it takes to see that it is too large."""
    with path.open("rb") as file:
        return file.read(limits.size + 1)


def _order(finding: Finding) -> tuple[int, str]:
    return (finding.severity.rank, finding.statement or "")


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
