"""What a new number depends on, beside the copies; leases; how many stand where; received documents by their number.

Makes tables only: `upgrade` fills every projected table from the events afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_copy_batch", "copy", ["determination", "reissue"]),
    ("ix_copy_state", "copy", ["determination", "state"]),
    ("ix_lease_open", "lease", ["closed_at"]),
    ("ix_incoming_document", "incoming", ["issuer", "document_number"]),
    ("ix_recall_open", "recall", ["closed_on", "due"]),
    ("ix_incident_open", "incident", ["reported_at", "report_by"]),
    ("ix_incident_ref", "incident", ["ref"]),
)


def _text(*names: str, key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=key, nullable=False) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables; received documents get columns, so theirs is made anew."""
    op.create_table("series", *_text("determination", key=True), *_number("given"))
    op.create_table("batch", *_text("determination", "reissue", key=True), *_number("count"))
    op.create_table(
        "lease",
        *_text("id", key=True),
        *_text("determination"),
        *_number("first_serial", "count"),
        *_text("holder", "purpose", "leased_at", "closed_at", "reason"),
    )
    op.create_table("standing", *_text("kind", "state", key=True), *_number("count"))
    op.drop_table("incoming")
    op.create_table(
        "incoming",
        *_text("id", key=True),
        *_number("year", "number"),
        *_text("issuer", "document_number", "incoming"),
    )
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    if op.get_bind().dialect.name == "postgresql":
        _sort_by_bytes(op.get_bind())


def _sort_by_bytes(connection: sa.Connection) -> None:
    """Text sorts by its bytes, as it does in SQLite."""
    for table in sa.inspect(connection).get_table_names():
        for column in sa.inspect(connection).get_columns(table):
            if isinstance(column["type"], sa.Text):
                op.alter_column(table, str(column["name"]), type_=sa.Text(collation="C"))


def downgrade() -> None:
    """There is no way back: leases would be lost."""
    raise NotImplementedError("台账的结构不降级")
