"""Writes files: never half of one, never over an existing one unless asked."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from iml4e_xlsx.errors import OutputExistsError, OutputNameError, WorkbookWriteError
from iml4e_xlsx.findings.error_codes import OutputErrorCode

STANDARD_OUTPUT = "-"


def check_target(target: str | Path, *, force: bool, suffixes: Sequence[str] = ()) -> None:
    """
    Check that a file may be written, before anything is done for it; `-` is standard output.

    Raises:
        OutputNameError: If the target has no name, is a folder, or has none of the suffixes that
            are given.
        OutputExistsError: If it exists and `force` is not set.
    """
    if str(target) == STANDARD_OUTPUT:
        return
    if not str(target).strip():  # as of a variable in a script that is not set
        raise OutputNameError(OutputErrorCode.OUTPUT_NAMELESS)
    path = Path(target)
    if path.is_dir():
        raise OutputNameError(OutputErrorCode.OUTPUT_IS_FOLDER, target=target)
    if suffixes and path.suffix.lower() not in suffixes:
        raise wrong_suffix(target, suffixes)
    _check_absent(path, force=force)


def _check_absent(path: Path, *, force: bool) -> None:
    if path.exists() and not force:
        raise OutputExistsError(OutputErrorCode.OUTPUT_EXISTS, target=path)


def check_folder(folder: str | Path) -> None:
    """Raise OutputNameError if a folder cannot be made, because a file has its name or its way."""
    path = Path(folder)
    for place in (path, *path.parents):
        if place.exists() and not place.is_dir():
            raise OutputNameError(OutputErrorCode.OUTPUT_NOT_FOLDER, target=place)


def wrong_suffix(
    target: str | Path, suffixes: Sequence[str], *, of_reports: Sequence[str] = ()
) -> OutputNameError:
    """
    Make the error of a target whose suffix says no format that can be written there.

    Args:
        target: The file.
        suffixes: Those that can be written there.
        of_reports: Those in which reports can be written, if it is no report.
    """
    suffix = Path(target).suffix
    code = OutputErrorCode.UNKNOWN_SUFFIX if suffix else OutputErrorCode.NO_SUFFIX
    if suffix.lower() in of_reports:
        code = OutputErrorCode.SUFFIX_OF_REPORTS
    return OutputNameError(code, target=target, suffix=suffix, suffixes=", ".join(suffixes))


def write_output(
    target: str | Path, data: bytes, *, force: bool = False, private: bool = False
) -> None:
    """
    Write a file whole: to a temporary file beside it, then renamed; `-` is standard output.

    A file in a folder that others may not enter is closed to them as well: the folder may be
    opened or moved later. If `private`, only its owner may read it, wherever it lies.

    Raises:
        OutputExistsError: If the target exists and `force` is not set.
        WorkbookWriteError: If it cannot be written: no such folder, no permission, no space.
    """
    write_pieces(target, (data,), force=force, private=private)


def write_pieces(
    target: str | Path, pieces: Iterable[bytes], *, force: bool = False, private: bool = False
) -> None:
    """
    Write a file as `write_output` does, piece by piece as they come; `-` is standard output.

    If a piece fails to come, the target is as it was before.

    Raises:
        OutputExistsError: If the target exists and `force` is not set.
        WorkbookWriteError: If it cannot be written: no such folder, no permission, no space.
    """
    if str(target) == STANDARD_OUTPUT:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
        return
    path = Path(target)
    _check_absent(path, force=force)
    with _named_errors(path):
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        _fill_file(os.fdopen(handle, "wb"), pieces, path)
        with _named_errors(path):
            Path(temporary).chmod(0o600 if private else _file_mode(path.parent))
            Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _fill_file(file: BinaryIO, pieces: Iterable[bytes], path: Path) -> None:
    """Write pieces to an open file and close it; what fails in writing is told of `path`."""
    try:
        for piece in pieces:
            with _named_errors(path):
                file.write(piece)
        with _named_errors(path):
            file.flush()
            os.fsync(file.fileno())  # at a power cut, a record must not outlive the file it names
    except BaseException:
        with contextlib.suppress(OSError):  # it still holds what could not be written
            file.close()
        raise
    with _named_errors(path):
        file.close()


@contextlib.contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """Raise WorkbookWriteError, which names the file, where the system refuses something."""
    try:
        yield
    except OSError as error:
        if not path.parent.exists():
            raise WorkbookWriteError(
                OutputErrorCode.OUTPUT_WITHOUT_FOLDER, target=path, folder=path.parent
            ) from error
        reason = error.strerror or error
        raise WorkbookWriteError(
            OutputErrorCode.OUTPUT_UNWRITABLE, target=path, reason=reason
        ) from error


def _file_mode(folder: Path) -> int:
    """Return the mode of a new file: by the user's mask, and for nobody whom the folder refuses."""
    mask = os.umask(0)  # temporary files do not follow it
    os.umask(mask)
    entered_by = folder.stat().st_mode
    refused = sum(others for others in (0o070, 0o007) if not entered_by & others)
    return 0o666 & ~mask & ~refused
