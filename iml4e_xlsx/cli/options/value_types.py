"""Reads values of options, and says in words how they are written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from iml4e_xlsx.cli.voice import command_text


class Day(click.ParamType[date]):
    """A day, as in 2026-12-18."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; a usage error that shows how one is written."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(command_text("no_day", value=value), param, ctx)


class WholeNumber(click.ParamType[int]):
    """A whole number that is not below the least."""

    name = "number"

    def __init__(self, *, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; a usage error that says which ones there are."""
        try:
            number = int(value)
        except ValueError:
            number = self.least - 1
        if number < self.least:
            self.fail(command_text("no_number", value=value, least=self.least), param, ctx)
        return number
