"""Adds when a returned document was last saved, as it says itself; unknown for what came before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; an older program that is still at work fills it by its default."""
    saved = sa.Column("saved", sa.Text(), nullable=False, server_default="")
    op.add_column("returned", saved)
