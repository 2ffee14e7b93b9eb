"""The projected tables made anew from the events: after a change of their shape, and for a register put back."""

from __future__ import annotations

import sqlalchemy as sa

from markpipe.ledger.fold import changes
from markpipe.store.log import stored_events
from markpipe.store.projection import carry_out, projections


def refold(connection: sa.Connection) -> None:
    """Empty every projected table and carry out every event again, in the transaction of the connection."""
    for table in projections.values():
        connection.execute(table.delete())
    for row in stored_events(connection):
        carry_out(connection, changes(row.entry()))
