"""Every figure of a command's JSON stands in its table, in any width and encoding."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

import click
import pytest
from rich.cells import cell_len

from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.report.tables.table import format_figure, format_percent
from tests.support.builders import assessment, small_scheme
from tests.support.campaigns import answer, built_campaign
from tests.support.campaigns import rows as roster
from tests.support.terminals import leaf_commands, shown_in_terminal

TERMINALS: Final = tuple(product((60, 80, 120, 200), ("utf-8", "cp1252", "cp437", "ascii")))
SOME_TERMINALS: Final = ((60, "ascii"), (80, "utf-8"), (120, "cp1252"), (200, "utf-8"))

SHARES: Final = ("answered", "completeness", "way_to_target", "percentile", "rate")

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "benchmark": ("--fewest", "2"),
    "roadmap": ("--target", "4"),
}
"""What makes a command show figures for few teams, too."""

_OF_RESULTS: Final = (
    "respondents",
    "areas.dont_know",  # a sentence counts these where somebody does not know
    "overall.dont_know",
    "areas.estimate",  # part of the remark, as the next ones are, where they differ
    "areas.not_applicable",
    "areas.fulfilment",
    "areas.high",
    "overall.low",
    "overall.high",
    "areas.highest",
    "areas.steps_to_next",
    "areas.one_step_level",
    "areas.effective_target",
    "areas.steps_to_target",
    "areas.required_for_target",
    "areas.way_to_target",
    "overall.steps_to_target",
    "overall.required_for_target",
    "overall.way_to_target",
    "ratings",
    "findings",
)

LEFT_OUT: Final[Mapping[str, tuple[str, ...]]] = {
    "score": _OF_RESULTS,
    "campaign export": _OF_RESULTS,
    "scheme show": ("thresholds", "weights", "profiles"),
    "campaign status": (
        "persons.answered",  # together they are a share
        "persons.statements",
        "persons.earlier",
        "persons.reminders",
        "persons.dont_know",
        "persons.errors",
        "persons.warnings",
        "unlisted",  # a sentence says these where they are not 0
        "anonymous_ratings",
        "counts",
    ),
}
"""Figures of the JSON that the table of a command has no column for, by design."""

LEFT_OUT_OF_MANY: Final = ("areas.level", "areas.completeness", "areas.target")
"""Of more than four results each has a row: of areas it has the index alone."""

NAMES: Final = {
    "one": ["Alpha"],
    "three": ["Alpha", "Müller & Söhne – Łódź", "王小明的团队和機械学習の現場"],
    "thirty": [
        f"Anti Money Laundering and Fraud Prevention for the Region {letter}{letter}"
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ王"
    ],
    "unbroken": [f"Donaudampfschifffahrtsgesellschaftskapitaenswitwenkasse{c * 6}" for c in "äbc"],
    "wide": ["機械学習基盤開発部門品質保証及び運用監視グループ第一課東京" + c for c in "甲乙丙"],
}


def formats_of(command: click.Command) -> tuple[str, ...]:
    """Return the formats in which a command can be asked to write."""
    for option in command.params:
        if option.name == "format_name" and isinstance(option.type, click.Choice):
            return tuple(option.type.choices)
    return ()


COMMANDS: Final = {
    " ".join(path): command
    for path, command in leaf_commands()
    if "json" in formats_of(command) and {"table", "text"} & {*formats_of(command)}
}


@pytest.fixture(scope="module")
def scheme(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """Return a scheme of seven areas."""
    folder = tmp_path_factory.mktemp("seven")
    return small_scheme(folder, ("PC", "DG", "TR", "QA", "RD", "IN", "OM"), per_level=2)


@cache
def answers(scheme: Scheme, names: str) -> tuple[Assessment, ...]:
    """Return results of teams in two rounds: some areas are open, some statements do not apply."""
    read = []
    for number, team in enumerate(NAMES[names]):
        is_many = len(NAMES[names]) > 4
        for person, name in enumerate(("Ann", "Jürgen van der Łukasz")[is_many:]):
            for date in ("2026-05-04", "2026-11-23"):
                ratings: dict[str, Any] = {
                    id_: "n/a" if at % 11 == 7 else (at * (number + 2) + person + int(date[6])) % 4
                    for at, id_ in enumerate(scheme.statements)
                }
                open_area = scheme.areas[number % 3].code if number % 4 == 2 else ""
                read.append(
                    assessment(
                        scheme,
                        {k: v for k, v in ratings.items() if not k.startswith(open_area or "-")},
                        team=team,
                        respondent=name,
                        date=date,
                        targets={area.code: 3 for area in scheme.areas[:5]},
                        source=f"returned/{date[:7]}/{team.lower()}-{name.lower()}.xlsx",
                    )
                )
    return tuple(read[:2] if names == "one" else read)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a round in which some have answered."""
    with built_campaign(tmp_path_factory.mktemp("round"), roster(5, team="Zażółć")) as (
        made,
        record,
    ):
        answer(made, record, "ann@example.org")
        answer(made, record, "ben@example.org", {"AA-01": 2})
    return made.folder


_OF_MEMBERS: Final = (
    "consensus",  # of each statement: the agenda has these
    "members.areas",
    "members.ratings",
    *(f"members.{figure}" for figure in _OF_RESULTS),
    "members.overall.dont_know",
)
"""What a team's results leave out of its members, and of how they agree."""

GROUPED: Final = {
    "score": ("--group", "team"),
    "campaign export": ("--group", "team"),
    "campaign status": ("--raters", "3"),
}
"""Options under which a command shows other figures."""

