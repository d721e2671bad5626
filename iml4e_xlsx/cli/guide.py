"""Carries out `iml4e guide`: writes the page that tells respondents what to do."""

from __future__ import annotations

from datetime import date

import click

from iml4e_xlsx.cli.options.notice_options import notice_options
from iml4e_xlsx.cli.options.output_options import language_option, output_options, scheme_option
from iml4e_xlsx.cli.options.value_types import OutputName
from iml4e_xlsx.cli.voice import common_options, current_voice


@click.command()
@scheme_option
@language_option
@click.option(
    "-o",
    "--output",
    required=True,
    type=OutputName("guide.html"),
    metavar="FILE",
    help="Write to this HTML file; - is stdout.",
)
@notice_options
@output_options
@common_options
def guide(
    *,
    scheme_name: str,
    lang: str | None,
    output: str,
    deadline: date | None,
    contact: str,
    force: bool,
) -> None:
    """
    Write a page that tells respondents what to do.

    It is one HTML file without anything around it, to attach to a mail, to link, or to print on one
    sheet of A4.

    \b
    Example: iml4e guide -o guide.html --deadline 2026-12-18 --contact Ada
    """
    from iml4e_xlsx.model import RoundNotice
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.formats.respondent_guide import PAGE_SUFFIXES, render_guide
    from iml4e_xlsx.scheme import load_scheme

    check_target(output, force=force, suffixes=PAGE_SUFFIXES)
    notice = RoundNotice(deadline=deadline, contact=contact.strip())
    page = render_guide(load_scheme(scheme_name, lang), notice)
    write_output(output, page.encode(), force=force)
    if output != "-":
        current_voice().say("wrote", output=output)
