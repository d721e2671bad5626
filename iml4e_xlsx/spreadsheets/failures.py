"""Makes the failure of a file that the guard, a parser or the system refused."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.spreadsheets.guard import FileRefused
from iml4e_xlsx.text.message import Value, message
from iml4e_xlsx.text.spelling import quote_value
from iml4e_xlsx.text.texts import Texts

_IN_BYTES: Final = frozenset({"size", "inflated", "archive"})
_UNITS: Final = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def refusal_failure(refused: FileRefused, source: str, texts: Texts) -> Failure:
    """Make the failure of a verdict: what is wrong with the file, and what to do."""
    values: dict[str, object] = {name: quote_value(value) for name, value in refused.values.items()}
    limit = refused.values.get("limit")
    if refused.reason in _IN_BYTES and isinstance(limit, int):
        values["limit"] = format_bytes(limit)
    advice = f"advice.{refused.kind}"
    return make_failure(
        texts,
        refused.code,
        source,
        reason=_named("reason", refused.reason, values),
        kind=_named("kind", refused.kind, {}),
        advice=message(advice if advice in texts else "advice.workbook"),
    )


def _named(group: str, name: str, values: dict[str, object]) -> Value:
    """Return the message of a reason or kind; empty where the verdict names none."""
    return message(f"{group}.{name}", **values) if name else ""


def format_bytes(size: int) -> str:
    """Return a number of bytes as people read it: in the unit that leaves few digits."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{round(size / unit, 1):g} {name}"
    return f"{size} bytes"


def defect_failure(error: Exception, source: str, texts: Texts) -> Failure:
    """Make the failure of whatever a file made something raise."""
    if isinstance(error, FileRefused):
        return refusal_failure(error, source, texts)
    if isinstance(error, MemoryError):
        stopped = FileRefused(FailureCode.READER_STOPPED, "memory")
        return refusal_failure(stopped, source, texts)
    return make_failure(texts, FailureCode.DEFECT, source, what=_described(error))


def _described(error: Exception) -> str:
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 - what an item raises may fail here as well
        words = ""
    return quote_value(f"{type(error).__name__}: {words}")
