"""Runs the migrations on the connection that `migrate_record` hands over; Alembic loads this."""

from __future__ import annotations

from alembic import context

from iml4e_xlsx.campaign.record.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
