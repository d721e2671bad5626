"""Adds that a round is anonymous from its beginning, and who has taken part in such a one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column and the table; no round from before was promised to be anonymous."""
    op.add_column("campaigns", sa.Column("promised_fewest", sa.Integer()))
    op.create_table(
        "attendance",
        sa.Column(
            "person",
            sa.Integer(),
            sa.ForeignKey("people.id", ondelete="CASCADE", name="fk_attendance_person"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("returned", sa.Text(), nullable=False),
        sa.Column("unread", sa.Text(), nullable=False),
        sa.Column("unread_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_attendance"),
    )
