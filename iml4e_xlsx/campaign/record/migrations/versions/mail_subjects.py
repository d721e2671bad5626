"""Adds what a mail is about: the file that it answers, or the deadline that it names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; of an earlier mail nobody knows it."""
    op.add_column("mails", sa.Column("about", sa.Text(), nullable=False, server_default=""))
