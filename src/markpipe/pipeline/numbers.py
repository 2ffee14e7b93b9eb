"""份号 for somebody who makes many copies of one document, perhaps beside others: taken one by one, leased by the block.

::

    register ── one transaction ──▶ lease 1 … 100 ──take──▶ 1, 2, 3 …      no transaction each
        ▲                                  │
        └── close: what was not taken ─────┘

A process that dies leaves its lease open in the register, with its name: whoever keeps the register closes it
(`copies release`) and says which of its numbers reached paper.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable
from types import TracebackType

from markpipe.model.agency import Actor
from markpipe.store.copies import Lease
from markpipe.store.register import Register

BLOCK = 100


class Numbers:
    """Numbers of one determination for one taker; use it in a `with`.

    Left without an error, what was never taken goes back.  A number that was taken must be made by then: if it was
    not, it becomes a gap with a reason.  Left by an error, the lease stays open for a person to look at.
    """

    def __init__(
        self,
        register: Register,
        determination_id: str,
        holder: str,
        actor: Actor,
        now: Callable[[], dt.datetime],
        *,
        purpose: str = "批量制作",
        size: int = BLOCK,
    ) -> None:
        self._register, self._determination, self._holder = register, determination_id, holder
        self._actor, self._now, self._purpose, self._size = actor, now, purpose, size
        self._leases: list[Lease] = []
        self._waiting: deque[int] = deque()

    def take(self) -> int:
        """The next number, nobody else's; leases another block where the last is used up."""
        if not self._waiting:
            asked = (self._determination, self._size, self._holder, self._purpose)
            lease = self._register.lease(*asked, self._actor, self._now())
            self._leases.append(lease)
            self._waiting.extend(lease.serials)
        return self._waiting.popleft()

    def close(self) -> None:
        """Give back what was never taken."""
        for lease in self._leases:
            unused = [serial for serial in lease.serials if serial in self._waiting]
            self._register.close_lease(lease.id, unused, "领用后没有制作", self._actor, self._now())
        self._leases.clear()
        self._waiting.clear()

    def __enter__(self) -> Numbers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
