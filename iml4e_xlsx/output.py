"""Writes files: never half of one, never over an existing one unless asked."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from iml4e_xlsx.errors import OutputExistsError, WorkbookWriteError
from iml4e_xlsx.findings.error_codes import OutputErrorCode

STANDARD_OUTPUT = "-"


def check_target(target: str | Path, *, force: bool) -> None:
    """Raise OutputExistsError where something stands that is not to be replaced."""
    if str(target) != STANDARD_OUTPUT and Path(target).exists() and not force:
        raise OutputExistsError(OutputErrorCode.OUTPUT_EXISTS, target=target)


def write_output(target: str | Path, data: bytes, *, force: bool = False) -> None:
    """
    Write a file whole: to a temporary file beside it, then renamed; `-` is standard output.

    Raises:
        OutputExistsError: If the target exists and `force` is not set.
        WorkbookWriteError: If it cannot be written: no such folder, no permission, no space.
    """
    if str(target) == STANDARD_OUTPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    check_target(target, force=force)
    path = Path(target)
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a record may outlive, at a power cut, what it names
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        reason = error.strerror or error
        raise WorkbookWriteError(
            OutputErrorCode.OUTPUT_UNWRITABLE, target=target, reason=reason
        ) from error


def _umask() -> int:
    """Return the user's mask for new files, which a temporary file does not follow by itself."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
