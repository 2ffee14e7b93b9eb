"""The 收文编号 in their order: the next one and the last few, without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_incoming_number", "incoming", ["year", "number"])


def downgrade() -> None:
    """There is no way back, as for the others."""
    raise NotImplementedError("台账的结构不降级")
