"""The steps around a decision: one row an event.  No register of the version before can hold such an event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty as it must be."""
    op.create_table(
        "step",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        *(
            sa.Column(name, kind, nullable=False)
            for name, kind in (
                ("kind", sa.Text),
                ("version", sa.Integer),
                ("subject", sa.Text),
                ("body", sa.Text),
                ("account", sa.Text),
                ("person", sa.Text),
                ("demo", sa.Integer),
                ("at", sa.Text),
            )
        ),
    )
    op.create_index("ix_step_subject", "step", ["subject"])


def downgrade() -> None:
    """There is no way back: steps would be lost."""
    raise NotImplementedError("台账的结构不降级")
