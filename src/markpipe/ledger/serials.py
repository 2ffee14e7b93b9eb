"""SER-1: which 份号 may be given out now: pure functions of the rows that matter.

::

    given out ──▶ 已编号待制作 ──▶ made, voided …            (`ledger.transitions`)
         ▲              │
         │              ├── lease closed, never on paper ──▶ 退回未用 ──┐
         └──────────────┼───────────────────────────────────────────────┘  the next allocation takes these first
                        └── will never be made ──▶ 缺号已说明

A number is on at most one sheet for ever: only one that certainly never reached paper comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger.events import CopiesAllocated, Event
from markpipe.ledger.serial_events import LeaseClosed, SerialsExplained, SerialsLeased, SerialsRetaken
from markpipe.ledger.tables import Row
from markpipe.ledger.transitions import approved_matter, needed
from markpipe.model.carrier import SERIAL_DIGITS, CopyState, serial_label

Events = tuple[Event, ...]
_OPEN = (CopyState.ALLOCATED.name, CopyState.RETURNED.name)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a document has used: `given` numbers up to the highest, `batch` of them in the batch that is asked for;
    `spare` came back unused (lowest first), `quota` is the approved count, None for none."""

    given: int = 0
    batch: int = 0
    spare: tuple[int, ...] = ()
    quota: int | None = None

    @property
    def used(self) -> int:
        """What counts against the approved number of copies."""
        return self.given - len(self.spare)


def allocate(determination: str, row: Row | None, numbers: Numbers, count: int, reissue: str) -> Events:
    """Give out 份号 until there are `count` copies in the batch `reissue`.

    Asked again for as many or fewer, nothing happens.  With a reason in `reissue` the copies are additional ones; the
    same reason again names the same copies.  Numbers that came back are taken first, then they continue.
    """
    digest = str(approved_matter(determination, row, "编份号")["digest"])
    if count < 1:
        raise UsageError(f"份数 {count} 不对", "份数至少为 1")
    missing = count - numbers.batch
    if missing <= 0:
        return ()
    _within_quota(determination, numbers, missing)
    again = numbers.spare[:missing]
    fresh = missing - len(again)
    _within_digits(determination, numbers.given + fresh)
    events: list[Event] = [SerialsRetaken(determination, again, reissue)] if again else []
    if fresh:
        first = numbers.given + 1
        events.append(CopiesAllocated(determination, digest, first, first, fresh, reissue))
    return tuple(events)


def lease(
    determination: str, row: Row | None, numbers: Numbers, lease_id: str, count: int, holder: str, purpose: str
) -> Events:
    """Give a stretch of numbers to `holder`, who takes them one by one without asking again."""
    digest = str(approved_matter(determination, row, "领用号段")["digest"])
    if count < 1 or not holder.strip():
        raise UsageError("领用号段须写明份数和领用人", "用 --copies 和 --for 给出")
    _within_quota(determination, numbers, count)
    _within_digits(determination, numbers.given + count)
    return (SerialsLeased(determination, lease_id, digest, numbers.given + 1, count, holder, purpose),)


def close_lease(row: Row, copies: Sequence[Row], unused: Sequence[int], reason: str) -> Events:
    """End a lease: `unused` certainly never reached paper and come back, any other without a copy is a gap.

    `copies` are all numbers of the lease.  Closing it twice changes nothing.
    """
    if row["closed_at"]:
        return ()
    waiting = {int(copy["serial"]) for copy in copies if copy["state"] == CopyState.ALLOCATED.name}
    if strange := [serial for serial in unused if serial not in waiting]:
        raise RefusedError(
            f"份号 {serial_label(strange[0])} 不是号段 {row['id']} 里没有制作的号", "只能退回没有用过的号", ("SER-1",)
        )
    explained = tuple(sorted(waiting - set(unused)))
    if explained:
        needed(reason, "号段里有没有制作也没有退回的号，")
    return (LeaseClosed(str(row["determination"]), str(row["id"]), tuple(sorted(unused)), explained, reason),)


def explain(determination: str, copies: Sequence[Row], reason: str) -> Events:
    """缺号说明 for numbers that were given out and will not be made; said again, nothing changes."""
    needed(reason, "缺号说明")
    for copy in copies:
        if copy["state"] not in (*_OPEN, CopyState.EXPLAINED.name):
            stands = CopyState[str(copy["state"])].value
            label = serial_label(int(copy["serial"]))
            raise RefusedError(
                f"{determination} 的份号 {label} 现为“{stands}”，不是缺号", "已有纸张的用 copies void 作废", ("SER-1",)
            )
    open_ = tuple(int(copy["serial"]) for copy in copies if copy["state"] in _OPEN)
    return (SerialsExplained(determination, open_, reason),) if open_ else ()


def _within_quota(determination: str, numbers: Numbers, wanted: int) -> None:
    """SER-1: no more copies than were approved, counting everything that ever had a number."""
    if numbers.quota is not None and numbers.used + wanted > numbers.quota:
        raise RefusedError(
            f"{determination} 批准制作 {numbers.quota} 份，已编号 {numbers.used} 份，不能再编 {wanted} 份",
            "增加份数须另行批准（copies approve），没有占用份号",
            ("SER-1",),
        )


def _within_digits(determination: str, highest: int) -> None:
    if highest >= 10**SERIAL_DIGITS:
        raise RefusedError(f"{determination} 的份号将超出{SERIAL_DIGITS}位数字", "请核对份数", rules=("SER-1",))
