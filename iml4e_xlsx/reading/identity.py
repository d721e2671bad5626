"""Which workbook is this? Several independent signs, with a clear order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from iml4e_xlsx import resources
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.spreadsheets.grid import Grid, Grids
from iml4e_xlsx.workbook.layout import META_SHEET

_REFERENCE = re.compile(
    r"([a-z0-9]+(?:-[a-z0-9]+)*)/(\d+\.\d+\.\d+)/([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/([0-9A-Z]{10})\b"
)
_SLASHES = 3
_REFERENCE_ROWS = 12
_REFERENCE_COLUMNS = 8
"""References stand near the top left of a sheet; elsewhere a respondent may have quoted one."""


@dataclass(frozen=True, slots=True)
class WorkbookReference:
    """What names a workbook: scheme, version, language and the workbook's id."""

    scheme: str
    version: str
    language: str
    workbook_id: str

    def __str__(self) -> str:
        """Return the reference as it stands on the sheets."""
        return f"{self.scheme}/{self.version}/{self.language}/{self.workbook_id}"


@dataclass(frozen=True, slots=True)
class IdentitySigns:
    """The references found, those that many places agree on first; no two are alike."""

    references: tuple[WorkbookReference, ...]
    statement_ids: frozenset[str]


def find_signs(grids: Grids) -> IdentitySigns:
    """Return what a workbook says of itself: on its hidden sheet, its sheets, its properties."""
    found: Counter[WorkbookReference] = Counter()
    for grid in grids.sheets:
        if grid.name == META_SHEET:
            found.update(_meta(grid))
        found.update(find_references(grid))
    found.update(_in_texts([grids.properties]))
    ids = frozenset(text for grid in grids.sheets for _, _, text in grid.ids)
    return IdentitySigns(tuple(reference for reference, _ in found.most_common()), ids)


def find_references(grid: Grid) -> list[WorkbookReference]:
    """Return the references near the top left of a sheet."""
    texts = [
        value
        for row in grid.rows[:_REFERENCE_ROWS]
        for value in row[:_REFERENCE_COLUMNS]
        if value and isinstance(value, str) and value.count("/") >= _SLASHES
    ]
    return list(_in_texts(texts))


def _meta(grid: Grid) -> Iterable[WorkbookReference]:
    values = {str(row[0]).strip(): str(row[1]).strip() for row in grid.rows if len(row) > 1}
    text = "/".join(values.get(key, "") for key in ("scheme", "version", "language", "workbook_id"))
    return _in_texts([text])


def _in_texts(texts: Iterable[str]) -> Iterable[WorkbookReference]:
    for text in texts:
        for match in _REFERENCE.finditer(text):
            yield WorkbookReference(*match.groups())


@dataclass(frozen=True)
class Schemes:
    """
    The schemes that a workbook may belong to: the installed ones, and folders named besides.

    They are loaded once; a scheme that is edited meanwhile takes a new instance.
    """

    folders: tuple[Path, ...]

    @classmethod
    def find_installed(cls, extra: Sequence[str | Path] = ()) -> Schemes:
        """Return the installed schemes and those at the given paths, these first."""
        given = (Path(path) for path in extra if str(path) not in resources.scheme_folders())
        return cls((*given, *resources.scheme_folders().values()))

    @cached_property
    def all_schemes(self) -> tuple[Scheme, ...]:
        """Every scheme in the language it is written in; SchemeError if one is broken."""
        return tuple(load_scheme(folder) for folder in self.folders)

    @cached_property
    def _translated(self) -> dict[tuple[Path, str], Scheme]:
        return {}

    def find_scheme(self, reference: WorkbookReference) -> Scheme | None:
        """Return the scheme of a reference in the workbook's language, or None."""
        for folder, scheme in zip(self.folders, self.all_schemes, strict=True):
            if (scheme.id, scheme.version) == (reference.scheme, reference.version):
                if reference.language not in scheme.languages[1:]:
                    return scheme
                key = (folder, reference.language)
                if key not in self._translated:
                    self._translated[key] = load_scheme(*key)
                return self._translated[key]
        return None

    def newest_version(self, scheme: Scheme) -> Scheme:
        """Return the newest known version of a scheme, in the same language if it has that."""
        known = [
            (found, folder) for found, folder in zip(self.all_schemes, self.folders, strict=True)
        ]
        same = [(found, folder) for found, folder in known if found.id == scheme.id]
        found, folder = max(same, key=lambda item: _numbers(item[0].version))
        has_language = scheme.language in found.languages
        return load_scheme(folder, scheme.language) if has_language else found

    def list_versions(self, scheme_id: str) -> tuple[str, ...]:
        """Return the known versions of a scheme."""
        return tuple(scheme.version for scheme in self.all_schemes if scheme.id == scheme_id)

    def list_ids(self) -> tuple[str, ...]:
        """Return the ids of all schemes, each once."""
        return tuple(dict.fromkeys(scheme.id for scheme in self.all_schemes))

    def find_by_statements(self, ids: frozenset[str]) -> Scheme | None:
        """Return the scheme that most of the ids belong to, or None if none does."""
        best = max(
            self.all_schemes, key=lambda scheme: len(ids & scheme.statements.keys()), default=None
        )
        return best if best is not None and ids & best.statements.keys() else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
