"""Fills in texts that are not HTML: mails, and the files of a new campaign; by Jinja."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iml4e_xlsx.errors import CampaignError, ResourceError

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class TextTemplates:
    """The texts of a folder, each with `{{ name }}` where a value goes in."""

    folder: Path

    def fill_template(self, name: str, values: Mapping[str, Any]) -> str:
        """
        Return a text with the values filled in.

        Args:
            name: Its path in the folder, with forward slashes.
            values: What may stand in it; what it names besides is a mistake.

        Raises:
            CampaignError: If it cannot be filled in; names file and line.
            ResourceError: If Jinja is not installed.
        """
        environment, path = self._environment, self.folder / name
        if not path.is_file():
            raise CampaignError(f"{path} is missing. Restore it from a new campaign.")
        try:
            return environment.get_template(name).render(values)
        except UnicodeDecodeError as error:
            raise CampaignError(f"{path} is no text in UTF-8. Save it as UTF-8.") from error
        except Exception as error:  # a text can go wrong in every way there is
            raise CampaignError(_said(error, path)) from error

    @cached_property
    def _environment(self) -> Environment:
        try:
            from jinja2 import FunctionLoader, StrictUndefined
            from jinja2.sandbox import SandboxedEnvironment
        except ImportError as error:
            raise ResourceError(
                "Campaigns need Jinja; install it with: pip install 'iml4e-xlsx[campaign]'"
            ) from error
        return SandboxedEnvironment(  # a campaign's folder may have come from somebody else
            loader=FunctionLoader(self._source),
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=True,
        )

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """Return a text of the folder; None for one elsewhere, also where a link leads there."""
        path, root = self.folder / name, self.folder.resolve()
        if not path.resolve().is_relative_to(root) or not path.is_file():
            return None
        return path.read_text(encoding="utf-8"), str(path), lambda: True


def _said(error: Exception, path: Path) -> str:
    """Return what is wrong with a text: in which file and line, and why."""
    number = getattr(error, "lineno", None) or _line(error, path)
    line = f", line {number}" if number else ""
    reason = str(getattr(error, "message", None) or error).rstrip(".") or type(error).__name__
    included = getattr(error, "lineno", None) and getattr(error, "filename", None)
    return f"{included or path}{line}: {reason}. Mend the text."


def _line(error: BaseException, path: Path) -> int | None:
    """Return the line of a text at which filling it in failed."""
    trace, found = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
