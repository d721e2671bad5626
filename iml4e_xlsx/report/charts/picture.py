"""Saves figures of matplotlib as bytes; an SVG carries its title and its contents in words."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any, Final

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.report.charts.palette import SERIES
from iml4e_xlsx.workbook.colours import CHART_BAND, CHART_MUTED, CHART_RULE, GREY, INK, WHITE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 144
_UNDATED: Final[Mapping[str, Mapping[str, None]]] = {
    "svg": {"Date": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None},
}
"""What matplotlib must leave out for the same figure to give the same bytes."""

_THEMED = {
    INK: "ink",
    CHART_MUTED: "muted",
    CHART_RULE: "rule",
    GREY: "muted",
    WHITE: "paper",
    CHART_BAND: "band",
}
_THEMED |= {style.colour: f"series-{number}" for number, style in enumerate(SERIES)}


def new_figure(width: float, height: float) -> Figure:
    """
    Return an empty figure of so many inches.

    Raises:
        ResourceError: If matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="matplotlib", extra="report"
        ) from error
    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor=WHITE)
    FigureCanvasAgg(figure)
    return figure


def shorten_name(name: str, length: int) -> str:
    """Cut a long name for a legend in the middle, since names often differ at the end."""
    if len(name) <= length:
        return name
    tail = length // 3
    return f"{name[: length - tail - 1].rstrip()}…{name[-tail:].lstrip()}"


def save_figure(figure: Figure, kind: str, *, title: str, alt: str) -> bytes:
    """Return a figure as `png`, `svg` or `pdf`; the same figure gives the same bytes."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    metadata: dict[str, Any] = dict(_UNDATED[kind])
    if kind == "png":
        metadata |= {"Title": title, "Description": alt}
    # Text stays text, so that it can be read aloud and searched; ids must not change.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": f"{title}{alt}"}):
        figure.savefig(buffer, format=kind, metadata=metadata)
    if kind != "svg":
        return buffer.getvalue()
    return _add_description(buffer.getvalue().decode(), title, alt).encode()


def _add_description(svg: str, title: str, alt: str) -> str:
    """Return an SVG that says what it shows to those who do not see it."""
    words = f"<title>{escape(title or alt[:80])}</title>\n <desc>{escape(alt)}</desc>"
    opened = re.sub(r"<svg ", '<svg role="img" ', svg, count=1)
    return re.sub(r"(<svg [^>]*>)", lambda match: f"{match[1]}\n {words}", opened, count=1)


def inline_svg(svg: bytes, *, themed: bool) -> str:
    """
    Return an SVG to stand in a page, its colours taken from the page's style if `themed`.

    The page labels the figure, so the picture's own title is left out: it would pop up.
    """
    text = svg.decode()
    text = text[text.index("<svg ") :]
    text = re.sub(r"<metadata>.*?</metadata>|<title>.*?</title>", "", text, flags=re.DOTALL)
    text = re.sub(r' (width|height)="[\d.]+pt"', "", text, count=2)
    if themed:
        for colour, name in _THEMED.items():
            text = re.sub(re.escape(colour), f"var(--{name})", text, flags=re.IGNORECASE)
    return text
