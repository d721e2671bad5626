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
    """Raise OutputExistsError if the target exists and must not be replaced."""
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
            os.fsync(
                file.fileno()
            )  # at a power cut, a record must not outlive the file that it names
        Path(temporary).chmod(0o666 & ~_file_mask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        reason = error.strerror or error
        raise WorkbookWriteError(
            OutputErrorCode.OUTPUT_UNWRITABLE, target=target, reason=reason
        ) from error


def _file_mask() -> int:
    """Return the user's mask for new files, which temporary files do not follow."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
