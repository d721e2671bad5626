"""Carries out `iml4e build`: makes a workbook, or one for each row of a roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.options.notice_options import notice_options
from iml4e_xlsx.cli.options.output_options import language_option, output_options, scheme_option
from iml4e_xlsx.cli.options.value_types import OutputName
from iml4e_xlsx.cli.voice import common_options, current_voice, usage_error

if TYPE_CHECKING:
    from iml4e_xlsx.findings.finding import Finding
    from iml4e_xlsx.jobs.workbook_order import WorkbookOrder
    from iml4e_xlsx.model import Scheme


class ProfileCommand(click.Command):
    """A command with an option for each field of a profile that a roster has, too."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the options, those of the profile before the targets."""
        from iml4e_xlsx.model import ROSTER_FIELDS  # not before this command runs: it takes time

        options: list[click.Parameter] = [
            click.Option([f"--{name}"], default="", help="Fill in this field of the profile.")
            for name in ROSTER_FIELDS
        ]
        params = super().get_params(ctx)
        place = [param.name for param in params].index("targets")
        return [*params[:place], *options, *params[place:]]


@click.command(cls=ProfileCommand)
@scheme_option
@language_option
@click.option(
    "-o",
    "--output",
    required=True,
    type=OutputName("blank.xlsx"),
    metavar="FILE|DIR",
    help="Write to this file or folder; - is stdout.",
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="[AREA=]LEVEL",
    help="Set target levels: 3 for all areas, DG=2 for one by code or name, or '3 DG=2'. Can be "
    "repeated.",
)
@click.option(
    "--form",
    default="",
    metavar="FORM",
    help="Ask only for the statements of this form of the scheme.",
)
@click.option(
    "--prefill",
    multiple=True,
    metavar="RETURNED",
    help="Start with the answers of this workbook. Can be repeated; a later one's answers win.",
)
@click.option(
    "--next",
    "follow_up",
    multiple=True,
    metavar="RETURNED",
    help="Start with the answers of this workbook, and ask only for what can still change a level.",
)
@click.option(
    "--previous", metavar="RETURNED", help="Also show the index of this previous workbook."
)
@click.option(
    "--old-scheme",
    "old_schemes",
    multiple=True,
    metavar="PATH",
    help="Also read previous workbooks of the older version of the scheme in this folder. Can be "
    "repeated.",
)
@click.option(
    "--roster", metavar="TABLE", help="Make one workbook per row of this table (CSV or xlsx)."
)
@notice_options
@output_options
@common_options
def build(
    *,
    scheme_name: str,
    lang: str | None,
    output: str,
    targets: tuple[str, ...],
    form: str,
    prefill: tuple[str, ...],
    follow_up: tuple[str, ...],
    previous: str | None,
    old_schemes: tuple[str, ...],
    roster: str | None,
    deadline: date | None,
    contact: str,
    force: bool,
    **profile: str,
) -> None:
    """
    Make one workbook, or one for each row of a roster.

    \b
    Example: iml4e build -o blank.xlsx --team "Fraud Detection" --target 3
    """
    from pathlib import Path

    from iml4e_xlsx.errors import TargetError
    from iml4e_xlsx.jobs.workbook_order import WorkbookOrder, make_roster_workbooks
    from iml4e_xlsx.model import Profile, RoundNotice
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.roster import parse_targets
    from iml4e_xlsx.scheme import load_scheme
    from iml4e_xlsx.scheme.forms import select_form

    if follow_up and (form or roster is not None):
        raise usage_error("next_alone")
    scheme = select_form(load_scheme(scheme_name, lang), form)
    try:
        target_levels = parse_targets(targets, scheme)
    except TargetError as error:
        raise click.BadParameter(str(error), param_hint="--target") from error
    order = WorkbookOrder(
        scheme=scheme,
        profile=Profile(**profile),
        targets=target_levels,
        prefill=(*prefill, *follow_up),
        next_only=bool(follow_up),
        schemes=Schemes.find_installed((scheme_name, *old_schemes)),
        previous=previous,
        notice=RoundNotice(deadline=deadline, contact=contact.strip()),
    )
    if roster is None:
        _make_one(order, output, force=force)
        return
    with _telling_doubts(scheme) as tell_doubt:
        paths = make_roster_workbooks(
            order, Path(roster), Path(output), force=force, tell_doubt=tell_doubt
        )
    current_voice().say("wrote_workbooks", count=len(paths), folder=output)


def _make_one(order: WorkbookOrder, output: str, *, force: bool) -> None:
    """Make one workbook, and say what it asks for if that is not everything."""
    from iml4e_xlsx.jobs.workbook_order import make_workbook

    with _telling_doubts(order.scheme) as tell_doubt:
        asked = make_workbook(order, output, force=force, tell_doubt=tell_doubt)
    if not asked:
        current_voice().say("nothing_to_ask")
    elif output != "-":
        current_voice().say("wrote", output=output)
        total = len(order.scheme.statements)
        if order.next_only and len(asked) < total:
            current_voice().say("asks_next", count=len(asked), total=total)


@contextmanager
def _telling_doubts(scheme: Scheme) -> Iterator[Callable[[Finding], None]]:
    """Say what was doubtful, together by kind, once the workbooks are made."""
    from iml4e_xlsx.findings.finding_groups import group_across_files
    from iml4e_xlsx.text.interface_texts import scheme_texts

    doubts: list[Finding] = []
    yield doubts.append
    for group in group_across_files(doubts, scheme_texts(scheme)):
        current_voice().say_group(group)
