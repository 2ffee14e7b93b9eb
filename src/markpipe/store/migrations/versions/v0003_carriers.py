"""Carriers: where every numbered copy stands, and the 收文登记簿.  Copies made before get their rows from their events."""

from __future__ import annotations

import datetime as dt
import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CHINA = dt.timezone(dt.timedelta(hours=8))
# table -> its columns in order; * marks the key, # a number
_TABLES = {
    "quota": "*determination #count scope approved_by approval",
    "incoming": "*id #year #number incoming",
    "carrier": "*series *#serial state holder unit due note changed_at",
    "custody": "*#seq *ref act holder unit day due approved_by approval channel note person",
    "duplication": "*parent *approval #first_serial #count stamp",
    "inspection": "*#seq day scope #counted missing surplus person",
    "recall": "*id refs due reason closed_on",
    "destruction": (
        "*id refs approved_by approval method place receipt "
        "first_witness second_witness operator day first_signed second_signed destroyed_on"
    ),
    "incident": "*id ref last_holder circumstances report_by reported_at closed_on",
    "store": "*name keeper since",
}
_INDEXES = (
    ("ix_carrier_state", "carrier", ["state"]),
    ("ix_carrier_holder", "carrier", ["holder"]),
    ("ix_carrier_due", "carrier", ["due"]),
    ("ix_custody_ref", "custody", ["ref"]),
)


def upgrade() -> None:
    """Make the tables and fill them from what was made and voided before."""
    for name, columns in _TABLES.items():
        op.create_table(name, *(_column(column) for column in columns.split()))
    for index, table, indexed in _INDEXES:
        op.create_index(index, table, indexed)
    connection = op.get_bind()
    events = sa.table("event", *(sa.column(name) for name in ("seq", "type", "at", "person", "payload")))
    wanted = sa.select(events).where(events.c.type.in_(["copy-made", "copy-voided"])).order_by(events.c.seq)
    for event in connection.execute(wanted).all():
        _fill(connection, event)


def _fill(connection: sa.Connection, event: sa.Row[tuple[object, ...]]) -> None:
    """The rows of one event, as `ledger.custody_fold` first set them."""
    held = json.loads(bytes(event.payload))
    made = event.type == "copy-made"
    series, serial, note = held["determination"], held["serial"], held.get("reason", "")
    carrier = sa.table("carrier", *(sa.column(name) for name in _columns("carrier")))
    blank = {"holder": "", "unit": "", "due": ""}
    connection.execute(carrier.delete().where(carrier.c.series == series, carrier.c.serial == serial))
    stands = {"state": "IN_STORE" if made else "VOIDED", "note": note, "changed_at": event.at}
    connection.execute(carrier.insert().values(series=series, serial=serial, **blank, **stands))
    custody = sa.table("custody", *(sa.column(name) for name in _columns("custody")))
    day = dt.datetime.fromisoformat(event.at).astimezone(_CHINA).date().isoformat()
    who = {"act": "MAKE" if made else "VOID", "day": day, "note": note, "person": event.person}
    none = {"approved_by": "", "approval": "", "channel": ""}
    connection.execute(custody.insert().values(seq=event.seq, ref=f"{series}/{serial:06d}", **who, **blank, **none))


def _columns(name: str) -> list[str]:
    return [column.lstrip("*#") for column in _TABLES[name].split()]


def _column(column: str) -> sa.Column[str] | sa.Column[int]:
    name, key = column.lstrip("*#"), column.startswith("*")
    if "#" in column:
        return sa.Column(name, sa.Integer, primary_key=key, autoincrement=False, nullable=False)
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def downgrade() -> None:
    """There is no way back: where carriers are would be lost."""
    raise NotImplementedError("台账的结构不降级")
