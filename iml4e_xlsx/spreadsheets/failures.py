"""Why a file was refused, in words."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.findings import quoted
from iml4e_xlsx.spreadsheets.guard import Refused
from iml4e_xlsx.text.texts import Texts, path_text

_IN_BYTES: Final = frozenset({"size", "inflated", "archive"})
_UNITS: Final = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def failure(texts: Texts, code: str, source: str, **values: object) -> WorkbookReadError:
    """Return the error of a failure's code, in words."""
    shown = path_text(source)
    return WorkbookReadError(code, shown, texts(f"failures.{code}", source=shown, **values))


def failure_of(refused: Refused, source: str, texts: Texts) -> WorkbookReadError:
    """Return the error of a verdict, in words: what is wrong with the file, and what to do."""
    values = {name: quoted(value) for name, value in refused.values.items()}
    limit = refused.values.get("limit")
    if refused.reason in _IN_BYTES and isinstance(limit, int):
        values["limit"] = amount(limit)
    reason = texts(f"reason.{refused.reason}", **values) if refused.reason else ""
    kind = texts(f"kind.{refused.kind}") if refused.kind else ""
    advice = texts.entries.get(f"advice.{refused.kind}", texts("advice.workbook"))
    return failure(texts, refused.code, source, reason=reason, kind=kind, advice=advice)


def failure_by(error: Exception, source: str, texts: Texts) -> WorkbookReadError:
    """Return the error of whatever a file made something raise, in words."""
    if isinstance(error, Refused):
        return failure_of(error, source, texts)
    if isinstance(error, MemoryError):
        return failure_of(Refused("reader-stopped", "memory"), source, texts)
    return failure(texts, "defect", source, what=_described(error))


def _described(error: Exception) -> str:
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 - what an item raises may fail here as well
        words = ""
    return quoted(f"{type(error).__name__}: {words}")


def amount(size: int) -> str:
    """Return a number of bytes as people read it: in the unit that leaves few digits."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{round(size / unit, 1):g} {name}"
    return f"{size} bytes"
