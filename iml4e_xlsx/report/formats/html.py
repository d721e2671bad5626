"""Writes the report as one HTML file that needs nothing else; needs the extra `report`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from iml4e_xlsx.analysis.rounds import has_illegible_date
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.report.charts.line_chart import draw_lines
from iml4e_xlsx.report.charts.picture import inline_svg
from iml4e_xlsx.report.charts.radar import draw_radar
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.formats.column_widths import share_widths
from iml4e_xlsx.report.formats.page_templates import open_templates, page_style
from iml4e_xlsx.report.tables import comparison_tables, team_tables
from iml4e_xlsx.report.tables.labels import index_text, rating_label
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.participation import participation_table
from iml4e_xlsx.report.tables.standing import (
    area_remark,
    estimate_text,
    level_bars,
    placed_level,
    spread_text,
    standing_note,
    standing_table,
)
from iml4e_xlsx.report.tables.table import (
    ResultTable,
    bind_figures,
    drop_empty_columns,
    format_figure,
    format_percent,
    format_value,
    select_for_people,
    unbroken_value,
)

_STEPS = 5
"""Steps of the shade of a heat map: `heat-0` to `heat-5`."""

_UNFOLDED: Final = 400
"""So many characters of a piece of evidence are shown in full, about four lines, ..."""

_BEGINNING: Final = 240
"""... and so many of a longer one, before it is unfolded."""


def encode_report(contents: Contents) -> bytes:
    """Return the report as a page."""
    return render_html(contents).encode()


def render_person(contents: Contents) -> str:
    """
    Return the result of one person as a page of its own: the summary, and how each area stands.

    Raises:
        ResourceError: If Jinja or matplotlib is not installed.
    """
    return render_html(contents, page="person.html.j2")


def render_html(contents: Contents, *, themed: bool = True, page: str = "page.html.j2") -> str:
    """
    Return the report as one HTML page: no script, no request, light and dark, printable.

    Args:
        contents: What it says.
        themed: Whether charts take their colours from the page's style, for light and dark.
        page: The template of the page.

    Raises:
        ResourceError: If Jinja or matplotlib is not installed.
    """
    environment = open_templates("report")
    from markupsafe import Markup  # which comes with Jinja

    environment.globals.update(_template_tools(contents))
    chart = contents.trend_chart
    return environment.get_template(page).render(
        contents=contents,
        scheme=contents.scheme,
        sections=contents.sections,
        summary=[bind_figures(sentence) for sentence in summary_sentences(contents)],
        style=Markup(page_style("report")),  # noqa: S704 - our own file
        radar=Markup(inline_svg(draw_radar(contents.radar, kind="svg"), themed=themed)),  # noqa: S704
        lines=None
        if chart is None
        else Markup(inline_svg(draw_lines(chart, kind="svg"), themed=themed)),  # noqa: S704
    )


def _template_tools(contents: Contents) -> Mapping[str, Any]:
    """Return what the page's template can call."""
    scheme = contents.scheme
    return {
        "t": contents.texts,
        "format_figure": format_figure,
        "format_percent": lambda share: bind_figures(format_percent(share)),
        "format_value": unbroken_value,
        "column_shares": _column_shares,
        "drop_empty_columns": lambda table: drop_empty_columns(select_for_people(table)),
        "is_figure": lambda column: column.kind.is_figure,
        "heat": lambda value: _heat_class(value, scheme),
        "bound": lambda share: f"{float(share) * 100:.1f}",
        "standing_table": standing_table,
        "standing_note": standing_note,
        "spread_text": spread_text,
        "placed_level": placed_level,
        "level_bars": level_bars,
        "area_remark": area_remark,
        "estimate_text": estimate_text,
        "index_text": index_text,
        "has_illegible_date": has_illegible_date,
        "rating": lambda value: rating_label(value, scheme, contents.texts),
        "rating_class": lambda value: _rating_class(value, scheme),
        "participation_table": participation_table,
        "overview_table": overview_table,
        "comparison_tables": comparison_tables,
        "team_tables": team_tables,
        "evidence_of": lambda team, id_: _list_evidence(contents, team, id_),
        "fold_text": fold_text,
    }


def _column_shares(table: ResultTable) -> list[str]:
    """Return each column's share of the paper's width in percent, as CSS takes it."""
    texts = [
        [format_value(value, column.kind) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return [f"{share * 100:.2f}" for share in share_widths(table.columns, texts)]


def _heat_class(value: Fraction | float | None, scheme: Scheme) -> str:
    """Return the class of a cell of the heat map."""
    if value is None:
        return "heat-none"
    return f"heat-{min(_STEPS, int(float(value) / scheme.top * _STEPS))}"


def _rating_class(value: RatingValue | None, scheme: Scheme) -> str:
    if not isinstance(value, int):
        return "heat-none"
    low, high = scheme.scale[0], scheme.scale[-1]
    return f"heat-{round((value - low) / (high - low) * _STEPS)}"


def fold_text(text: str) -> tuple[str, str]:
    """Return what is shown of a text, and the rest, which a long one keeps folded; else empty."""
    if len(text) <= _UNFOLDED:
        return text, ""
    end = max(text.rfind(blank, 0, _BEGINNING) for blank in " \n")
    return (text[:end], text[end + 1 :]) if end > 0 else (text[:_BEGINNING], text[_BEGINNING:])


def _list_evidence(
    contents: Contents, team: TeamAssessment, statement: str
) -> list[tuple[str, str]]:
    """Return who wrote what as evidence, each text once; nothing where names are left out."""
    if contents.anonymous:  # a link or a person may be evidence, and lead to who gave it
        return []
    authors: dict[str, list[str]] = {}
    for name, text in team_tables.team_evidence(team, statement):
        authors.setdefault(text, []).append(name)
    is_single = len(team.members) == 1
    return [("" if is_single else ", ".join(names), text) for text, names in authors.items()]
