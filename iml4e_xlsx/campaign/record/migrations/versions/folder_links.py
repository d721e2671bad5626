"""Adds where a search of a mailbox goes on whose server says that by an address, not by numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column."""
    op.add_column("mailboxes", sa.Column("link", sa.Text(), nullable=True))
