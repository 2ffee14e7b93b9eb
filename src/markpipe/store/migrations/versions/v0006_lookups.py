"""Indexes by content: whose decision is behind a file, without reading every copy."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    for table, column in (("matter", "digest"), ("output", "sha256"), ("copy", "sha256")):
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """There is no way back, as for the others."""
    raise NotImplementedError("台账的结构不降级")
