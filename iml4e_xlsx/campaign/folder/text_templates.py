"""Fills in texts that are not HTML, by Jinja: mails, and the files of a new campaign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iml4e_xlsx.campaign.folder.text_size import MOST_CHARACTERS, TextSizeError
from iml4e_xlsx.errors import CampaignError, ResourceError
from iml4e_xlsx.findings.error_codes import CampaignErrorCode, ReportErrorCode
from iml4e_xlsx.text.message import TextValue, message
from iml4e_xlsx.text.spelling import quote_value

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class TextTemplates:
    """The texts in a folder; a value replaces each `{{ name }}`."""

    folder: Path

    def fill_template(self, name: str, values: Mapping[str, Any]) -> str:
        """
        Return a text with the values filled in.

        Args:
            name: Its path in the folder, with forward slashes.
            values: The values by their names; any other name in the text is a mistake.

        Raises:
            CampaignError: If it cannot be filled in; names file and line.
            ResourceError: If Jinja is not installed.
        """
        environment, path = self._environment, self.folder / name
        if not path.is_file():
            raise CampaignError(CampaignErrorCode.TEMPLATE_MISSING, path=path)
        try:
            return _join_pieces(environment.get_template(name).generate(values))
        except UnicodeDecodeError as error:
            raise CampaignError(CampaignErrorCode.TEMPLATE_ENCODING, path=path) from error
        except Exception as error:  # a text can go wrong in every way there is
            raise _broken_template(error, path) from error

    @cached_property
    def _environment(self) -> Environment:
        try:
            from jinja2 import FunctionLoader, StrictUndefined

            from iml4e_xlsx.campaign.folder.bounded_templates import BoundedEnvironment
        except ImportError as error:
            raise ResourceError(
                ReportErrorCode.LIBRARY_MISSING, library="Jinja", extra="campaign"
            ) from error
        return BoundedEnvironment(  # a campaign's folder may have come from somebody else
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


def _join_pieces(pieces: Iterable[str]) -> str:
    """Return a text piece by piece, so that a loop that makes too much of it ends."""
    text, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > MOST_CHARACTERS:
            raise TextSizeError
        text.append(piece)
    return "".join(text)


def _broken_template(error: Exception, path: Path) -> CampaignError:
    """Make the error of a text that cannot be filled in: file, line and Jinja's reason."""
    line = getattr(error, "lineno", None) or _failing_line(error, path)
    reason = _describe_error(error)
    included = getattr(error, "lineno", None) and getattr(error, "filename", None)
    file = included or path
    place = message("place.in-line", source=file, line=line) if line else file
    return CampaignError(CampaignErrorCode.TEMPLATE_BROKEN, place=place, reason=reason)


def _describe_error(error: Exception) -> TextValue:
    """Return why a text cannot be filled in: in our words what Jinja only names, else in its."""
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        return message("template.not_included", name=quote_value(error.name or ""))
    if isinstance(error, TextSizeError):
        return message("template.too_long", limit=MOST_CHARACTERS)
    words = str(getattr(error, "message", None) or error).rstrip(".")
    return words or type(error).__name__


def _failing_line(error: BaseException, path: Path) -> int | None:
    """Return the line of a text at which filling it in failed."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
