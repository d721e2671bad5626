"""
Brings a record to the newest revision of its tables, from the first one on.

In: the engine of a database. Out: the same database at `schema.REVISION`, or a `RecordError` if a
newer program made it. `versions` has a module for each revision, which Alembic runs by way of
`env`. The record's `connection` alone imports this room.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.schema import REVISION
from iml4e_xlsx.errors import RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x494D4C3445
"""The advisory lock under which PostgreSQL migrates, so that two who start at once do it once."""


def migrate_record(engine: sa.Engine) -> None:
    """
    Migrate the record to the newest revision if it is at another.

    Alembic, which takes time to load, is imported only then.

    Raises:
        RecordError: If the record was made by a newer version of this program.
    """
    with engine.connect() as connection:
        current = _read_revision(connection)
    if current == REVISION:
        return
    from alembic import command

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        current = _read_revision(connection)
        if current == REVISION:
            return
        settings = alembic_config(connection)
        if current and current not in _known_revisions(settings):
            raise RecordError(RecordErrorCode.RECORD_NEWER, revision=current, known=REVISION)
        command.upgrade(settings, "head")


def alembic_config(connection: sa.Connection) -> Config:
    """Return the settings of Alembic for the scripts beside this module."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _known_revisions(settings: Config) -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}


def _read_revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)