ANSWERED: Final = "ann@example.org"


def writes_json(command: click.Command) -> bool:
    """Return whether a command can be asked for JSON, by whatever option."""
    return any(
        "--json" in option.opts
        or (isinstance(option.type, click.Choice) and "json" in option.type.choices)
        for option in command.params
    )


def arguments(name: str, command: click.Command, campaign: Path) -> list[str]:
    """Return a call of a command, also of one that this test does not know yet."""
    words = [*name.split(), *OPTIONS.get(name, ())]
    if any(parameter.name == "paths" for parameter in command.params):
        return [*words, "returned"]
    return [*words, str(campaign)] if name.startswith("campaign ") else words


def figures(value: Any, key: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the figures of a document as people read them, each with the keys that lead to it."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from figures(each, name, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for each in value:
            yield from figures(each, key, path)
    elif isinstance(value, float | int) and not isinstance(value, bool):
        if key in SHARES:
            yield path, format_percent(value)
        else:
            yield path, format_figure(value) if isinstance(value, float) else str(value)


def wanted_figures(name: str, text: str, *left_out_more: str) -> Counter[str]:
    """Return the figures that the table of a command claims to show."""
    document = json.loads(text)
    is_many = len(document.get("results", [])) > 4
    left_out = LEFT_OUT.get(name, ()) + (LEFT_OUT_OF_MANY if is_many else ()) + left_out_more
    return Counter(
        figure
        for path, figure in figures(document)
        if not any(
            path.removeprefix("results.").startswith(each) or path.startswith(each)
            for each in left_out
        )
    )


def shown_figures(text: str) -> Counter[str]:
    """Return the figures of a table: with two decimals, in percent, and whole ones."""
    return Counter(re.findall(r"(?<![\d.])(?:\d+\.\d\d|\d+ %|\d+)(?![\d.]\d)", text))


def test_no_command_with_json_is_left_out() -> None:
    """One that has come since is tried as well: each as a table, one of which all is shown."""
    with_json = {" ".join(path) for path, command in leaf_commands() if writes_json(command)}

    assert with_json == {*COMMANDS, "campaign show"}


@pytest.mark.parametrize(("width", "encoding"), TERMINALS)
def test_nothing_stored_of_a_person_is_missing(campaign: Path, width: int, encoding: str) -> None:
    """Every figure, date and id of the record, under its name; whatever the width."""
    call = ["campaign", "show", ANSWERED, "-C", str(campaign)]
    document = json.loads(shown_in_terminal([*call, "--json"]))
    rows = [row for table in document["record"].values() for row in table]
    shown = shown_in_terminal(call, width=width, encoding=encoding).splitlines()

    assert len(rows) > 5
    for row in rows:
        for name, value in row.items():
            words = [word for word in re.findall(r"\S*\d\S*", str(value)) if word.isascii()]
            lines = [line for line in shown if line.startswith(f"  {name}: ")]
            assert any(all(word in line for word in words) for line in lines), (name, value)


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "ascii"])
@pytest.mark.parametrize(
    "call", [("check",), ("score", "--format", "ndjson"), ("score",)], ids=" ".join
)
def test_json_is_the_same_in_every_terminal(
    scheme: Scheme, call: tuple[str, ...], encoding: str
) -> None:
    """It is for programs: a pipe gets UTF-8, and no likeness of a quotation mark ends a text."""
    words = [call[0], "returned", *(call[1:] or ("--format", "json"))]
    read = [assessment(scheme, {"PC-01": 1}, team="“Ł” – …", source="returned/“Ł” – ….xlsx")]
    wanted = shown_in_terminal(words, read=read)

    written = shown_in_terminal(words, encoding=encoding, read=read, written_in="utf-8")

    assert "“Ł” – …" in wanted
    assert written == wanted


@pytest.mark.parametrize("name", GROUPED)
def test_no_figure_is_missing_of_groups(scheme: Scheme, campaign: Path, name: str) -> None:
    """The same, of teams, and of who has rated what."""
    read = answers(scheme, "three")
    call = [*arguments(name, COMMANDS[name], campaign), *GROUPED[name]]
    document = shown_in_terminal([*call, "--format", "json"], read=read)
    wanted = wanted_figures(name, document, *_OF_MEMBERS)

    assert len(wanted) > 3
    for width, encoding in TERMINALS:
        text = shown_in_terminal(call, width=width, encoding=encoding, read=read)
        missing = wanted - shown_figures(text)
        assert not missing, (missing, width, encoding, text)


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_figure_is_missing(scheme: Scheme, campaign: Path, name: str, names: str) -> None:
    """Whatever the width and the encoding; nothing is wider than the terminal."""
    read = answers(scheme, names)
    call = arguments(name, COMMANDS[name], campaign)
    document = shown_in_terminal([*call, "--format", "json"], read=read)
    wanted = wanted_figures(name, document)

    for width, encoding in TERMINALS if names == "three" else SOME_TERMINALS:
        text = shown_in_terminal(call, width=width, encoding=encoding, read=read)
        missing = wanted - shown_figures(text)
        assert not missing, (missing, width, encoding, text)
        assert not re.search(r"\s[\d.]+(…|\.\.\.)", text), (width, encoding, text)
        rows = [line for line in text.splitlines() if re.search(r"\S {2,}\S", line)]
        too_wide = [line for line in rows if cell_len(line) > width]  # a sentence may be, no row
        assert not too_wide, (too_wide, width, encoding)
