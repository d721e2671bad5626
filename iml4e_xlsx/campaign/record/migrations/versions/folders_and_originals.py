"""Adds the folders that work on a record, and the originals that lie in it or at a URL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the tables; an older program that is still at work leaves them alone."""
    op.create_table(
        "originals",
        _campaign("originals"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "name", name="pk_originals"),
    )
    op.create_table(
        "original_places",
        _campaign("original_places"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "url", name="pk_original_places"),
    )
    op.create_table(
        "folders",
        _campaign("folders"),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "id", name="pk_folders"),
    )


def _campaign(table: str) -> sa.Column[str]:
    target = sa.ForeignKey("campaigns.id", ondelete="CASCADE", name=f"fk_{table}_campaign")
    return sa.Column("campaign", sa.String(32), target, nullable=False)
