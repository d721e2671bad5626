"""Makes the findings about whose answer a file is, and whether it is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import TextValue
from iml4e_xlsx.text.spelling import printable_text

_VERSIONS: Final = frozenset({"respondent-twice", "workbook-twice"})
_LEFT_OUT: Final = _VERSIONS | {"copy-left-out", "blank-left-out", "results-left-out"}
_CHOICES: Final = frozenset({"respondent-inferred", "workbook-unnamed"})


def is_left_out(finding: Finding) -> bool:
    """Tell whether a finding says that its file does not count."""
    return finding.code in _LEFT_OUT


def is_superseded(finding: Finding) -> bool:
    """Tell whether a finding says that another version counts in place of its file."""
    return finding.code in _VERSIONS


def is_choice(finding: Finding) -> bool:
    """Tell whether a finding says as whose answer a file counts, though it does not say so."""
    return finding.code in _CHOICES


def distinct_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without those that say the same of the same file."""
    return tuple({(one.code, one.place.source, one.message): one for one in findings}.values())


class AnswerFindings(CatalogueBase):
    """Makes findings about files that do not count, and in favour of which."""

    __slots__ = ()

    def copy_left_out(self, place: Place, counted: str) -> Finding:
        """Report a file with the same bytes as another one, which counts."""
        return self._make_finding(
            Severity.NOTE, "copy-left-out", place, counted, counted=_whole_name(counted)
        )

    def blank_left_out(self, place: Place, workbook: str) -> Finding:
        """Report a workbook in which nobody has entered anything."""
        return self._make_finding(Severity.NOTE, "blank-left-out", place, workbook)

    def results_left_out(self, place: Place) -> Finding:
        """Report a workbook of results that this program wrote."""
        return self._make_finding(Severity.NOTE, "results-left-out", place)

    def respondent_twice(
        self, place: Place, respondent: str, counted: str, grounds: TextValue
    ) -> Finding:
        """Report one of two responses of one respondent, which does not count."""
        return self._make_finding(
            Severity.WARNING,
            "respondent-twice",
            place,
            respondent,
            subject="profile.respondent",
            counted=_whole_name(counted),
            grounds=grounds,
        )

    def workbook_twice(
        self, place: Place, workbook: str, counted: str, grounds: TextValue
    ) -> Finding:
        """Report one of two filled versions of one workbook, which does not count."""
        return self._make_finding(
            Severity.WARNING,
            "workbook-twice",
            place,
            workbook,
            counted=_whole_name(counted),
            grounds=grounds,
        )

    def respondent_inferred(
        self, place: Place, respondent: str, named: str, workbook: str
    ) -> Finding:
        """Report a file without a name that counts as a person's, by another version of it."""
        return self._make_finding(
            Severity.WARNING,
            "respondent-inferred",
            place,
            respondent,
            subject="profile.respondent",
            named=_whole_name(named),
            workbook=workbook,
        )

    def workbook_unnamed(self, place: Place, workbook: str, files: TextValue) -> Finding:
        """Report several files without a name that count as versions of one workbook."""
        return self._make_finding(
            Severity.WARNING,
            "workbook-unnamed",
            place,
            workbook,
            subject="profile.respondent",
            files=files,
        )

    def workbook_shared(self, place: Place, workbook: str, names: TextValue) -> Finding:
        """Report a file without a name, of a workbook that several people filled in."""
        return self._make_finding(
            Severity.WARNING,
            "workbook-shared",
            place,
            workbook,
            subject="profile.respondent",
            names=names,
        )


def _whole_name(source: str) -> str:
    """Return the name of a file on one line, in full: its end tells files of a folder apart."""
    return printable_text(source).replace("\n", " ")
