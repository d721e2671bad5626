"""Loads a scheme: a folder of YAML to a `Scheme`, or all its findings with line numbers."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from iml4e_xlsx import resources
from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.scheme.scheme_reader import SchemeReader
from iml4e_xlsx.scheme.yaml_nodes import Complaints
from iml4e_xlsx.text.interface_texts import load_texts

DEFAULT_SCHEME = "iml4e-mlops"


def load_scheme(which: str | Path = DEFAULT_SCHEME, language: str | None = None) -> Scheme:
    """
    Load a scheme in one language.

    Args:
        which: The id of an installed scheme, or the path of a scheme's folder or `scheme.yaml`.
        language: One of the scheme's languages; the one it is written in by default.

    Raises:
        SchemeError: If there is no such scheme, or it cannot be used; all findings are in it.
    """
    folder = scheme_folder(which)
    return _load(folder, language, _fingerprint(folder))


def scheme_folder(which: str | Path) -> Path:
    """Return the folder of a scheme by id or path; SchemeError if there is none."""
    folders = resources.scheme_folders()
    if str(which) in folders:
        return folders[str(which)]
    path = Path(which)
    folder = path.parent if path.name == "scheme.yaml" else path
    if (folder / "scheme.yaml").is_file():
        return folder
    make = FindingCatalogue(load_texts())
    known = ", ".join(folders)
    raise SchemeError(
        [make.scheme_unknown_key(Place(source=str(which)), "scheme", str(which), known)]
    )


def scheme_ids() -> tuple[str, ...]:
    """Return the ids of the installed schemes, sorted."""
    return tuple(resources.scheme_folders())


def validate_scheme(which: str | Path) -> Scheme:
    """
    Check a scheme in each of its languages and return it in the one it is written in.

    Raises:
        SchemeError: With every finding, in whichever language it stands.
    """
    scheme = load_scheme(which)
    for language in scheme.languages:
        load_scheme(which, language)
    return scheme


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when any file of the scheme does, so that an edited one is read anew."""
    stats = ((path, path.stat()) for path in sorted(folder.rglob("*.yaml")))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


@lru_cache(maxsize=64)
def _load(
    folder: Path, language: str | None, fingerprint: tuple[tuple[str, int, int], ...]
) -> Scheme:
    complaints = Complaints(FindingCatalogue(load_texts()))
    digest = hashlib.sha256()
    for name, _, _ in fingerprint:
        data = Path(name).read_bytes()
        digest.update(data.replace(b"\r\n", b"\n"))  # as git writes them on Windows: the same text
    reader = SchemeReader(folder, language, complaints)
    scheme = reader.read(digest.hexdigest()[:16])
    if scheme is None or complaints.found:
        raise SchemeError(
            sorted(complaints.found, key=lambda f: (f.place.source, f.place.line or 0))
        )
    return scheme
