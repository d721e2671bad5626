"""Fills in texts that are not HTML: mails, and the files of a new campaign; by Jinja."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iml4e_xlsx.errors import CampaignError, ResourceError

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class Fillable:
    """The texts of a folder, each with `{{ name }}` where a value goes in."""

    folder: Path

    def fill(self, name: str, values: Mapping[str, Any]) -> str:
        """
        Return a text with the values filled in.

        Args:
            name: Its path in the folder, with forward slashes.
            values: What may stand in it; what it names besides is a mistake.

        Raises:
            CampaignError: If it cannot be filled in; names file and line.
            ResourceError: If Jinja is not installed.
        """
        environment = self._environment
        from jinja2 import TemplateError

        try:
            return environment.get_template(name).render(values)
        except (TemplateError, UnicodeDecodeError, TypeError, ArithmeticError) as error:
            number = getattr(error, "lineno", None) or _line(error, self.folder / name)
            line = f", line {number}" if number else ""
            reason = str(getattr(error, "message", None) or error).rstrip(".")
            raise CampaignError(f"{self.folder / name}{line}: {reason}. Mend the text.") from error

    @cached_property
    def _environment(self) -> Environment:
        try:
            from jinja2 import FileSystemLoader, StrictUndefined
            from jinja2.sandbox import SandboxedEnvironment
        except ImportError as error:
            raise ResourceError(
                "Campaigns need Jinja; install it with: pip install 'iml4e-xlsx[campaign]'"
            ) from error
        return SandboxedEnvironment(  # a campaign's folder may have come from somebody else
            loader=FileSystemLoader(self.folder, encoding="utf-8"),
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=True,
        )


def _line(error: BaseException, path: Path) -> int | None:
    """Return the line of a text at which filling it in failed."""
    trace, found = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
