"""alembic runs this: migrations go through the connection that `upgrade` was given, inside its transaction."""

from __future__ import annotations

from alembic import context

from markpipe.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
