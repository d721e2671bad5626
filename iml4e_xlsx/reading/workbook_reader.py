"""Reads returned files: the response in each, and everything that is wrong or doubtful in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.file_traits import content_digest
from iml4e_xlsx.findings.finding_order import order_findings
from iml4e_xlsx.model import Assessment, Reading
from iml4e_xlsx.reading.identity import Schemes, WorkbookReference
from iml4e_xlsx.reading.response_answer import unpack_content
from iml4e_xlsx.reading.response_codec import pack_schemes
from iml4e_xlsx.reading.summary_reader import compare_figures
from iml4e_xlsx.reading.workbook_content import WorkbookContent
from iml4e_xlsx.scheme.versions import carry_response
from iml4e_xlsx.scoring import score
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.parsing_turn import ParsingTurn
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.spreadsheets.sandbox import Sandbox, worker_command
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.spelling import path_text, quote_value
from iml4e_xlsx.text.texts import Texts

_MODULE: Final = "iml4e_xlsx.reading.response_worker"
"""The program of the parsing process."""


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

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the parsing process."""
        self.close()

    def close(self) -> None:
        """End the parsing process."""
        sandbox = self.__dict__.pop("_sandbox", None)
        if sandbox is not None:
            sandbox.close()

    @cached_property
    def _sandbox(self) -> Sandbox:
        """The parsing process; SchemeError if one of the schemes cannot be used."""
        setup = pack_schemes(self.schemes)
        return Sandbox(self.limits, command=worker_command(_MODULE), setup=setup)

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
        self,
        read: Callable[[], bytes],
        source: str,
        *,
        received: datetime | None = None,
        turn: ParsingTurn | None = None,
    ) -> Assessment:
        """
        Read and score one workbook that need not be a file.

        Args:
            read: Returns its content; may raise OSError or FileRefusal.
            source: Its name in findings.
            received: When the mail that brought it arrived, if one did.
            turn: Its turn at the parsing process, where it shares computing time with others.

        Raises:
            WorkbookReadError: If it yields no response at all.
            ResourceError: If the parsing process cannot be started.
        """
        name = path_text(source)
        data = self._read_content(read, name)
        content = self._parse_file(data, name, turn)
        scheme, response = content.scheme, content.response
        file = replace(response.file, digest=content_digest(data), received=received)
        response = replace(response, file=file)
        catalogue = FindingCatalogue(scheme_texts(scheme))
        result = score(response, scheme)
        # Before anything is carried over: the workbook shows the figures of its own version.
        findings = list(content.findings)
        findings += compare_figures(content.figures, result, scheme, content.findings, catalogue)
        newest = self.schemes.newest_version(scheme) if self.carry else scheme
        if newest.version != scheme.version:
            catalogue = FindingCatalogue(scheme_texts(newest))
            response, changes = carry_response(response, scheme, newest, catalogue)
            findings.extend(changes)
            scheme, result = newest, score(response, newest)
        ordered = order_findings(findings, content.sheets)
        return Assessment(scheme=scheme, response=response, result=result, findings=ordered)

    def _parse_file(self, data: bytes, name: str, turn: ParsingTurn | None) -> WorkbookContent:
        try:
            content = self._sandbox.process_file(
                data, lambda answer: unpack_content(answer, name, self.schemes, self.limits), turn
            )
        except FileRefusal as refused:
            raise WorkbookReadError(refusal_failure(refused, name, self.texts)) from refused
        if isinstance(content, WorkbookContent):
            return content
        if content is not None:
            raise self._unknown_scheme(content, name)
        schemes = ", ".join(self.schemes.list_ids())
        raise self._make_error(FailureCode.NOT_AN_ASSESSMENT, name, schemes=schemes)

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
