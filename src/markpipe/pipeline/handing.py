"""Handing copies out: from a list of recipients to moves, and what must not be handed out now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from markpipe.ledger.custody import Move, move
from markpipe.model.custody import Act, Carrier, CarrierState, Reproduction
from markpipe.model.decision import Determination
from markpipe.pipeline.lists import Recipient
from markpipe.pipeline.standing import refuse_locked
from markpipe.store.register import Register

OWN = "D"
"""What the numbers of this unit's own decisions begin with."""


def not_locked(register: Register, refs: Iterable[str]) -> None:
    """`RefusedError` (DRV-7) where a carrier is a copy of a matter that has to follow its sources first."""
    for series in sorted({ref.strip().partition("/")[0] for ref in refs}):
        if series.startswith(OWN):
            refuse_locked(register, series)


def moves_of(
    lines: Sequence[Recipient], on: dt.date, channel: str, widened: str = ""
) -> tuple[tuple[Move, tuple[str, ...]], ...]:
    """One move for each line; a line that names a channel goes by that one."""
    return tuple(
        (Move(Act.SEND, on, line.holder, line.unit, channel=line.channel or channel, widened=widened), (line.ref,))
        for line in lines
    )


def check_list(determination: Determination, moves: Iterable[tuple[Move, tuple[str, ...]]]) -> None:
    """What would refuse to hand out copies of a determination refuses here, before any of them has a number."""
    about = (determination.mark, determination.name, "", determination.access_scope)
    copy = Carrier(determination.id, *about, Reproduction.ALLOWED, telegram=False, state=CarrierState.IN_STORE)
    for wanted, _ in moves:
        move(wanted, (copy,))


def handed_out(lines: Sequence[Recipient], refs: Sequence[str]) -> tuple[Recipient, ...]:
    """Copies for a list that says only how many go to whom, in the order of both."""
    left = iter(refs)
    return tuple(
        Recipient(next(left), line.holder, line.unit, line.channel) for line in lines for _ in range(line.count)
    )
