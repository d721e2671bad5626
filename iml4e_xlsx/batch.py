"""Many files: finds the workbooks, assesses them side by side, and keeps one bad file to itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.model import Assessment, Failure
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.limits import Limits
from iml4e_xlsx.reading.reader import WorkbookReader
from iml4e_xlsx.scheme import load_texts
from iml4e_xlsx.texts import Texts

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_OTHER_SUFFIXES = frozenset(
    {".zip", ".docx", ".pptx", ".odt", ".odp", ".jar", ".doc", ".ppt", ".msg", ".eml", ".mbox"}
)
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found at the given paths: workbooks in order, failures, and files passed over."""

    workbooks: tuple[Path, ...]
    failures: tuple[Failure, ...]
    passed_over: tuple[Path, ...]


def find_workbooks(paths: Iterable[str | Path], texts: Texts | None = None) -> Found:
    """
    Return the workbooks at the given paths; a folder is searched with all folders in it.

    A file that is named itself is taken whatever it is. In a folder, files count that are
    called workbooks or begin as one does; lock files and hidden files are left alone.
    """
    words = texts or load_texts()
    workbooks: dict[Path, None] = {}
    failures: list[Failure] = []
    passed_over: list[Path] = []
    for given in paths:
        path = Path(given)
        if not path.is_dir():
            workbooks[path] = None
            continue
        found, others = _in_folder(path)
        workbooks.update(dict.fromkeys(found))
        passed_over.extend(others)
        if not found:
            message = words("failures.no-workbooks", source=str(path))
            failures.append(Failure(source=str(path), code="no-workbooks", message=message))
    return Found(
        workbooks=tuple(workbooks), failures=tuple(failures), passed_over=tuple(passed_over)
    )


def _in_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    found: list[Path] = []
    others: list[Path] = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            (found if _looks_like_workbook(path) else others).append(path)
    return found, others


def _looks_like_workbook(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in WORKBOOK_SUFFIXES:
        return True
    if suffix in _OTHER_SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) in _CONTAINERS
    except OSError:
        return False


def assess_many(
    paths: Sequence[Path],
    *,
    schemes: Schemes | None = None,
    limits: Limits | None = None,
    workers: int = 2,
    texts: Texts | None = None,
) -> Iterator[Assessment | Failure]:
    """
    Yield an assessment or a failure for each file, in the order given, as they are ready.

    Args:
        paths: The files.
        schemes: What they may belong to; the installed schemes by default.
        limits: What a file may claim.
        workers: How many files are read at once, each in a parsing process of its own.
        texts: The language of failures; findings are in the language of each workbook.
    """
    with ExitStack() as stack:
        readers: SimpleQueue[WorkbookReader] = SimpleQueue()
        count = max(1, min(workers, len(paths)))
        for _ in range(count):
            reader = WorkbookReader(schemes, limits=limits, texts=texts)
            readers.put(stack.enter_context(reader))

        def one(path: Path) -> Assessment | Failure:
            reader = readers.get()
            try:
                return reader.assess(path)
            except WorkbookReadError as error:
                return Failure(source=error.source, code=error.code, message=str(error))
            finally:
                readers.put(reader)

        pool = stack.enter_context(ThreadPoolExecutor(max_workers=count))
        remaining = iter(paths)
        ahead = [pool.submit(one, path) for path in islice(remaining, count * 4)]
        while ahead:
            yield ahead.pop(0).result()
            ahead.extend(pool.submit(one, path) for path in islice(remaining, 1))
