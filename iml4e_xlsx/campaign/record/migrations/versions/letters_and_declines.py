"""Adds letters, declines, and what a returned file answers: which mail, and which round."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table and the columns; an older program that is still at work leaves them alone."""
    moment = sa.DateTime(timezone=True)
    op.add_column("people", sa.Column("declined", moment))
    op.add_column("returned", sa.Column("other_round", sa.JSON()))
    op.add_column("deliveries", sa.Column("thread", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "campaign",
            sa.String(32),
            sa.ForeignKey("campaigns.id", ondelete="CASCADE", name="fk_letters_campaign"),
            nullable=False,
        ),
        sa.Column(
            "person",
            sa.Integer,
            sa.ForeignKey("people.id", ondelete="CASCADE", name="fk_letters_person"),
        ),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("received", moment, nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("handled", moment),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("campaign", "key", name="uq_letters_campaign_key"),
    )
    op.create_index("ix_letters_person", "letters", ["person"])
