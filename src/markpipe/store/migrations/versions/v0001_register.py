"""The first register: events, fingerprints, and the tables folded from the events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=key, autoincrement=False, nullable=False)


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True, nullable=False) for name in names]


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "event",
        _number("seq", key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_text("type"),
        _number("version"),
        *_text("at", "account", "person"),
        _number("demo"),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        *_text("previous", "hash", "mac", "algorithm", "key_id"),
    )
    op.create_table("fingerprint", *_key("source"), sa.Column("data", sa.LargeBinary, nullable=False))
    op.create_table("source", *_key("id"), *_text("source", "digest", "fingerprint", "no_notice_on", "removed"))
    op.create_table("answer", *_key("digest", "citation"), *_text("text", "answer", "reason", "person"))
    op.create_table(
        "matter",
        *_key("id"),
        _number("year"),
        _number("number"),
        *_text("name", "digest", "decision", "offered", "proposal", "determination", "reason", "changed_at"),
    )
    op.create_table(
        "copy",
        *_key("determination"),
        _number("serial", key=True),
        _number("position"),
        *_text("digest", "state", "holder", "sha256", "path", "reissue", "reason", "changed_at"),
    )
    op.create_table("output", *_key("determination", "sha256", "path"), *_text("at"))
    op.create_table(
        "refusal", _number("seq", key=True), *_text("subject", "rules", "message", "account", "person", "at")
    )
    op.create_index("ix_source_digest", "source", ["digest"])
    op.create_index("ix_matter_draft", "matter", ["name", "digest"])
    op.create_index("ix_matter_number", "matter", ["year", "number"], unique=True)
    op.create_index("ix_copy_position", "copy", ["determination", "position"], unique=True)
    op.create_index("ix_refusal_subject", "refusal", ["subject"])


def downgrade() -> None:
    """There is no way back from the first."""
    raise NotImplementedError("台账的结构不降级")
