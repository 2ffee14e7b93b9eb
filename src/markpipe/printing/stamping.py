"""The files of numbered copies: marked once in the sandbox, six digits changed for each, read back before they go.

A file in which nothing classified was found is printed as it is: its copies bear no number.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markpipe.errors import OutputError
from markpipe.model.decision import Determination
from markpipe.model.printing import PrintOrder, PrintState
from markpipe.pipeline.plans import plan_for
from markpipe.pipeline.writer import write
from markpipe.printing.order import Files, Room, files_of
from markpipe.proof.marks import check_marks

_SPECIMEN = 999_999
_SMALLER = "首页没有放标志的空白，打印件的首页已略为缩小"
_AT_ONCE = 8
_BYTES_AT_ONCE = 64 << 20


@dataclass(frozen=True, slots=True)
class Laid:
    """How a matter's PDF goes on paper: its pages, and whether the first has to be made smaller for the mark."""

    pages: int
    band: bool

    @property
    def notes(self) -> tuple[str, ...]:
        return (_SMALLER,) if self.band else ()


def preflight(room: Room, determination: Determination, data: bytes) -> Laid:
    """Make a copy that is kept nowhere and read it back, so that nothing is numbered that cannot be printed.

    Where there is no room for the mark (N-up and page ranges leave nobody a blank line), the first page is made smaller.
    `OutputError` where the PDF is encrypted, signed or damaged, or bears a 份号 of its own.
    """
    try:
        return _specimen(room, determination, data, band=False)
    except OutputError as error:
        try:
            return _specimen(room, determination, data, band=True)
        except OutputError:
            raise error from None


def _specimen(room: Room, determination: Determination, data: bytes, *, band: bool) -> Laid:
    plan = plan_for(room.register, determination, _SPECIMEN, room.house())
    pages, (made,) = room.number(data, plan, (_SPECIMEN,), band=band)
    with files_of(room, f"specimen-{os.getpid()}") as folder:
        write(folder / "specimen.pdf", made, lambda path: check_marks(path, plan), replace=True)
    return Laid(pages, band)


def numbered(
    room: Room, order: PrintOrder, determination: Determination, data: bytes, folder: Path, laid: Laid | None = None
) -> Files:
    """The stamped copies of an order, made a few at a time.

    Without `laid` that is found out again, the same as by the process that began the order.
    """

    def files(serials: Sequence[int]) -> Iterator[tuple[int, Path]]:
        band = bool(serials) and (laid or preflight(room, determination, data)).band
        at_once = max(1, min(_AT_ONCE, _BYTES_AT_ONCE // max(1, len(data))))
        for start in range(0, len(serials), at_once):
            chunk = serials[start : start + at_once]
            plan = plan_for(room.register, determination, chunk[0], room.house())
            _, made = room.number(data, plan, chunk, band=band)
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
