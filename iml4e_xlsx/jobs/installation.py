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

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PACKAGE: Final = "iml4e-xlsx"

_EXTRA: Final = re.compile(r"""extra\s*==\s*['"]([\w-]+)['"]""")
_FOR_DEVELOPERS: Final = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """
    A library that something needs: its version, empty if it is missing.

    `needed` says which versions will do, such as `>=2.1`; `problem` why it cannot be loaded.
    """

    name: str
    needed: str
    version: str
    problem: str = ""

    @property
    def is_unfit(self) -> bool:
        """Return whether another version is needed."""
        needed = SpecifierSet(self.needed)
        return bool(self.version) and not needed.contains(self.version, prereleases=True)

    @property
    def works(self) -> bool:
        """Return whether it is installed, new enough and can be loaded."""
        return bool(self.version) and not self.problem and not self.is_unfit


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
        names = {*_EXTRA.findall(" ".join(self.requirements))} - {_FOR_DEVELOPERS}
        extras = {name: tuple(self._libraries_of(name)) for name in names}
        return dict(sorted(extras.items(), key=lambda extra: (len(extra[1]), extra[0])))

    def _libraries_of(self, extra: str) -> Iterator[Library]:
        for requirement in map(Requirement, self.requirements):
            is_basic = _is_needed(requirement, "")
            is_meant = is_basic if not extra else not is_basic and _is_needed(requirement, extra)
            if is_meant and requirement.name != PACKAGE:
                yield self._find_library(requirement.name, str(requirement.specifier))

    def _find_library(self, name: str, needed: str) -> Library:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            return Library(name=name, needed=needed, version="")
        return Library(name=name, needed=needed, version=version, problem=self._try_import(name))

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


def _is_needed(requirement: Requirement, extra: str) -> bool:
    """Return whether a computer like this one needs it for an extra; for none if that is empty."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _same(name: str, names: list[str]) -> bool:
    return canonicalize_name(name) in map(canonicalize_name, names)
