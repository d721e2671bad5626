"""Completes the values of arguments and options in a shell: files, schemes, areas, teams."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem, split_arg_string

if TYPE_CHECKING:
    from iml4e_xlsx.model import Scheme

_MOST_WORKBOOKS: Final = 40
"""So many workbooks are read for the names of their teams; more would take too long."""

FREE_VALUES: Final = frozenset(
    {
        "ADDRESS",
        "CODE",
        "DATE",
        "DAY",
        "DAYS",
        "K",
        "KIND",
        "MAIL",
        "MAIL|DIR",
        "MAIL|WORD",
        "MAIL|WORD...",
        "N",
        "NAME=AMOUNT",
        "NEW",
        "OLD",
        "TEXT",
        "URL",
    }
    | {"[MAIL]", "FOLDER", "[bash|zsh|fish]", "[COMMAND [SUBCOMMAND]]"}
    | {"STAGE", "LETTER...", "NAME"}
)
"""The kinds of values, as help shows them, that are not known before, or that click completes."""

_Find = Callable[[click.Context], Iterable[CompletionItem]]


class _CompletedText(click.types.StringParamType):
    """A text that is passed on as it is, and completed by what `find` yields."""

    name = "text"

    def __init__(self, find: _Find) -> None:
        self.find = find

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click passes it
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return what the text may become; files are for the shell to find."""
        found = list(self.find(ctx))
        values = [
            CompletionItem(_escape_spaces(item.value), help=item.help)
            for item in found
            if item.type == "plain" and item.value.casefold().startswith(incomplete.casefold())
        ]
        # bash shows either values or files
        places = [CompletionItem(incomplete, type=each.type) for each in found]
        return values or [place for place in places if place.type != "plain"]


def complete_values(command: click.Command) -> None:
    """Let a shell complete the values of a command, by their kinds in its help."""
    for param in command.params:
        find = COMPLETIONS.get(param.metavar or "")
        if find is not None and isinstance(param.type, click.types.StringParamType):
            param.type = _CompletedText(find)


def _escape_spaces(value: str) -> str:
    """Escape spaces for bash, which inserts a value as it is; other shells quote it themselves."""
    if not os.environ.get("_IML4E_COMPLETE", "").startswith("bash"):
        return value
    typed = os.environ.get("COMP_WORDS", "").splitlines()[-1:]
    if typed and typed[0].startswith(("'", '"')):  # bash closes the quotation mark
        return value
    # doubled, for click's script reads each line with `read`, which takes one away
    return "".join(f"\\\\{c}" if c in " '\"\\&()<>;|$`*?#!" else c for c in value)


def _find_files(_: click.Context) -> Iterator[CompletionItem]:
    yield CompletionItem("", type="file")


def _find_folders(_: click.Context) -> Iterator[CompletionItem]:
    yield CompletionItem("", type="dir")


def _find_schemes(_: click.Context) -> Iterator[CompletionItem]:
    from iml4e_xlsx.scheme import scheme_ids

    for name in scheme_ids():
        yield CompletionItem(name)
    yield CompletionItem("", type="dir")


def _find_profile_fields(_: click.Context) -> Iterator[CompletionItem]:
    from iml4e_xlsx.model import PROFILE_NAMES

    for name in PROFILE_NAMES:
        yield CompletionItem(name)


def _find_reference_profiles(ctx: click.Context) -> Iterator[CompletionItem]:
    for profile in _load_scheme(ctx).profiles:
        yield CompletionItem(profile.id)


def _find_sources(ctx: click.Context) -> Iterator[CompletionItem]:
    for source in _load_scheme(ctx).sources:
        yield CompletionItem(source.key, help=source.title)


def _find_forms(ctx: click.Context) -> Iterator[CompletionItem]:
    for name, statements in _load_scheme(ctx).forms.items():
        yield CompletionItem(name, help=str(len(statements)))


def _find_targets(ctx: click.Context) -> Iterator[CompletionItem]:
    scheme = _load_scheme(ctx)
    for level in scheme.levels:
        yield CompletionItem(str(level.number), help=level.name)
    for area in scheme.areas:
        for level in scheme.levels:
            yield CompletionItem(f"{area.code}={level.number}", help=area.name)


def _find_teams(_: click.Context) -> Iterator[CompletionItem]:
    from iml4e_xlsx.analysis.teams import group_responses
    from iml4e_xlsx.errors import Iml4eError
    from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks, leave_out_results
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.text.spelling import name_key

    try:
        sources = find_workbooks(_named_paths())
        few = list(islice(sources, _MOST_WORKBOOKS + 1))
        outcomes = assess_workbooks(few) if len(few) <= _MOST_WORKBOOKS else ()
        answers = list(leave_out_results(outcomes, lambda _: None))
    except (Iml4eError, OSError):  # the command itself will say it
        return
    groups = group_responses(each for each in answers if isinstance(each, Assessment))
    for name in {name_key(group.name): group.name for group in groups}.values():
        yield CompletionItem(name)


def _named_paths() -> list[str]:
    """Return what of the line are paths; click has parsed nothing of a line that is not whole."""
    words = split_arg_string(os.environ.get("COMP_WORDS", ""))
    return [word for word in words[1:] if Path(word).exists()]


def _load_scheme(ctx: click.Context) -> Scheme:
    """Return the scheme that the line names, or else the usual one."""
    from iml4e_xlsx.errors import Iml4eError
    from iml4e_xlsx.scheme import load_scheme

    try:
        name = ctx.params.get("scheme_name") or ctx.params.get("which")
        return load_scheme(name) if name else load_scheme()
    except Iml4eError:
        return load_scheme()


COMPLETIONS: Final[Mapping[str, _Find]] = {
    **dict.fromkeys(("FILE", "FILE...", "FILE|DIR", "PATH", "PATH..."), _find_files),
    **dict.fromkeys(("[PATH]...", "RETURNED", "TABLE"), _find_files),
    **dict.fromkeys(("DIR", "[DIR]"), _find_folders),
    **dict.fromkeys(("ID|PATH", "[ID|PATH]"), _find_schemes),
    **dict.fromkeys(("AREA=LEVEL", "[AREA=]LEVEL"), _find_targets),
    "FIELD": _find_profile_fields,
    "FORM": _find_forms,
    "ID": _find_reference_profiles,
    "KEY": _find_sources,
    "TEAM": _find_teams,
}
"""What values of each kind may be; the kinds are those that help shows."""
