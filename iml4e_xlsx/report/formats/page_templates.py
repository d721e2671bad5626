"""Opens the templates of HTML pages; needs the extra `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import category

from iml4e_xlsx import resources
from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.workbook.colours import PAGE_THEMES

if TYPE_CHECKING:
    from jinja2 import Environment


def open_templates(folder: str) -> Environment:
    """
    Return the templates of a folder, which write pages: values are escaped, none may be missing.

    Raises:
        ResourceError: If Jinja is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="Jinja", extra="report"
        ) from error
    return Environment(
        loader=FileSystemLoader(resources.templates_folder() / folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_replace_controls,
    )


def page_style(folder: str) -> str:
    """Return the style of a folder's page, with its colours for light, dark and paper."""
    rules = []
    for media, colours in PAGE_THEMES.items():
        variables = " ".join(f"--{name}: {colour};" for name, colour in colours.items())
        rules.append(f"@media {media} {{ :root {{ {variables} }} }}\n")
    style = resources.templates_folder() / folder / "style.css"
    return "".join(rules) + style.read_text(encoding="utf-8")


def _replace_controls(value: object) -> object:
    """Return text without control characters, which no page may contain."""
    if type(value) is str:
        return "".join("\ufffd" if _is_control(c) else c for c in value)
    return value


def _is_control(character: str) -> bool:
    return character not in "\n\t" and category(character) in ("Cc", "Cs")
