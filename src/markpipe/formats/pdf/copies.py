"""Many numbered copies of one PDF: mark it once, then change six digits and the file's /ID for each.

::

    /MarkpipeSerial.0001.0002… MP          the codes of 0 to 9
    BT /M0 16 Tf 79.370 722.903 Td <000100010001000100010008> Tj ET
                                    └ four hex digits for each of the six of a 份号

Every digit is embedded and the stream is not compressed, so a copy has the same length as every other and the same
bytes as one that was marked on its own.  Lines of headers and footers that repeat the 份号 are changed with it.  A draft
that bears its own 份号 has nothing to change and is refused.
"""

from __future__ import annotations

import dataclasses
import re

import pymupdf

from markpipe.errors import OutputError
from markpipe.formats.pdf.ink import NUMBER_MARKER, SERIAL_MARKER
from markpipe.formats.pdf.mark import mark, with_id
from markpipe.marking.plan import Item, ItemKind, MarkPlan
from markpipe.model.carrier import SERIAL_DIGITS, serial_label

_SERIAL = re.compile(
    re.escape(SERIAL_MARKER).encode() + rb"((?:\.[0-9A-F]{4}){10}) MP\n[^<\n]*<([0-9A-F]{%d})>" % (4 * SERIAL_DIGITS)
)


@dataclasses.dataclass(frozen=True, slots=True)
class Copies:
    """A marked PDF in which the 份号 can be changed at `starts`; `notes` are those of the marking."""

    data: bytes
    plan: MarkPlan
    marked: bytes
    starts: tuple[int, ...]
    codes: tuple[str, ...]
    notes: tuple[str, ...]

    def plan_of(self, serial: int) -> MarkPlan:
        """The plan that the copy with this number bears."""
        (first,) = self.plan.of(ItemKind.SERIAL)
        old, new = first.lines[0].text, serial_label(serial)
        kinds = (ItemKind.SERIAL, ItemKind.RUNNING)
        items = tuple(_renumbered(item, old, new) if item.kind in kinds else item for item in self.plan.items)
        return dataclasses.replace(self.plan, items=items)

    def copy(self, serial: int) -> bytes:
        """The PDF of the copy with this number."""
        digits = "".join(self.codes[int(digit)] for digit in serial_label(serial)).encode()
        patched = bytearray(self.marked)
        for start in self.starts:
            patched[start : start + len(digits)] = digits
        return with_id(bytes(patched), self.data, self.plan_of(serial))


def _renumbered(item: Item, old: str, new: str) -> Item:
    return dataclasses.replace(
        item, lines=tuple(dataclasses.replace(line, text=line.text.replace(old, new)) for line in item.lines)
    )


def prepare(data: bytes, plan: MarkPlan) -> Copies:
    """Mark a PDF once for many copies; `plan` is that of any copy.  `OutputError` as for `mark`."""
    serials = plan.of(ItemKind.SERIAL)
    if len(serials) != 1:
        raise OutputError("要成批制作的方案里没有份号", "请为每一份编号后再制作")
    marked = mark(data, plan)
    found = list(_SERIAL.finditer(marked.data))
    if len(found) != 1:
        raise OutputError("原稿上已有份号，不能成批编号", "请删去原稿上的份号，由本程序加盖")
    codes = tuple(found[0][1].decode().removeprefix(".").split("."))
    repeated = re.compile(
        re.escape(NUMBER_MARKER).encode() + rb"\n(?:[^<]*<[0-9A-F]*>)*?[^<]*<(?:[0-9A-F]{4})*?(" + found[0][2] + rb")"
    )
    others = tuple(match.start(1) for match in repeated.finditer(marked.data))
    if len(others) != marked.data.count(NUMBER_MARKER.encode()):
        raise OutputError(
            "页眉页脚里的份号与首页的字体不同，不能成批编号", "请把版式 running-header、running-footer 改用仿宋"
        )
    return Copies(data, plan, marked.data, (found[0].start(2), *others), codes, marked.notes)


def page_count(copies: Copies) -> int:
    """The pages that each copy has."""
    with pymupdf.open(stream=copies.marked, filetype="pdf") as document:
        return int(document.page_count)
