"""Carries out `iml4e build`: makes a workbook, or one for each row of a roster."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.output_options import language_option, output_options, scheme_option
from iml4e_xlsx.cli.voice import common_options, current_voice


@click.command()
@scheme_option
@language_option
@click.option("-o", "--output", required=True, metavar="FILE|DIR", help="Where to; - is stdout.")
@click.option("--organisation", default="", help="Fills in the profile.")
@click.option("--sector", default="", help="Fills in the profile.")
@click.option("--size", default="", help="Fills in the profile.")
@click.option("--team", default="", help="Fills in the profile.")
@click.option("--respondent", default="", help="Fills in the profile.")
@click.option("--role", default="", help="Fills in the profile.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="[AREA=]LEVEL",
    help="A target level for an area, or for all; can be given again.",
)
@click.option("--prefill", metavar="RETURNED", help="Carry over the answers of a workbook.")
@click.option("--previous", metavar="RETURNED", help="Show an earlier workbook's index as well.")
@click.option("--roster", metavar="TABLE", help="One workbook for each row of a CSV or xlsx.")
@output_options
@common_options
def build(
    *,
    scheme_name: str,
    lang: str | None,
    output: str,
    targets: tuple[str, ...],
    prefill: str | None,
    previous: str | None,
    roster: str | None,
    force: bool,
    organisation: str,
    sector: str,
    size: str,
    team: str,
    respondent: str,
    role: str,
) -> None:
    """
    Make a workbook, or one for each row of a roster.

    \b
    Example: iml4e build -o blank.xlsx --team "Fraud Detection" --target 3
    """
    from pathlib import Path

    from iml4e_xlsx.jobs.workbook_order import WorkbookOrder, make_roster_workbooks, make_workbook
    from iml4e_xlsx.model import Profile
    from iml4e_xlsx.roster import parse_targets
    from iml4e_xlsx.scheme import load_scheme

    scheme = load_scheme(scheme_name, lang)
    try:
        target_levels = parse_targets(targets, scheme)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--target") from error
    order = WorkbookOrder(
        scheme=scheme,
        profile=Profile(
            organisation=organisation,
            sector=sector,
            size=size,
            team=team,
            respondent=respondent,
            role=role,
        ),
        targets=target_levels,
        prefill=prefill,
        previous=previous,
    )
    if roster is None:
        make_workbook(order, output, force=force)
        if output != "-":
            current_voice().say("wrote", output=output)
        return
    paths = make_roster_workbooks(order, Path(roster), Path(output), force=force)
    current_voice().say("wrote_workbooks", count=len(paths), folder=output)
