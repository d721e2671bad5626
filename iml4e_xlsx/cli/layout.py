"""Carries out `iml4e layout`: says where every input cell and figure stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.output_options import language_option, scheme_option
from iml4e_xlsx.cli.voice import common_options, current_voice

if TYPE_CHECKING:
    from iml4e_xlsx.model import Scheme


@click.command()
@scheme_option
@language_option
@common_options
def layout(*, scheme_name: str, lang: str | None) -> None:
    """
    Print the position of every input cell and figure as JSON.

    \b
    Example: iml4e layout --scheme iml4e-mlops
    """
    from iml4e_xlsx.report.formats.json_text import render_json
    from iml4e_xlsx.report.formats.scheme_json import layout_document
    from iml4e_xlsx.scheme import load_scheme
    from iml4e_xlsx.workbook.workbook_layout import layout_of

    scheme: Scheme = load_scheme(scheme_name, lang)
    current_voice().deliver_document(render_json(layout_document(scheme, layout_of(scheme))))
