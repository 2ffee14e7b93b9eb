"""When the issuer of a carrier wants it back: `upgrade` fills the column from the events afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index."""
    kind = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.add_column("carrier", sa.Column("owed", kind, nullable=False, server_default=""))
    op.create_index("ix_carrier_owed", "carrier", ["owed"])


def downgrade() -> None:
    """There is no way back, as for the others."""
    raise NotImplementedError("台账的结构不降级")
