"""
Keeps originals at a URL that several folders share, by fsspec: a bucket, a server, a drive.

The files of a campaign lie in a folder of its own there, named by its id. Each is written under
another name first and then given its own. Credentials come from the environment, as the library
for the kind of URL takes them.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from iml4e_xlsx.campaign.folder.file_modes import OWN_FOLDER, make_own_folder
from iml4e_xlsx.campaign.folder.original_place import LOCAL_KINDS
from iml4e_xlsx.errors import OriginalsError, ResourceError
from iml4e_xlsx.findings.error_codes import OriginalsErrorCode

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_PART: Final = ".part"
_FLAT: Final = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "r2"})
"""Kinds of URLs without folders: to make one would make the bucket."""

_SECRET_NAME: Final = re.compile("key|secret|token|password|credential", re.IGNORECASE)
_SHORTEST_SECRET: Final = 4


class RemoteOriginals:
    """
    The originals of a campaign at a URL.

    Raises:
        ResourceError: If the library for this kind of URL is not installed; when it is used.
    """

    def __init__(self, url: str, campaign: str) -> None:
        """Name the place; nothing is reached before it is used."""
        self.place = url
        self._campaign = campaign

    def prepare(self) -> None:
        """Make the campaign's folder there, once; a drive that is not mounted has none later."""
        with self._explain_errors():
            if self._is_local:
                _make_shared_folder(Path(self._folder))
            elif self._kind not in _FLAT:
                self._files.makedirs(self._folder, exist_ok=True)

    def write(self, name: str, data: bytes) -> None:
        """Write an original whole, or not at all; one that is there stays as it is."""
        if self.has(name):
            return
        part = self._path(f".{name}.{secrets.token_hex(4)}{_PART}")
        try:
            with self._explain_errors():
                self._files.pipe_file(part, data)
                self._files.mv(part, self._path(name))
        except OriginalsError:
            with suppress(Exception):  # the first error says what is wrong
                self._files.rm_file(part)
            if not self.has(name):  # else another process has just written it
                raise

    def read(self, name: str) -> bytes | None:
        """Return the content of an original; None if it is not there."""
        with self._explain_errors():
            self._check_mounted()
            try:
                return bytes(self._files.cat_file(self._path(name)))
            except FileNotFoundError:
                self._check_bucket()
                return None

    def has(self, name: str) -> bool:
        """Return whether an original is there."""
        with self._explain_errors():
            self._check_mounted()
            # Not by `exists`, which takes a server that cannot be reached for a file that is not.
            try:
                self._files.info(self._path(name))
            except FileNotFoundError:
                self._check_bucket()
                return False
            return True

    def remove(self, name: str) -> None:
        """Remove an original and the rests of its writing, if they are there."""
        rests = [part for part in self._list_all() if part.startswith(f".{name}.")]
        with self._explain_errors():
            for each in (*rests, name):
                with suppress(FileNotFoundError):
                    self._files.rm_file(self._path(each))

    def list_names(self) -> list[str]:
        """Return the names of all files there, sorted."""
        return [name for name in self._list_all() if not name.startswith(".")]

    def sweep(self) -> None:
        """Remove the rests of originals that are there whole by now."""
        names = self._list_all()
        with self._explain_errors():
            for rest in names:
                whole = rest[1:].removesuffix(_PART).rpartition(".")[0]
                if rest.startswith(".") and rest.endswith(_PART) and whole in names:
                    self._files.rm_file(self._path(rest))

    def describe_place(self, name: str) -> str:
        """Return the URL of an original."""
        return f"{self.place.rstrip('/')}/{self._campaign}/{name}"

    def _list_all(self) -> list[str]:
        with self._explain_errors():
            self._check_mounted()
            self._files.invalidate_cache()
            try:
                paths = self._files.ls(self._folder, detail=False)
            except FileNotFoundError:
                self._check_bucket()
                return []
            return sorted(PurePosixPath(path).name for path in paths)

    @cached_property
    def _opened(self) -> tuple[AbstractFileSystem, str]:
        try:
            from fsspec.core import url_to_fs

            files, root = url_to_fs(self.place)
        except ImportError as error:
            raise ResourceError(
                OriginalsErrorCode.LIBRARY, url=self.place, reason=_first_line(error)
            ) from error
        except ValueError as error:
            raise OriginalsError(OriginalsErrorCode.KIND, url=self.place) from error
        return files, root.rstrip("/")

    @property
    def _files(self) -> AbstractFileSystem:
        return self._opened[0]

    @property
    def _folder(self) -> str:
        return f"{self._opened[1]}/{self._campaign}"

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}"

    @property
    def _kind(self) -> str:
        return self.place.partition(":")[0]

    @property
    def _is_local(self) -> bool:
        return self._kind in LOCAL_KINDS

    def _check_mounted(self) -> None:
        """Refuse a drive on which the campaign's folder is missing: it was made once."""
        if self._is_local and not Path(self._folder).is_dir():
            raise OriginalsError(OriginalsErrorCode.UNMOUNTED, url=self.place, folder=self._folder)

    def _check_bucket(self) -> None:
        """Refuse a bucket that is missing: its files are not erased because it has none."""
        if self._kind not in _FLAT:
            return
        bucket = self._opened[1].partition("/")[0]
        try:
            self._files.info(bucket)
        except FileNotFoundError as error:
            raise OriginalsError(
                OriginalsErrorCode.NO_BUCKET, url=self.place, bucket=bucket
            ) from error
        except Exception:  # noqa: BLE001, S110 - a login may be for the files of a bucket alone
            pass

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        """Turn what any library raises into our error, without what it may quote of a login."""
        try:
            yield
        except (OriginalsError, ResourceError):
            raise
        except Exception as error:
            raise OriginalsError(
                OriginalsErrorCode.UNREACHABLE, url=self.place, reason=_first_line(error)
            ) from error


def _make_shared_folder(folder: Path) -> None:
    """Make a campaign's folder that is open to whom the folder above it is open, but no others."""
    make_own_folder(folder.parent)
    if not folder.is_dir():
        folder.mkdir(mode=OWN_FOLDER, exist_ok=True)
        folder.chmod(folder.parent.stat().st_mode & 0o2770)


def _first_line(error: BaseException) -> str:
    """Return what an error says, without the values of secrets in the environment."""
    words: Any = getattr(error, "strerror", None) or str(error) or type(error).__name__
    line = str(words).strip().splitlines()[0].rstrip(".")
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET:
            line = line.replace(value, "***")
    return line
