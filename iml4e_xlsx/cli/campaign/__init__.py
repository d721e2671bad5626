"""
Groups the commands that run a round of the assessment; each is a module such as `campaign_send`.

In: arguments, and the campaign of the folder, which `campaign_session` opens. Out: what the rooms
of `campaign` do, told by `collect_messages`, `send_messages` and `status_hints`, and an exit code.
Only the command `iml4e` loads this room.
"""

from __future__ import annotations

from typing import Any, Final

import click

from iml4e_xlsx.cli.command_group import CommandGroup
from iml4e_xlsx.cli.voice import command_text, common_options

_NAMES: Final = (
    *("init", "build", "send", "remind", "settle", "collect", "assign"),
    *("status", "report", "export", "readdress", "forget", "copy-record"),
)
"""The commands in the order in which a facilitator needs them."""

_LIBRARIES: Final = ("alembic", "email_validator", "imapclient", "jinja2", "sqlalchemy", "tenacity")
"""What comes with `iml4e-xlsx[campaign]` alone."""


class CampaignCommandGroup(CommandGroup):
    """The commands of a round; says how to install what they need."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, or say which extra it needs."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in _LIBRARIES:
                raise
            from iml4e_xlsx.cli.error_messages import EnvironmentMessage

            words = command_text("campaign_needs", library=error.name)
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
    iml4e campaign init DIR --name NAME   make the folder; then fill in its roster and settings
    iml4e campaign build                  make the workbooks
    iml4e campaign send                   list the mails; --smtp sends them, --eml writes drafts
    iml4e campaign collect --imap         collect returned workbooks, or name files and folders
    iml4e campaign status                 show who is missing, incomplete or had problems
    iml4e campaign remind                 list the reminders; --smtp and --eml as for send
    iml4e campaign report -o r.html       write the results

    Every command but init works on the campaign in the current folder; --campaign names another.

    \b
    Example: iml4e campaign init autumn --name "MLOps assessment, autumn"
    """
