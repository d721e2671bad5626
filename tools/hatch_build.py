"""
Makes the wheel small, so that it can be sent in a mail: without comments, and packed closer.

Nothing reads comments at run time; the sdist has them. All else stays, in the same lines.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import tokenize
import zipfile
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_LEVEL: Final = 12
"""The closest that libdeflate packs; zlib, which hatchling packs with, ends before."""


class _WholeCompressor:
    """Packs a file at once: libdeflate knows no streams, which `zipfile` expects."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def compress(self, part: bytes) -> bytes:
        self._parts.append(bytes(part))
        return b""

    def flush(self) -> bytes:
        import deflate

        return bytes(deflate.deflate_compress(b"".join(self._parts), _LEVEL))


class CustomBuildHook(BuildHookInterface[Any]):
    """The hook that hatchling calls around a build."""

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling passes it
        """Write the finished wheel anew; that of an editable installation has no modules."""
        if version == "standard":
            shrink(Path(artifact_path))


def shrink(wheel: Path) -> None:
    """Write a wheel anew: the same files in the same order, without comments, packed closely."""
    shrunk = wheel.with_suffix(".shrunk")
    shortened: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(shrunk, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith(".py"):
                data = shortened[info.filename] = strip_comments(data)
            elif info.filename.endswith(".dist-info/RECORD"):  # the last one
                data = _correct_record(data, shortened)
            with target.open(info, "w") as member:
                # A `zipfile` without this attribute packs as usual: only the size depends on it.
                if info.compress_type == zipfile.ZIP_DEFLATED:
                    member._compressor = _WholeCompressor()  # type: ignore[attr-defined]  # noqa: SLF001
                member.write(data)
    shrunk.replace(wheel)


def strip_comments(module: bytes) -> bytes:
    """Return a module without comments; each line keeps its number, for tracebacks."""
    lines = io.StringIO(module.decode()).readlines()  # as Python counts them
    for token in tokenize.tokenize(io.BytesIO(module).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    return "".join(lines).encode()


def _correct_record(record: bytes, changed: dict[str, bytes]) -> bytes:
    """Return the list of a wheel's files with digests and sizes of the changed ones."""
    rows = list(csv.reader(io.StringIO(record.decode())))
    for row in rows:
        if (data := changed.get(row[0])) is not None:
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            row[1:] = [f"sha256={digest.decode()}", str(len(data))]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
