"""Writes the guide for respondents: one page to link in a mail or to print; needs Jinja."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.model import RoundNotice, Scheme
from iml4e_xlsx.report.formats.page_templates import open_templates, page_style
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.answering_texts import answering_steps, notice_lines
from iml4e_xlsx.workbook.workbook_layout import layout_of

PAGE_SUFFIXES: Final = (".html", ".htm")

_NOTES: Final = ("today", "evidence", "open", "together", "rows")
_ANSWERS: Final = ("use", "names", "file")


def render_guide(scheme: Scheme, notice: RoundNotice | None = None) -> str:
    """
    Return the guide as one HTML page: no script, no request, on one sheet of A4 when printed.

    Args:
        scheme: The scheme, in the language of the workbooks.
        notice: What the guide says about the round, such as the deadline.

    Raises:
        ResourceError: If Jinja is not installed.
    """
    environment = open_templates("guide")
    from markupsafe import Markup  # which comes with Jinja

    texts, layout = scheme_texts(scheme), layout_of(scheme)
    names = {"levels": layout.levels.sheet}
    return environment.get_template("guide.html.j2").render(
        scheme=scheme,
        t=texts,
        style=Markup(page_style("guide")),  # noqa: S704 - our own file
        notice=notice_lines(scheme, notice or RoundNotice(), texts),
        steps=answering_steps(scheme, layout, texts),
        notes=[texts(f"guide.note_{name}", **names) for name in _NOTES],
        answers=[texts(f"guide.answer_{name}", **names) for name in _ANSWERS],
    )
