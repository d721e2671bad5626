"""Makes the list of files that are not in the results: each with the reason and what counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.report.tables.labels import label_columns
from iml4e_xlsx.report.tables.table import ColumnKind, ResultTable
from iml4e_xlsx.text.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutEntry:
    """
    What is not in the results, with the reason, and the file that counts instead.

    `name` is a file or a team; it is empty where no file may be named, and the reason counts then.
    """

    name: str
    reason: str
    counted: str = ""

    def __str__(self) -> str:
        """Return the entry as one sentence."""
        return f"{self.name}: {self.reason}" if self.name else self.reason


def list_entries(
    failures: Sequence[Failure],
    left_out: Sequence[Finding],
    texts: Texts,
    *,
    teams: Iterable[str] = (),
    anonymous: bool = False,
) -> tuple[LeftOutEntry, ...]:
    """
    Return what is not in the results; without names only how many files for each reason.

    Args:
        failures: The files that could not be read.
        left_out: Findings on the files that do not count.
        texts: The language of the reasons.
        teams: The teams of other schemes.
        anonymous: Whether to name no file, since many a file is called after a person.
    """
    files = (
        _count_files(failures, left_out, texts) if anonymous else _name_files(failures, left_out)
    )
    others = (LeftOutEntry(name=name, reason=texts("report.other_scheme")) for name in teams)
    return (*files, *others)


def left_out_table(entries: Iterable[LeftOutEntry], texts: Texts) -> ResultTable:
    """Return a row for each entry: file, reason, the file that counts instead."""
    return ResultTable(
        name="left_out",
        title=texts("report.not_in"),
        note=texts("report.not_in_note"),
        columns=label_columns(
            texts,
            ("left_out", ColumnKind.FILE),
            ("reason", ColumnKind.LONG),
            ("counted", ColumnKind.FILE),
        ),
        rows=tuple((each.name or None, each.reason, each.counted or None) for each in entries),
    )


def counted_file(finding: Finding) -> str | None:
    """Return the file that counts in place of one that is left out, if another one does."""
    counted = finding.values.get("counted")
    return None if counted is None else str(counted)


def _name_files(failures: Iterable[Failure], left_out: Iterable[Finding]) -> Iterator[LeftOutEntry]:
    for failure in failures:
        reason = failure.message.removeprefix(f"{failure.source}: ")
        yield LeftOutEntry(name=failure.source, reason=reason)
    for finding in left_out:
        yield LeftOutEntry(
            name=finding.place.source,
            reason=finding.message,
            counted=counted_file(finding) or "",
        )


def _count_files(
    failures: Iterable[Failure], left_out: Sequence[Finding], texts: Texts
) -> Iterator[LeftOutEntry]:
    """Yield how many files there are for each reason, without anything that they contain."""
    for code, count in sorted(Counter(failure.code.value for failure in failures).items()):
        reason = texts(f"unread_reason.{code}")
        yield LeftOutEntry(name="", reason=texts("report.unread_for", count=count, reason=reason))
    if left_out:
        yield LeftOutEntry(name="", reason=texts("report.files_left_out", count=len(left_out)))
