"""Alembic environment; the store passes its own connection."""

from alembic import context

from service.store import audit_tables, case_tables, reference_tables, story_tables  # noqa: F401
from service.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
