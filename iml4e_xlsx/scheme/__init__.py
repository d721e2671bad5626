"""
Loads schemes: the definitions of an assessment, written as folders of YAML.

In: the id of an installed scheme, or a folder. Out: a `Scheme` of `model` in one language, or a
`SchemeError` with everything that is wrong, by line. `versions` carries a response from one
version of a scheme to another. The rooms above `model` may import this one.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from iml4e_xlsx import resources
from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme.scheme_reader import SchemeReader
from iml4e_xlsx.scheme.text_review import TextReview
from iml4e_xlsx.scheme.yaml_nodes import FindingCollector
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import path_text

DEFAULT_SCHEME = "iml4e-mlops"


def load_scheme(which: str | Path = DEFAULT_SCHEME, language: str | None = None) -> Scheme:
    """
    Load a scheme in one language.

    Args:
        which: The id of an installed scheme, or the path of a scheme's folder or `scheme.yaml`.
        language: One of the scheme's languages; by default that of its file.

    Raises:
        SchemeError: If there is no such scheme, or it cannot be used; all findings are in it.
    """
    folder = scheme_folder(which)
    return _load_folder(folder, language, _fingerprint_folder(folder))


def scheme_folder(which: str | Path) -> Path:
    """Return the folder of a scheme by id or path; SchemeError if there is none."""
    folders = resources.scheme_folders()
    if str(which) in folders:
        return folders[str(which)]
    path = Path(which)
    folder = path.parent if path.name == "scheme.yaml" else path
    if (folder / "scheme.yaml").is_file():
        return folder
    catalogue, place = FindingCatalogue(load_texts()), Place(source=path_text(path))
    if folder.is_dir():
        raise SchemeError([catalogue.scheme_missing_file(place, "scheme.yaml")])
    finding = catalogue.scheme_unknown_key(
        place,
        message("scheme_part.scheme"),
        path_text(path),
        ", ".join(folders),
    )
    raise SchemeError([finding])


def scheme_ids() -> tuple[str, ...]:
    """Return the ids of the installed schemes, sorted."""
    return tuple(resources.scheme_folders())


def validate_scheme(which: str | Path) -> Scheme:
    """
    Check a scheme in each of its languages; return it in the language of its file.

    Raises:
        SchemeError: With the findings of every language.
    """
    scheme = load_scheme(which)
    for language in scheme.languages:
        load_scheme(which, language)
    return scheme


def review_scheme(which: str | Path) -> tuple[Finding, ...]:
    """
    Review the texts of a valid scheme: what could be better, by file and line; no errors.

    Raises:
        SchemeError: If the scheme is not valid.
    """
    collector = FindingCollector(FindingCatalogue(load_texts()))
    reader = SchemeReader(scheme_folder(which), None, collector)
    scheme = reader.read_scheme(digest="")
    if scheme is None or collector.findings:
        raise SchemeError(_sort_by_line(collector.findings))
    return tuple(TextReview(scheme, reader, collector.catalogue).list_findings())


def _fingerprint_folder(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Fingerprint a scheme's files, so that an edited scheme is read anew."""
    stats = ((path, path.stat()) for path in sorted(folder.rglob("*.yaml")))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


@lru_cache(maxsize=64)
def _load_folder(
    folder: Path, language: str | None, fingerprint: tuple[tuple[str, int, int], ...]
) -> Scheme:
    collector = FindingCollector(FindingCatalogue(load_texts()))
    content = hashlib.sha256()
    for name, _, _ in fingerprint:
        data = Path(name).read_bytes()
        content.update(data.replace(b"\r\n", b"\n"))  # as git writes them on Windows: the same text
    scheme = SchemeReader(folder, language, collector).read_scheme(content.hexdigest()[:16])
    if scheme is None or collector.findings:
        raise SchemeError(_sort_by_line(collector.findings))
    return scheme


def _sort_by_line(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.place.source, finding.place.line or 0))
