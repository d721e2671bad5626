"""
The IML4E MLOps Maturity Assessment as Excel workbooks: build, read, score.

Five calls carry a statement from the scheme to the result:

    scheme = load_scheme("iml4e-mlops")
    data = build_workbook(scheme, created=datetime(2026, 11, 23))
    reading = read_workbook("returned.xlsx")
    result = score(reading.response, scheme)
    print(result.overall.level)

Everything is imported when it is first used, so that a program that only scores does not load
what builds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iml4e_xlsx.batch import assess_many, find_workbooks
    from iml4e_xlsx.errors import (
        Finding,
        Iml4eError,
        OutputExistsError,
        Place,
        ResourceError,
        SchemeError,
        Severity,
        WorkbookReadError,
        WorkbookWriteError,
    )
    from iml4e_xlsx.model import (
        NOT_APPLICABLE,
        Answer,
        Area,
        AreaResult,
        Assessment,
        Failure,
        Level,
        Profile,
        Rating,
        Reading,
        Response,
        Result,
        Scheme,
        Statement,
    )
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.limits import Limits
    from iml4e_xlsx.reading.reader import WorkbookReader, assess_workbook, read_workbook
    from iml4e_xlsx.repairing import Repaired, repair_workbook
    from iml4e_xlsx.report.radar import draw_radar
    from iml4e_xlsx.report.reply import reply
    from iml4e_xlsx.scheme import load_scheme, scheme_ids, validate_scheme
    from iml4e_xlsx.scoring import score
    from iml4e_xlsx.sources import Source
    from iml4e_xlsx.workbook.builder import blank_response, build_workbook

__version__ = "0.1.0"

_HOMES = {
    "batch": ("assess_many", "find_workbooks"),
    "errors": (
        "Finding",
        "Iml4eError",
        "OutputExistsError",
        "Place",
        "ResourceError",
        "SchemeError",
        "Severity",
        "WorkbookReadError",
        "WorkbookWriteError",
    ),
    "model": (
        "NOT_APPLICABLE",
        "Answer",
        "Area",
        "AreaResult",
        "Assessment",
        "Failure",
        "Level",
        "Profile",
        "Rating",
        "Reading",
        "Response",
        "Result",
        "Scheme",
        "Statement",
    ),
    "reading.identity": ("Schemes",),
    "reading.limits": ("Limits",),
    "reading.reader": ("WorkbookReader", "assess_workbook", "read_workbook"),
    "repairing": ("Repaired", "repair_workbook"),
    "report.radar": ("draw_radar",),
    "report.reply": ("reply",),
    "scheme": ("load_scheme", "scheme_ids", "validate_scheme"),
    "scoring": ("score",),
    "sources": ("Source",),
    "workbook.builder": ("blank_response", "build_workbook"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "NOT_APPLICABLE",
    "Answer",
    "Area",
    "AreaResult",
    "Assessment",
    "Failure",
    "Finding",
    "Iml4eError",
    "Level",
    "Limits",
    "OutputExistsError",
    "Place",
    "Profile",
    "Rating",
    "Reading",
    "Repaired",
    "ResourceError",
    "Response",
    "Result",
    "Scheme",
    "SchemeError",
    "Schemes",
    "Severity",
    "Source",
    "Statement",
    "WorkbookReadError",
    "WorkbookReader",
    "WorkbookWriteError",
    "__version__",
    "assess_many",
    "assess_workbook",
    "blank_response",
    "build_workbook",
    "draw_radar",
    "find_workbooks",
    "load_scheme",
    "read_workbook",
    "repair_workbook",
    "reply",
    "scheme_ids",
    "score",
    "validate_scheme",
]


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives when it is first asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
