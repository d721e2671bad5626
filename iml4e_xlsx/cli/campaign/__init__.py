"""Commands that run a round of the assessment; each is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import click

from iml4e_xlsx.cli.common import Commands, EnvironmentSpoken, common_options

_HOMES: Final = {
    "init": "folder",
    "build": "folder",
    "send": "mailing",
    "remind": "mailing",
    "settle": "mailing",
    "collect": "collecting",
    "assign": "collecting",
    "status": "results",
    "report": "results",
    "export": "results",
    "readdress": "folder",
    "forget": "folder",
    "copy-record": "folder",
}
"""The module of each command, in the order in which a facilitator needs them."""

_LIBRARIES: Final = ("alembic", "email_validator", "imapclient", "jinja2", "sqlalchemy", "tenacity")
"""What comes with `iml4e-xlsx[campaign]` alone."""


class _LazyCommands(Commands):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the names in the order of use."""
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, or None if there is none of this name."""
        if cmd_name not in _HOMES:
            return None
        module = import_module(f"{__name__}.{_HOMES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; say how to install what it needs."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in _LIBRARIES:
                raise
            raise EnvironmentSpoken(
                f"Campaigns need {error.name}; install it with: pip install 'iml4e-xlsx[campaign]'"
            ) from error


@click.group(cls=_LazyCommands)
@common_options
def campaign() -> None:
    """
    Run a round: workbooks for a list of people, mails, collection, status, report.

    \b
    iml4e campaign init DIR --name NAME   make the folder; then fill in its roster and settings
    iml4e campaign build                  make the workbooks
    iml4e campaign send                   say what would be sent; --smtp sends, --eml writes drafts
    iml4e campaign collect --imap         take in what came back, or name files and folders
    iml4e campaign status                 who is missing, who is incomplete, who had problems
    iml4e campaign remind                 remind those who are missing; as dry as send
    iml4e campaign report -o r.html       the results

    All but init work on the campaign in the current folder, or in the one that --campaign names.

    \b
    Example: iml4e campaign init autumn --name "MLOps assessment, autumn"
    """
