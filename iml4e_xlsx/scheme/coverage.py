"""Compares a scheme with its sources: what each asks for, and the statements that cite it."""

from __future__ import annotations

from dataclasses import dataclass

from iml4e_xlsx.errors import ReportError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.model import Locus, Publication, Scheme, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class LocusCoverage:
    """One thing that a source asks for, with the statements that cite it, in scheme order."""

    locus: Locus
    statements: tuple[Statement, ...]

    @property
    def is_hole(self) -> bool:
        """Return whether no statement cites it."""
        return not self.statements


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCoverage:
    """
    A source with all that it asks for, in its order.

    If the scheme has no list of that (`is_listed`), its loci are the places that statements cite,
    and nobody knows what is missing. Of a `form` of the scheme, only what it asks for counts.
    """

    source: Publication
    loci: tuple[LocusCoverage, ...]
    form: str = ""

    @property
    def is_listed(self) -> bool:
        """Return whether the scheme knows all that the source asks for."""
        return bool(self.source.loci)

    @property
    def covered(self) -> int:
        """Return how many loci have a statement."""
        return sum(not entry.is_hole for entry in self.loci)

    @property
    def holes(self) -> tuple[Locus, ...]:
        """Return the loci that no statement cites."""
        return tuple(entry.locus for entry in self.loci if entry.is_hole)

    @property
    def statements(self) -> tuple[str, ...]:
        """Return the statements that cite the source, each once."""
        cited = (statement.id for entry in self.loci for statement in entry.statements)
        return tuple(dict.fromkeys(cited))


def cover_source(scheme: Scheme, key: str) -> SourceCoverage:
    """
    Compare a scheme with one of its sources.

    Raises:
        ReportError: If the scheme has no such source.
    """
    sources = {source.key: source for source in scheme.sources}
    if not sources:
        raise ReportError(ReportErrorCode.NO_SOURCES, source=key)
    if key not in sources:
        choices = tuple(sources)
        raise ReportError(ReportErrorCode.UNKNOWN_SOURCE, source=key, sources=choices)
    source = sources[key]
    citing: dict[str, list[Statement]] = {locus.key: [] for locus in source.loci}
    for statement in scheme.statements.values():
        for locus in statement.loci(key):
            citing.setdefault(locus, []).append(statement)
    known = {locus.key: locus for locus in source.loci}
    return SourceCoverage(
        source=source,
        form=scheme.form,
        loci=tuple(
            LocusCoverage(
                locus=known.get(locus, Locus(key=locus, title="")), statements=tuple(statements)
            )
            for locus, statements in citing.items()
        ),
    )


def cover_sources(scheme: Scheme) -> tuple[SourceCoverage, ...]:
    """Compare a scheme with each of its sources, those of which it knows all first."""
    covered = [cover_source(scheme, source.key) for source in scheme.sources]
    return tuple(sorted(covered, key=lambda coverage: not coverage.is_listed))
