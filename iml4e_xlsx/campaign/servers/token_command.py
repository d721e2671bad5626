"""Runs the command that prints a token: without a shell, and without showing what it prints."""

from __future__ import annotations

import subprocess
from typing import Final

from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode

_SECONDS: Final = 60.0
"""How long a command may take; some ask a person, none a second one."""


def run_token_command(command: tuple[str, ...], *, seconds: float = _SECONDS) -> str:
    """
    Return what a command prints, without space around it.

    Its words on the standard error are not shown either, since some programs repeat there what
    they were given. Only the name of the program is said, as arguments may be secret.

    Raises:
        MailError: If it cannot be started, fails, or takes too long.
    """
    program = command[0]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise MailError(MailErrorCode.COMMAND_MISSING, program=program, reason=reason) from None
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        # What the command started may hold the pipe open; nobody waits for it.
        if process.stdout is not None:
            process.stdout.close()
        process.wait()
        raise MailError(
            MailErrorCode.COMMAND_SLOW, program=program, seconds=round(seconds, 1)
        ) from None
    if process.returncode:
        raise MailError(MailErrorCode.COMMAND_FAILED, program=program, status=process.returncode)
    return printed.decode("utf-8", "replace").strip()
