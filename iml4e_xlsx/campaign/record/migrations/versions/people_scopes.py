"""Adds which statements each person is asked for; before, everybody was asked for all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; it stays empty until workbooks are built again."""
    op.add_column("people", sa.Column("scope", sa.JSON(), nullable=True))
