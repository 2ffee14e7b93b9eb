"""The files of numbered copies: marked once in the sandbox, six digits changed for each, read back before they go.

A file in which nothing classified was found is printed as it is: its copies bear no number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from markpipe.model.decision import Determination
from markpipe.model.printing import PrintOrder, PrintState
from markpipe.pipeline.plans import plan_for
from markpipe.pipeline.writer import write
from markpipe.printing.order import Files, Room
from markpipe.proof.marks import check_marks

_AT_ONCE = 8
_BYTES_AT_ONCE = 64 << 20


def preflight(room: Room, determination: Determination, data: bytes) -> int:
    """Mark a copy that is never made, so that nothing is numbered that cannot be; the answer is its pages.

    `OutputError` where the PDF is encrypted, signed or damaged, or bears a 份号 of its own.
    """
    pages, _ = room.number(data, plan_for(room.register, determination, 1, room.house()), ())
    return pages


def numbered(room: Room, order: PrintOrder, determination: Determination, data: bytes, folder: Path) -> Files:
    """The stamped copies of an order, made a few at a time."""

    def files(serials: Sequence[int]) -> Iterator[tuple[int, Path]]:
        at_once = max(1, min(_AT_ONCE, _BYTES_AT_ONCE // max(1, len(data))))
        for start in range(0, len(serials), at_once):
            chunk = serials[start : start + at_once]
            _, made = room.number(data, plan_for(room.register, determination, chunk[0], room.house()), chunk)
            for serial, stamped in zip(chunk, made, strict=True):
                yield serial, _write(room, order, determination, folder, serial, stamped)

    return files


def _write(
    room: Room, order: PrintOrder, determination: Determination, folder: Path, serial: int, stamped: bytes
) -> Path:
    plan = plan_for(room.register, determination, serial, room.house())
    target = folder / f"{serial:06d}.pdf"

    def record(sha256: str) -> None:
        room.step(order.id, serial, PrintState.STAMPED, sha256=sha256)

    write(target, stamped, lambda path: check_marks(path, plan), record, replace=True)
    return target


def unmarked(room: Room, order: PrintOrder, data: bytes, folder: Path) -> Files:
    """The same file for every copy."""

    def files(serials: Sequence[int]) -> Iterator[tuple[int, Path]]:
        for serial in serials:
            target = folder / f"{serial:06d}.pdf"
            sha256 = write(target, data, replace=True)
            room.step(order.id, serial, PrintState.STAMPED, sha256=sha256)
            yield serial, target

    return files
