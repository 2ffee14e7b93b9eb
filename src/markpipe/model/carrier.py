"""载体: a numbered copy of a determined document, from 制作 to 销毁."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SERIAL_DIGITS = 6


class CopyState(StrEnum):
    """Where a number stands; once its copy is made, `model.custody` says where that is."""

    ALLOCATED = "已编号待制作"
    MADE = "在库"
    VOIDED = "已作废"
    RETURNED = "退回未用"
    EXPLAINED = "缺号已说明"


class Form(StrEnum):
    """What kind of carrier it is: its form says where its marks stand."""

    OFFICIAL = "公文"
    LETTER = "信函"
    OTHER = "非公文"
    TITLED = "标题下方"
    DRAWING = "图纸"


def serial_label(serial: int) -> str:
    """份号 as GB/T 9704-2012 7.2.1 prints it: six Arabic digits."""
    if not 1 <= serial < 10**SERIAL_DIGITS:
        raise ValueError(f"份号 {serial} 超出六位数字的范围")
    return f"{serial:0{SERIAL_DIGITS}d}"


@dataclass(frozen=True, slots=True)
class Copy:
    """One numbered copy: unique by document, determination and index; `sha256` is that of the file made."""

    determination: str
    digest: str
    serial: int
    index: int
    state: CopyState
    holder: str = ""
    sha256: str = ""
    path: str = ""
