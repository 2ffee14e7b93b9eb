"""The tables of numbers and numbered copies, and what each event about them sets.  `ledger.fold` calls this.

`series` and `batch` hold what a new number depends on, so that giving one out never reads the copies before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from markpipe.ledger.events import CopiesAllocated, CopyMade, CopyVoided
from markpipe.ledger.serial_events import LeaseClosed, SerialEvent, SerialsExplained, SerialsLeased, SerialsRetaken
from markpipe.ledger.tables import Change, Patch, Put, Table, Tally, Value
from markpipe.model.carrier import CopyState

COPIES = Table(
    "copy",
    ("determination", "serial"),
    {
        "determination": str,
        "serial": int,
        "position": int,
        "digest": str,
        "state": str,
        "holder": str,
        "sha256": str,
        "path": str,
        "reissue": str,
        "reason": str,
        "changed_at": str,
    },
    counted=True,
)
# how many numbers a document has used: the highest is as many, for they are given out in stretches without a gap
SERIES = Table("series", ("determination",), {"determination": str, "given": int})
BATCHES = Table("batch", ("determination", "reissue"), {"determination": str, "reissue": str, "count": int})
LEASES = Table(
    "lease",
    ("id",),
    {
        "id": str,
        "determination": str,
        "first_serial": int,
        "count": int,
        "holder": str,
        "purpose": str,
        "leased_at": str,
        "closed_at": str,
        "reason": str,
    },
)
COPY_TABLES = (COPIES, SERIES, BATCHES, LEASES)


def copy_changes(event: CopiesAllocated | CopyMade | CopyVoided, at: str) -> tuple[Change, ...]:
    """The rows that an event about numbered copies sets."""
    match event:
        case CopiesAllocated(determination, digest, first, _, count, reissue):
            return _given(determination, digest, range(first, first + count), event.first_index, reissue, at)
        case CopyMade(determination, serial, sha256, path):
            made = {"state": CopyState.MADE.name, "sha256": sha256, "path": path, "changed_at": at}
            return (Patch(COPIES, (determination, serial), made),)
        case CopyVoided(determination, serial, reason):
            return _stand(determination, (serial,), CopyState.VOIDED, at, reason=reason)
        case _:
            assert_never(event)


def serial_changes(event: SerialEvent, at: str) -> tuple[Change, ...]:
    """The rows that an event about numbers sets."""
    match event:
        case SerialsLeased(determination, lease, digest, first, count):
            row: dict[str, Value] = {"id": lease, "determination": determination, "first_serial": first, "count": count}
            terms = {"holder": event.holder, "purpose": event.purpose, "leased_at": at, "closed_at": "", "reason": ""}
            leased = Put(LEASES, {**row, **terms})
            return (leased, *_given(determination, digest, range(first, first + count), first, lease, at))
        case LeaseClosed(determination, lease, returned, explained, reason):
            return (
                Patch(LEASES, (lease,), {"closed_at": at, "reason": reason}),
                Tally(BATCHES, (determination, lease), {"count": -len(returned)}),
                *_stand(determination, returned, CopyState.RETURNED, at, reason=reason),
                *_stand(determination, explained, CopyState.EXPLAINED, at, reason=reason),
            )
        case SerialsRetaken(determination, serials, reissue):
            return (
                Tally(BATCHES, (determination, reissue), {"count": len(serials)}),
                *_stand(determination, serials, CopyState.ALLOCATED, at, reason="", reissue=reissue),
            )
        case SerialsExplained(determination, serials, reason):
            return _stand(determination, serials, CopyState.EXPLAINED, at, reason=reason)
        case _:
            assert_never(event)


def _given(determination: str, digest: str, serials: range, position: int, batch: str, at: str) -> tuple[Change, ...]:
    blank = {"digest": digest, "holder": "", "sha256": "", "path": "", "reissue": batch, "reason": ""}
    stands = {"state": CopyState.ALLOCATED.name, "changed_at": at}
    return (
        Tally(SERIES, (determination,), {"given": len(serials)}),
        Tally(BATCHES, (determination, batch), {"count": len(serials)}),
        *(
            Put(COPIES, {"determination": determination, "serial": serial, "position": place, **blank, **stands})
            for place, serial in enumerate(serials, start=position)
        ),
    )


def _stand(determination: str, serials: Sequence[int], state: CopyState, at: str, **fields: str) -> tuple[Patch, ...]:
    stands = {"state": state.name, "changed_at": at, **fields}
    return tuple(Patch(COPIES, (determination, serial), stands) for serial in serials)
