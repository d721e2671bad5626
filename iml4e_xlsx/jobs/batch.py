"""Assesses many files side by side, in order; a bad file costs itself alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

from iml4e_xlsx.errors import ResourceError, WorkbookReadError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.source import Source
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.failures import defect_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.texts import Texts

_AHEAD = 2
"""How many files a worker has waiting; each may take as much memory as a file may be large."""


def find_workbooks(
    paths: Iterable[str | Path],
    *,
    limits: Limits | None = None,
    texts: Texts | None = None,
    on_other_file: Callable[[str], None] | None = None,
) -> Iterator[Source | Failure]:
    """
    Yield the workbooks at the paths, lazily and in order.

    Folders and zips are searched with everything in them; one without a workbook is a failure.

    Args:
        paths: Files, folders, zips.
        limits: What a zip may claim.
        texts: The language of failures.
        on_other_file: Called with the name of each file in a folder or zip that is no workbook.
    """
    for item in Finder(limits=limits, texts=texts, on_other_file=on_other_file).find_sources(paths):
        yield item if isinstance(item, Source) else item.failure


def assess_workbooks(
    sources: Iterable[Source | Failure],
    *,
    schemes: Schemes | None = None,
    limits: Limits | None = None,
    workers: int = 2,
    texts: Texts | None = None,
    carry: bool = False,
) -> Generator[Assessment | Failure, None, None]:
    """
    Yield an assessment or a failure for each source, in the order given, as they are ready.

    Args:
        sources: The files that `find_workbooks` yields; failures pass through.
        schemes: The schemes that they may belong to; the installed ones by default.
        limits: What a file may claim.
        workers: How many files are read at once, each in a parsing process of its own.
        texts: The language of failures; findings are in the language of each workbook.
        carry: Whether to carry responses to the newest known version of their scheme.

    Raises:
        ResourceError: If a parsing process cannot be started.
    """
    installed = schemes or Schemes.find_installed()
    language = texts or load_texts()
    with ExitStack() as stack:
        readers: SimpleQueue[WorkbookReader] = SimpleQueue()
        for _ in range(workers):
            reader = WorkbookReader(installed, limits=limits, texts=language, carry=carry)
            readers.put(stack.enter_context(reader))

        def assess_source(source: Source | Failure) -> Assessment | Failure:
            # The finder has failures of its own: a folder without a workbook, a damaged zip.
            if isinstance(source, Failure):
                return source
            reader = readers.get()
            try:
                return reader.assess_source(
                    source.read, source.name, received=source.received, turn=source.turn
                )
            except WorkbookReadError as error:
                return error.failure
            except ResourceError:  # without memory or a process no other file will fare better
                raise
            except Exception as error:  # noqa: BLE001 - a defect of ours must not cost the batch
                return defect_failure(error, source.name, language)
            finally:
                readers.put(reader)

        pool = stack.enter_context(ThreadPoolExecutor(max_workers=workers))
        remaining = iter(sources)
        ahead: deque[Future[Assessment | Failure]] = deque(
            pool.submit(assess_source, source) for source in islice(remaining, workers * _AHEAD)
        )
        # Only a few files wait in memory; the next one is taken when an outcome is handed over.
        while ahead:
            yield ahead.popleft().result()
            ahead.extend(pool.submit(assess_source, source) for source in islice(remaining, 1))


def leave_out_results(
    outcomes: Iterable[Assessment | Failure], on_results: Callable[[Finding], None]
) -> Iterator[Assessment | Failure]:
    """Yield outcomes without workbooks of results that this program wrote; report each of those."""
    for outcome in outcomes:
        if isinstance(outcome, Failure) and outcome.code is FailureCode.OWN_RESULTS:
            catalogue = FindingCatalogue(load_texts())
            on_results(catalogue.results_left_out(Place(source=outcome.source)))
        else:
            yield outcome
