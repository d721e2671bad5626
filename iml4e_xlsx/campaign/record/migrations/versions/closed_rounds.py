"""Adds that a round is closed, and how many people of each of its teams took part."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns and the table; of a round that runs they are empty."""
    op.add_column("campaigns", sa.Column("closed", sa.DateTime(timezone=True)))
    op.add_column("campaigns", sa.Column("fewest", sa.Integer()))
    op.create_table(
        "participation",
        sa.Column(
            "campaign",
            sa.String(32),
            sa.ForeignKey("campaigns.id", ondelete="CASCADE", name="fk_participation_campaign"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "position", name="pk_participation"),
    )
