"""
Registers the formats that results are written in.

A format is a module of this folder and a line of `_FORMATS`. Choices, help texts and suffixes of
the commands come from here; the module is imported when something is written in its format, and
so is all else that `--help` does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any, Final

_FOLDER: Final = "iml4e_xlsx.report.formats"


class OutputSubject(StrEnum):
    """Content to be written; the writer of a format has a function `encode_<subject>` for each."""

    TABLES = "tables"  #: Some tables, such as a roadmap: a sequence of `ResultTable`.
    RESULTS = "results"  #: The results of responses or teams: a `ResultBundle`.
    TREND = "trend"  #: Teams over time, as a picture: a `LineChart`.
    REPORT = "report"  #: Everything about all teams: `Contents`.


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat:
    """
    A format: its name, the end of its files' names, and what can be written in it.

    `writer` is the module with the functions that write it, or `module:object`. `by_suffix` says
    that a file's suffix alone asks for it, no option; `needs_result` that there is no such file
    without a result; `shows_failures` that files without a result have their place in it;
    `is_picture` that it shows the figures of all areas, whatever rows are asked for.
    """

    name: str
    suffix: str
    subjects: frozenset[OutputSubject]
    writer: str
    by_suffix: bool = False
    needs_result: bool = False
    shows_failures: bool = False
    is_picture: bool = False

    def encode(self, subject: OutputSubject, content: object) -> bytes:
        """
        Return content in this format.

        Raises:
            ResourceError: If a library that the format needs is not installed.
        """
        encode: Callable[[object], bytes] = getattr(self._find_writer(), f"encode_{subject}")
        return encode(content)

    @property
    def streams(self) -> bool:
        """Return whether results are written one by one; else all are needed first."""
        return hasattr(self._find_writer(), "stream_results")

    def stream_results(self, results: object) -> Iterator[bytes]:
        """
        Return results in this format, a `ResultStream`, in pieces that are made when asked for.

        Raises:
            ResourceError: If a library that the format needs is not installed.
        """
        stream: Callable[[object], Iterator[bytes]] = self._find_writer().stream_results
        return stream(results)

    def _find_writer(self) -> Any:
        module, _, name = self.writer.partition(":")
        writer = import_module(module)
        return getattr(writer, name) if name else writer


def _make_format(name: str, writer: str, subjects: str, **traits: Any) -> OutputFormat:
    suffix = traits.pop("suffix", f".{name}")
    writes = frozenset(OutputSubject(subject) for subject in subjects.split())
    writer = f"{_FOLDER}.{writer}"
    return OutputFormat(name=name, suffix=suffix, subjects=writes, writer=writer, **traits)


_PICTURE: Final = {"by_suffix": True, "needs_result": True, "is_picture": True}

_FORMATS: Final = [
    _make_format("table", "plain_text", "tables results", suffix=".txt", shows_failures=True),
    _make_format("json", "json_text:JSON", "tables results", shows_failures=True),
    _make_format("ndjson", "json_text:NDJSON", "results", shows_failures=True),
    _make_format("csv", "csv_text", "tables results"),
    _make_format("md", "markdown", "tables"),
    _make_format("parquet", "frames", "results", needs_result=True),
    _make_format("html", "html", "report"),
    _make_format("xlsx", "xlsx", "tables results report", needs_result=True),
    _make_format("pdf", "pdf", "report"),
    _make_format("png", "pictures:PNG", "results trend report", **_PICTURE),
    _make_format("svg", "pictures:SVG", "results trend report", **_PICTURE),
]
"""In the order in which they are offered; the first for a subject is taken without a suffix."""


def register_format(output_format: OutputFormat) -> None:
    """Add a format; commands that are imported afterwards offer it."""
    _FORMATS.append(output_format)


def list_formats(*subjects: OutputSubject) -> tuple[OutputFormat, ...]:
    """Return the formats in which any of the subjects is written; of no subject, all formats."""
    return tuple(entry for entry in _FORMATS if not subjects or entry.subjects & set(subjects))


def format_names(subject: OutputSubject) -> tuple[str, ...]:
    """Return the names that an option offers for a subject."""
    return tuple(entry.name for entry in list_formats(subject) if not entry.by_suffix)


def format_suffixes(*subjects: OutputSubject) -> str:
    """Return the suffixes for subjects as a sentence lists them."""
    return ", ".join(entry.suffix for entry in list_formats(*subjects))


def find_format(name: str) -> OutputFormat:
    """
    Return the format of a name.

    Raises:
        KeyError: If there is none.
    """
    return {entry.name: entry for entry in _FORMATS}[name]


def choose_format(target: str, chosen: str | None, *subjects: OutputSubject) -> OutputFormat:
    """
    Return the format to write in: the chosen one, else by the target's suffix, else the first.

    Raises:
        OutputNameError: If the suffix stands for none of them.
    """
    if chosen:
        return find_format(chosen)
    from pathlib import Path

    from iml4e_xlsx.output import STANDARD_OUTPUT, wrong_suffix

    offered = list_formats(*subjects)
    suffix = Path(target).suffix.lower()
    # A pipe and a name without a suffix say nothing about a format; of a report nothing else does.
    if target == STANDARD_OUTPUT or not (suffix or OutputSubject.REPORT in subjects):
        return offered[0]
    for output_format in offered:
        if output_format.suffix == suffix:
            return output_format
    of_reports = [each.suffix for each in list_formats(OutputSubject.REPORT)]
    raise wrong_suffix(target, [each.suffix for each in offered], of_reports=of_reports)
