"""Lists the exit codes of the commands."""

from __future__ import annotations

from typing import Final

FINDINGS: Final = 1  #: Something is wrong in the user's files; everything else was delivered.
USAGE: Final = 2  #: The command cannot be carried out as it was given.
ENVIRONMENT: Final = 3  #: The world refused: disk, permission, server, installation.
