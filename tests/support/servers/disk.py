"""A disk that is soon full."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from tests.support.real import require_mark
from tests.support.servers.common import ServerError, need_root, program
from tests.support.servers.guard import ExitGuard

MakesSmallDisks: TypeAlias = Callable[[int], AbstractContextManager[Path]]
"""Makes a disk of so many kilobytes; see `small_disk`."""


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """
    Yield a folder on a file system of its own that holds so much, and remove it afterwards.

    Raises:
        ServerError: If this process may not mount.
    """
    need_root("A small disk")
    require_mark("mount")
    mount, umount = program("mount", "mount"), program("umount", "mount")
    with tempfile.TemporaryDirectory(prefix="disk-") as folder:
        options = f"size={kilobytes}k,mode=0777"
        done = subprocess.run(
            [mount, "-t", "tmpfs", "-o", options, "tmpfs", folder],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        if done.returncode != 0:
            raise ServerError(
                f"A small disk cannot be mounted; a container needs --cap-add SYS_ADMIN. "
                f"{done.stderr.strip()}"
            )
        guard = ExitGuard(Path(folder), shlex.join([umount, "--lazy", folder]))
        try:
            yield Path(folder)
        finally:
            guard.close()
            # Lazily, so that a file that a failed test left open does not keep the disk.
            subprocess.run([umount, "--lazy", folder], check=True, timeout=120)
