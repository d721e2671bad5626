"""Identifies a workbook by several independent signs, and finds the scheme it belongs to."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path

from iml4e_xlsx import resources
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.forms import carry_form, find_form
from iml4e_xlsx.spreadsheets.grid import Grid, Grids, UnreadGrid
from iml4e_xlsx.workbook.workbook_layout import META_SHEET

_REFERENCE = re.compile(
    r"([a-z0-9]+(?:-[a-z0-9]+)*)/(\d+\.\d+\.\d+)/([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)/([0-9A-Z]{10})\b"
    r"(?:/([a-z0-9]+(?:-[a-z0-9]+)*))?"
)
_VERSION = re.compile(r"/\d+\.\d+\.\d+/")
_ID_END = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_ID_CHARACTERS = frozenset(string.ascii_lowercase + string.digits + "-")
_REFERENCE_ROWS = 12
_REFERENCE_COLUMNS = 8
"""References stand near the top left of a sheet; elsewhere a respondent may have quoted one."""


@dataclass(frozen=True, slots=True)
class WorkbookReference:
    """
    The reference that identifies a workbook: scheme, version, language and workbook id.

    `form` is the form of the scheme that the workbook is; empty if it asks for every statement.
    """

    scheme: str
    version: str
    language: str
    workbook_id: str
    form: str = ""

    def __str__(self) -> str:
        """Return the reference as it stands on the sheets."""
        form = f"/{self.form}" if self.form else ""
        return f"{self.scheme}/{self.version}/{self.language}/{self.workbook_id}{form}"


@dataclass(frozen=True, slots=True)
class IdentitySigns:
    """
    The signs that identify a workbook: references, and the ids of its statements.

    References that more places agree on come first; no two are equal.
    """

    references: tuple[WorkbookReference, ...]
    statement_ids: frozenset[str]


def find_signs(grids: Grids) -> IdentitySigns:
    """Return the signs of a workbook's identity on its sheets and in its properties."""
    votes: list[WorkbookReference] = []
    for grid in grids.sheets:
        # The hidden sheet names the parts of the reference apart. It survives most programs, but
        # not a copy of single sheets into another workbook.
        if grid.name == META_SHEET:
            votes += _read_meta_sheet(grid)
        # Every sheet carries the reference, so a lost or foreign sheet is outvoted by the others.
        votes += _sheet_references(grid, votes)
    # The properties survive where sheets were rebuilt, and are lost where a program drops them.
    votes += _match_references(grids.properties)
    # Statements' ids tell the scheme, though not the workbook, where every reference is lost.
    ids = frozenset(text for grid in grids.sheets for _, _, text in grid.ids)
    return IdentitySigns(tuple(reference for reference, _ in Counter(votes).most_common()), ids)


def _sheet_references(
    grid: Grid, known: Collection[WorkbookReference]
) -> Iterable[WorkbookReference]:
    """Return the references on a sheet, which is read only if other sheets lack one of them."""
    if isinstance(grid, UnreadGrid):
        references = {
            reference for text in grid.texts if "/" in text for reference in _match_references(text)
        }
        # Where a reference stands on its sheet matters only if it contradicts others.
        if references.issubset(known):
            return references
    return find_references(grid)


def find_references(grid: Grid) -> list[WorkbookReference]:
    """Return the references near the top left of a sheet."""
    return [
        reference
        for row, values in islice(grid.rows.items(), _REFERENCE_ROWS)  # rows are ascending
        if row < _REFERENCE_ROWS
        for col, value in values.items()
        if value.__class__ is str and "/" in value and col < _REFERENCE_COLUMNS
        for reference in _match_references(value)
    ]


def _read_meta_sheet(grid: Grid) -> Iterable[WorkbookReference]:
    values = {
        str(row[0]).strip(): str(row[1]).strip()
        for row in grid.rows.values()
        if row.keys() >= {0, 1}
    }
    keys = ["scheme", "version", "language", "workbook_id"]
    if values.get("form"):
        keys.append("form")
    return _match_references("/".join(values.get(key, "") for key in keys))


