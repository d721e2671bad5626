"""
Groups the commands that run a round of the assessment; each is a module such as `campaign_send`.

In: arguments, and the campaign of the folder, which `campaign_session` opens. Out: what the rooms
of `campaign` do, told by `collect_messages`, `send_messages` and `status_hints`, and an exit code.
Only the command `iml4e` loads this room.
"""

from __future__ import annotations

import re
from typing import Any, Final

import click

from iml4e_xlsx.cli.command_group import CommandGroup
from iml4e_xlsx.cli.voice import command_text, common_options

_NAMES: Final = (
    *("init", "build", "login", "send", "remind", "settle", "collect", "answer", "assign"),
    *(
        "status",
        "handle",
        "decline",
        "report",
        "export",
        "readdress",
        "show",
        "forget",
        "originals",
        "close",
        "copy-record",
        "rebuild-record",
    ),
)
"""The commands in the order in which a facilitator needs them."""

_LIBRARIES: Final = ("alembic", "email_validator", "imapclient", "jinja2", "sqlalchemy", "tenacity")
"""What comes with `iml4e-xlsx[campaign]` alone."""


_EXTRA: Final = "iml4e_xlsx.extra"


class CampaignCommandGroup(CommandGroup):
    """The commands of a round; says how to install what they need."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note which extra has all that the arguments ask for: a server has one of its own."""
        asks_server = any(re.search(r"\bpostgresql(\+\w+)?://", arg) for arg in args)
        ctx.meta[_EXTRA] = "postgresql" if asks_server else "campaign"
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, or say which extra it needs."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in _LIBRARIES:
                raise
            from iml4e_xlsx.cli.error_messages import EnvironmentMessage

            words = command_text("campaign_needs", library=error.name, extra=ctx.meta[_EXTRA])
            raise EnvironmentMessage(words) from error


@click.group(
    cls=CampaignCommandGroup,
    homes={name: f"{__name__}.campaign_{name.replace('-', '_')}" for name in _NAMES},
)
@common_options
def campaign() -> None:
    """
    Run a round by mail: build, send, remind, collect, report.

    \b
    iml4e campaign init DIR --name NAME  make the folder; fill in its files
    iml4e campaign build                 make the workbooks
    iml4e campaign send                  list mails; --smtp sends, --eml drafts
    iml4e campaign collect --imap        collect workbooks, or name files
    iml4e campaign status                show who is missing or had problems
    iml4e campaign remind                list reminders; --smtp, --eml as above
    iml4e campaign report -o r.html      write the results

    Every command but init works on the campaign in the current folder; --campaign names another.

    \b
    Example: iml4e campaign init autumn --name "MLOps assessment, autumn"
    """
