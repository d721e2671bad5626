"""A disk that is soon full."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.servers.common import ServerError, need_root, program


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """
    Yield a folder on a file system of its own that holds so much, and remove it afterwards.

    Raises:
        ServerError: If this process may not mount.
    """
    need_root("A small disk")
    mount, umount = program("mount", "mount"), program("umount", "mount")
    with tempfile.TemporaryDirectory(prefix="disk-") as folder:
        options = f"size={kilobytes}k,mode=0777"
        done = subprocess.run(
            [mount, "-t", "tmpfs", "-o", options, "tmpfs", folder],
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        if done.returncode != 0:
            raise ServerError(
                f"A small disk cannot be mounted; a container needs --cap-add SYS_ADMIN. "
                f"{done.stderr.strip()}"
            )
        try:
            yield Path(folder)
        finally:
            # Lazily, so that a file that a failed test left open does not keep the disk.
            subprocess.run([umount, "--lazy", folder], check=True, timeout=30)