@lru_cache(maxsize=16)
def _match_references(text: str) -> tuple[WorkbookReference, ...]:
    """Return the references in a text; all sheets of a workbook have the same one."""
    references = []
    # Only what stands around a version can be a reference: searching for the id itself looks
    # at each word of the properties, for a file in which nothing else costs as much.
    for version in _VERSION.finditer(text):
        start = version.start()
        while start and text[start - 1] in _ID_CHARACTERS:
            start -= 1
        scheme_id = _ID_END.search(text, start, version.start())
        match = scheme_id and _REFERENCE.match(text, scheme_id.start())
        if match:
            references.append(WorkbookReference(*match.groups("")))
    return tuple(references)


@dataclass(frozen=True)
class Schemes:
    """
    The schemes that a workbook may belong to: the installed ones, and named folders.

    They are loaded once; to see edits of a scheme, make a new instance.
    """

    folders: tuple[Path, ...]

    @classmethod
    def find_installed(cls, extra: Sequence[str | Path] = ()) -> Schemes:
        """Return the schemes at the given paths, and after them the installed ones."""
        installed = resources.scheme_folders()
        named_folders = (Path(path) for path in extra if str(path) not in installed)
        return cls((*named_folders, *installed.values()))

    def check_schemes(self) -> None:
        """
        Load every scheme.

        Raises:
            SchemeError: If one cannot be used.
        """
        _ = self.all_schemes

    @cached_property
    def all_schemes(self) -> tuple[Scheme, ...]:
        """Every scheme in its original language; SchemeError if one cannot be used."""
        return tuple(load_scheme(folder) for folder in self.folders)

    @cached_property
    def _translations(self) -> dict[tuple[Path, str], Scheme]:
        return {}

    def find_scheme(self, reference: WorkbookReference) -> Scheme | None:
        """
        Return the scheme of a reference in the workbook's language and form; None if unknown.

        Of a form that the scheme does not have, it is the whole scheme: what the workbook lacks is
        told then, and no answer is lost.
        """
        scheme = self._find_whole(reference)
        return None if scheme is None else find_form(scheme, reference.form)

    def _find_whole(self, reference: WorkbookReference) -> Scheme | None:
        for folder, scheme in zip(self.folders, self.all_schemes, strict=True):
            # Another version has other statements, so only this one can read the workbook.
            if (scheme.id, scheme.version) != (reference.scheme, reference.version):
                continue
            # Ratings and ids are the same in every language: a lost translation loses no answer.
            if reference.language not in scheme.languages[1:]:
                return scheme
            key = (folder, reference.language)
            if key not in self._translations:
                self._translations[key] = load_scheme(*key)
            return self._translations[key]
        return None

    def newest_version(self, scheme: Scheme) -> Scheme:
        """Return the newest version of a scheme, in the same language if it has that."""
        versions = [
            (candidate, folder)
            for candidate, folder in zip(self.all_schemes, self.folders, strict=True)
            if candidate.id == scheme.id
        ]
        newest, folder = max(versions, key=lambda item: _version_numbers(item[0].version))
        has_language = scheme.language in newest.languages
        newest = load_scheme(folder, scheme.language) if has_language else newest
        return carry_form(scheme, newest)

    def list_versions(self, scheme_id: str) -> tuple[str, ...]:
        """Return the versions of a scheme that are at hand."""
        return tuple(scheme.version for scheme in self.all_schemes if scheme.id == scheme_id)

    def list_ids(self) -> tuple[str, ...]:
        """Return the ids of all schemes, each once."""
        return tuple(dict.fromkeys(scheme.id for scheme in self.all_schemes))

    def find_by_statements(self, ids: frozenset[str]) -> Scheme | None:
        """Return the scheme that most of the ids belong to; None if no scheme has any."""
        best = max(
            self.all_schemes, key=lambda scheme: len(ids & scheme.statements.keys()), default=None
        )
        if best is None or not ids & best.statements.keys():
            return None
        # Exactly the statements of a form: a workbook that asked for no others.
        forms = (form for form, asked in best.forms.items() if ids == frozenset(asked))
        return find_form(best, next(forms, ""))


def _version_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
