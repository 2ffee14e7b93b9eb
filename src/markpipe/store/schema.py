"""The tables as SQLAlchemy sees them: events, fingerprints, and one table for each of `ledger.fold.TABLES`.

`SCHEMA_VERSION` is the newest alembic revision; a test holds these tables and the migrations together.
"""

from __future__ import annotations

import sqlalchemy as sa

from markpipe.ledger.fold import TABLES, Table

SCHEMA_VERSION = "0008"

metadata = sa.MetaData()
# in PostgreSQL text sorts by its bytes, as it does in SQLite: lists come in one order, prefixes are ranges
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

events = sa.Table(
    "event",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", TEXT, nullable=False, unique=True),
    sa.Column("type", TEXT, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", TEXT, nullable=False),
    sa.Column("account", TEXT, nullable=False),
    sa.Column("person", TEXT, nullable=False),
    sa.Column("demo", sa.Integer, nullable=False),
    sa.Column("key", TEXT, nullable=False, unique=True),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("previous", TEXT, nullable=False),
    sa.Column("hash", TEXT, nullable=False),
    sa.Column("mac", TEXT, nullable=False),
    sa.Column("algorithm", TEXT, nullable=False),
    sa.Column("key_id", TEXT, nullable=False),
)
# Not a projection: an event holds only the SHA-256 of these bytes.
fingerprints = sa.Table(
    "fingerprint",
    metadata,
    sa.Column("source", TEXT, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
alembic_version = sa.Table(
    "alembic_version",
    metadata,
    sa.Column("version_num", sa.String(32), primary_key=True),
)


def _projected(table: Table) -> sa.Table:
    columns = [
        sa.Column(
            name,
            sa.Integer if kind is int else TEXT,
            primary_key=name in table.key,
            autoincrement=False,
            nullable=False,
        )
        for name, kind in table.columns.items()
    ]
    return sa.Table(table.name, metadata, *columns)


projections = {name: _projected(table) for name, table in TABLES.items()}
sa.Index("ix_source_digest", projections["source"].c.digest)
sa.Index("ix_matter_draft", projections["matter"].c.name, projections["matter"].c.digest)
sa.Index("ix_matter_number", projections["matter"].c.year, projections["matter"].c.number, unique=True)
sa.Index("ix_copy_position", projections["copy"].c.determination, projections["copy"].c.position, unique=True)
sa.Index("ix_refusal_subject", projections["refusal"].c.subject)
sa.Index("ix_step_subject", projections["step"].c.subject)
sa.Index("ix_carrier_state", projections["carrier"].c.state)
sa.Index("ix_carrier_holder", projections["carrier"].c.holder)
sa.Index("ix_carrier_due", projections["carrier"].c.due)
sa.Index("ix_carrier_owed", projections["carrier"].c.owed)
sa.Index("ix_custody_ref", projections["custody"].c.ref)
sa.Index("ix_copy_batch", projections["copy"].c.determination, projections["copy"].c.reissue)
sa.Index("ix_copy_state", projections["copy"].c.determination, projections["copy"].c.state)
sa.Index("ix_lease_open", projections["lease"].c.closed_at)
sa.Index("ix_incoming_document", projections["incoming"].c.issuer, projections["incoming"].c.document_number)
sa.Index("ix_incoming_number", projections["incoming"].c.year, projections["incoming"].c.number)
sa.Index("ix_recall_open", projections["recall"].c.closed_on, projections["recall"].c.due)
sa.Index("ix_incident_open", projections["incident"].c.reported_at, projections["incident"].c.report_by)
sa.Index("ix_incident_ref", projections["incident"].c.ref)
sa.Index("ix_print_order_key", projections["print_order"].c.key, unique=True)
sa.Index("ix_print_copy_file", projections["print_copy"].c.sha256)
sa.Index("ix_print_copy_state", projections["print_copy"].c.state)
sa.Index("ix_print_copy_of", projections["print_copy"].c.determination, projections["print_copy"].c.serial)
sa.Index("ix_matter_digest", projections["matter"].c.digest)
sa.Index("ix_output_sha256", projections["output"].c.sha256)
sa.Index("ix_copy_sha256", projections["copy"].c.sha256)
