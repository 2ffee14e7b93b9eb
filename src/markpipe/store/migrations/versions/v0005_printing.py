"""Print orders and where each of their copies stands.  No register of the version before can hold such an event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ORDER_TEXTS = (
    "key",
    "determination",
    "digest",
    "printer",
    "source",
    "purpose",
    "recipient",
    "approved_by",
    "approval",
)
_INDEXES = (
    ("ix_print_order_key", "print_order", ["key"], True),
    ("ix_print_copy_file", "print_copy", ["sha256"], False),
    ("ix_print_copy_state", "print_copy", ["state"], False),
    ("ix_print_copy_of", "print_copy", ["determination", "serial"], False),
)


def _text() -> sa.Text:
    return sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()


def _texts(*names: str, key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, _text(), primary_key=key, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables, empty as they must be."""
    op.create_table(
        "print_order",
        *_texts("id", key=True),
        *_texts(*_ORDER_TEXTS, "serials"),
        *_numbers("pages", "released"),
        *_texts("printed_by"),
        *_numbers("demo"),
        *_texts("at"),
    )
    op.create_table(
        "print_copy",
        *_texts("print_order", key=True),
        sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        *_texts("determination", "state", "sha256", "job", "why", "changed_at"),
    )
    for name, table, columns, unique in _INDEXES:
        op.create_index(name, table, columns, unique=unique)


def downgrade() -> None:
    """There is no way back: what was printed would be lost."""
    raise NotImplementedError("台账的结构不降级")
