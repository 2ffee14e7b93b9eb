"""What happens to 份号 between being given out and being on paper, as typed values.  `ledger.serials` decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markpipe.ledger.codec import TEXT, WHOLE, Codec, many


@dataclass(frozen=True, slots=True)
class SerialsLeased:
    """号段领用: a stretch of numbers was given to one process, machine or printing room, to be used from there."""

    determination: str
    lease: str
    digest: str
    first_serial: int
    count: int
    holder: str
    purpose: str


@dataclass(frozen=True, slots=True)
class LeaseClosed:
    """A lease ended: `returned` never reached paper and are given out again, `explained` are gaps with this reason."""

    determination: str
    lease: str
    returned: tuple[int, ...]
    explained: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SerialsRetaken:
    """Numbers that came back unused from a lease were given out again."""

    determination: str
    serials: tuple[int, ...]
    reissue: str = ""


@dataclass(frozen=True, slots=True)
class SerialsExplained:
    """缺号说明: these numbers will never be made, and why."""

    determination: str
    serials: tuple[int, ...]
    reason: str


SerialEvent = SerialsLeased | LeaseClosed | SerialsRetaken | SerialsExplained

_NUMBERS = many(WHOLE)

# stored name, type, fields: what `ledger.events` registers
SERIALS: tuple[tuple[str, type[Any], dict[str, Codec[Any]]], ...] = (
    (
        "serials-leased",
        SerialsLeased,
        {
            "determination": TEXT,
            "lease": TEXT,
            "digest": TEXT,
            "first_serial": WHOLE,
            "count": WHOLE,
            "holder": TEXT,
            "purpose": TEXT,
        },
    ),
    (
        "lease-closed",
        LeaseClosed,
        {"determination": TEXT, "lease": TEXT, "returned": _NUMBERS, "explained": _NUMBERS, "reason": TEXT},
    ),
    ("serials-retaken", SerialsRetaken, {"determination": TEXT, "serials": _NUMBERS, "reissue": TEXT}),
    ("serials-explained", SerialsExplained, {"determination": TEXT, "serials": _NUMBERS, "reason": TEXT}),
)
