"""打印: an order for numbered copies and where each of them stands, from its number to the paper in somebody's hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PrintState(StrEnum):
    """Where one copy of an order stands.  Whether it may go on is decided in `ledger.printing`.

    ::

        ALLOCATED ─▶ STAMPED ─▶ (SUBMITTED: in a spooler) ─▶ SENDING ─▶ PRINTED ─▶ CONFIRMED
                                                                │
                                                                └─▶ UNKNOWN ─▶ PRINTED …, WASTED or NOTHING: a person says
    """

    ALLOCATED = "已编号"
    STAMPED = "已盖章"
    SUBMITTED = "已排队"
    SENDING = "正送打印机"
    UNKNOWN = "状态不明"
    PRINTED = "已打印"
    CONFIRMED = "已核对"
    WASTED = "作废"
    NOTHING = "没有印出"


SETTLED = (PrintState.PRINTED, PrintState.CONFIRMED, PrintState.WASTED, PrintState.NOTHING)
"""Nothing more is done for these."""

MAY_BE_PAPER = (PrintState.SENDING, PrintState.UNKNOWN)
"""Paper may exist and nobody knows: never sent again."""


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """One line of the 打印输出登记: what was to be printed where, by whom, on whose approval, for what and for whom.

    `key` names the request for ever (a job uuid, or the copies that a command asked for); `digest` is that of the
    approved draft; `determination` is empty for a file that bears no mark, whose copies are counted from 1 and have
    no 份号.  `at` is UTC.  `released` is false while it waits for its code.
    """

    id: str
    key: str
    determination: str
    digest: str
    serials: tuple[int, ...]
    pages: int
    printer: str
    source: str
    purpose: str
    recipient: str
    approved_by: str
    approval: str
    printed_by: str = ""
    at: str = ""
    released: bool = True
    demo: bool = False


@dataclass(frozen=True, slots=True)
class PrintCopy:
    """One copy of an order; `sha256` is that of the stamped file, `job` names it at the printer (empty: not told)."""

    order: str
    determination: str
    serial: int
    state: PrintState
    sha256: str = ""
    job: str = ""
    why: str = ""
    at: str = ""
