"""Adds who did not know an answer, and which form a workbook was; before, there was neither."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; an older program that is still at work fills them by their defaults."""
    op.add_column("returned", sa.Column("form", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "returned", sa.Column("dont_know", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "answers", sa.Column("unknown", sa.Boolean(), nullable=False, server_default=sa.false())
    )
