"""载体 from 制作 or 收文 to 销毁: one value for each numbered carrier, never a count.

A carrier is named by its series and serial, `D2026-0001/000003` (a copy of one's own determination),
`R2026-0042/000117` (received; the issuer's 份号, never renumbered) or `R2026-0042/000117/000001` (the first duplicate
of that one).  Nothing here says what may happen to a carrier: that is `ledger.custody`.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.carrier import SERIAL_DIGITS, serial_label
from markpipe.model.classification import Mark


class CarrierState(StrEnum):
    """Where a carrier stands."""

    IN_STORE = "在库"
    SENT = "待签收"
    HELD = "已签收"
    CIRCULATING = "传阅中"
    LENT = "借出"
    CARRIED = "外出携带"
    ARCHIVED = "已归档"
    GIVEN_BACK = "已退制发机关"
    VOIDED = "已作废待销毁"
    TO_DESTROY = "待销毁"
    DESTROYED = "已销毁"
    LOST = "丢失待查"


OUT = (CarrierState.SENT, CarrierState.HELD, CarrierState.CIRCULATING, CarrierState.LENT, CarrierState.CARRIED)
"""States in which somebody other than the 保密员 has the carrier."""


class Act(StrEnum):
    """What moves a carrier from one state to another."""

    RECEIVE = "收文"
    MAKE = "制作"
    DUPLICATE = "复制"
    SEND = "分发"
    SIGN = "签收"
    CIRCULATE = "传阅"
    LEND = "借出"
    CARRY = "外出携带"
    RETURN = "归还"
    ARCHIVE = "归档"
    GIVE_BACK = "退制发机关"
    VOID = "作废"
    LIST = "列入销毁清册"
    DESTROY = "销毁"
    LOSE = "报失"


KNOWING = (Act.SIGN, Act.CIRCULATE, Act.LEND, Act.CARRY)
"""Acts after which somebody knows the content (保密法实施条例第二十条: 机密级以上 record everyone who knows)."""


class Reproduction(StrEnum):
    """What the issuer allows."""

    ALLOWED = "可复制"
    BY_ISSUER = "经制发机关批准"
    FORBIDDEN = "禁止复制"


@dataclass(frozen=True, slots=True)
class Incoming:
    """收文: a document that another unit issued, with its own 收文编号 (`id` without the R).

    `paper_number` is the 收文编号 that it had in a register kept before this one.  Where the issuer gave no 份号
    (`numbered` is false), the serials of its carriers only count them.
    """

    id: str
    issuer: str
    document_number: str
    title: str
    mark: Mark
    received_on: dt.date
    channel: str
    reproduction: Reproduction
    telegram: bool = False
    access_scope: str = ""
    return_by: dt.date | None = None
    paper_number: str = ""
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier with the mark that it bears; `holder` is empty in the store, `due` when it is to be back.

    `owed` is the day by which its issuer wants it back, while it is neither there nor destroyed.
    """

    ref: str
    mark: Mark
    title: str
    issuer: str
    access_scope: str
    reproduction: Reproduction
    telegram: bool
    state: CarrierState
    holder: str = ""
    unit: str = ""
    due: dt.date | None = None
    owed: dt.date | None = None


def carrier_ref(series: str, serial: int) -> str:
    """The name of a carrier."""
    return f"{series}/{serial_label(serial)}"


def plain_ref(ref: str) -> str:
    """The name of a carrier or document as it is stored, however it was typed."""
    return unicodedata.normalize("NFKC", ref).strip().upper()


def split_ref(ref: str) -> tuple[str, int]:
    """Series and serial of a carrier; `ValueError` in Chinese for anything else.

    Leading zeros may be left out, and width and case of what was typed do not matter.
    """
    series, slash, serial = plain_ref(ref).rpartition("/")
    if not slash or not series or not serial.isascii() or not serial.isdecimal() or len(serial) > SERIAL_DIGITS:
        raise ValueError(f"“{ref}”不是份的编号，应写作“定密编号/份号”，如 D2026-0001/000003")
    return series, int(serial)
