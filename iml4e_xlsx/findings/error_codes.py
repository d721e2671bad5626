"""Lists the codes of the errors that stop a command; their words stand under `errors`."""

from __future__ import annotations

from enum import StrEnum


class OutputErrorCode(StrEnum):
    """Why a file is not written."""

    OUTPUT_EXISTS = "output-exists"  #: The target is there and was not to be replaced.
    OUTPUT_UNWRITABLE = "output-unwritable"  #: The system refuses: disk, permission, name.


ErrorCode = OutputErrorCode
"""Every code that an error can have; add the codes of a subject as a class of their own."""
