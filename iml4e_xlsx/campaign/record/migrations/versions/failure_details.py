"""
Adds the values of a failure, from which its sentence is made in any language.

Sentences that were kept before stay in `message`: nobody can tell what values they were made of.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; an older program that is still at work fills it by its default."""
    details = sa.Column("details", sa.JSON(), nullable=False, server_default="{}")
    op.add_column("returned", details)
