"""Bring a register of an older schema to today's, in the transaction of the connection that is given."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from markpipe.store.refold import refold


def configuration(connection: sa.Connection | None = None) -> Config:
    """alembic's configuration without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The newest revision among the migrations; `schema.SCHEMA_VERSION` must be the same."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def upgrade(connection: sa.Connection) -> None:
    """Run every migration that is missing, then make the projected tables anew from the events, which never change."""
    command.upgrade(configuration(connection), "head")
    refold(connection)
