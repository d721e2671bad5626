"""Adds the options that leave out names, and groups so small that they are as good as names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click

from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.voice import F


def anonymity_options(left_out: str) -> Callable[[F], F]:
    """
    Add `--anonymous`, which leaves out what the help says, and `--fewest`.

    The command gets both; `fewest` is a number in any case, and `anonymous` whether names are left
    out, which groups of at least two people ask for as well.
    """

    def decorate(command: F) -> F:
        @click.option("--anonymous", is_flag=True, help=f"Leave out {left_out}.")
        @click.option(
            "--fewest",
            type=WholeNumber(least=1),
            metavar="N",
            help="Show no group of fewer people: small teams are joined, names left out. By "
            "default 5 with --anonymous, else 1.",
        )
        @wraps(command)
        def run_command(*args: Any, anonymous: bool, fewest: int | None, **rest: Any) -> Any:
            from iml4e_xlsx.analysis.small_groups import FEWEST_WITHOUT_NAMES

            chosen = fewest or (FEWEST_WITHOUT_NAMES if anonymous else 1)
            return command(*args, anonymous=anonymous or chosen > 1, fewest=chosen, **rest)

        return cast("F", run_command)

    return decorate
