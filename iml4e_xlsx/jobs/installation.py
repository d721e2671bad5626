"""Lists what is installed: the libraries that the package and each of its extras need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module, metadata
from io import StringIO
from typing import Final

PACKAGE: Final = "iml4e-xlsx"

_REQUIREMENT: Final = re.compile(
    r"(?P<name>[\w.-]+)[^;]*?(?:>=(?P<lowest>[\d.]+))?[^;]*(?:;(?P<marker>.*))?"
)
_EXTRA: Final = re.compile(r"""extra\s*==\s*['"](?P<extra>[\w-]+)['"]""")
_FOR_DEVELOPERS: Final = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """
    A library that something needs: its version, empty if it is missing.

    `lowest` is the lowest version that will do; `problem` says why it cannot be loaded.
    """

    name: str
    lowest: str
    version: str
    problem: str = ""

    @property
    def is_old(self) -> bool:
        """Return whether a newer version is needed."""
        return bool(self.version) and _version_key(self.version) < _version_key(self.lowest)

    @property
    def works(self) -> bool:
        """Return whether it is installed, new enough and can be loaded."""
        return bool(self.version) and not self.problem and not self.is_old


@dataclass(frozen=True)
class Installation:
    """The libraries of the package itself, and those of each extra, as its metadata lists them."""

    requirements: tuple[str, ...]

    @classmethod
    def find(cls) -> Installation:
        """Find the metadata of this installation; without any, no library is known."""
        try:
            return cls(tuple(metadata.requires(PACKAGE) or ()))
        except metadata.PackageNotFoundError:  # the files were copied, not installed
            return cls(())

    @property
    def libraries(self) -> tuple[Library, ...]:
        """Return the libraries without which nothing works."""
        return tuple(self._libraries_of(""))

    @property
    def extras(self) -> Mapping[str, tuple[Library, ...]]:
        """Return the libraries of each extra for users, that with the fewest first."""
        found = (_EXTRA.search(requirement) for requirement in self.requirements)
        names = {match["extra"] for match in found if match} - {_FOR_DEVELOPERS}
        extras = {name: tuple(self._libraries_of(name)) for name in names}
        return dict(sorted(extras.items(), key=lambda extra: (len(extra[1]), extra[0])))

    def _libraries_of(self, extra: str) -> Iterator[Library]:
        for requirement in self.requirements:
            match = _REQUIREMENT.fullmatch(requirement)
            assert match is not None, requirement
            marker = match["marker"] or ""
            of_extra = _EXTRA.search(marker)
            if (of_extra["extra"] if of_extra else "") != extra:
                continue
            library = self._find_library(match["name"], match["lowest"] or "0")
            # a marker that is not about an extra is about computers, and this may be another one
            if library.version or of_extra or not marker:
                yield library

    def _find_library(self, name: str, lowest: str) -> Library:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            return Library(name=name, lowest=lowest, version="")
        return Library(name=name, lowest=lowest, version=version, problem=self._try_import(name))

    def _try_import(self, name: str) -> str:
        """Load a library; return why it cannot be loaded, or an empty text."""
        own = [module for module, names in self._modules.items() if _same(name, names)]
        module = min(own, key=lambda module: (module.startswith("_"), len(module)), default="")
        try:
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # some print a banner
                import_module(module or name)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the user must know
            return next(iter(str(error).strip().splitlines()), type(error).__name__)
        return ""

    @cached_property
    def _modules(self) -> Mapping[str, list[str]]:
        return metadata.packages_distributions()


def _same(name: str, names: list[str]) -> bool:
    return _name_key(name) in map(_name_key, names)


def _name_key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
