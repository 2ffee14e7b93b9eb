"""Numbered copies of a determined file: numbers first, then the files, then their events.

A crash leaves a number without a file, which the next call makes, never two files with one number.  A copy that was
made before is not made again, wherever the output goes this time: that is what a reissue is for.
"""

from __future__ import annotations

from pathlib import Path

from markpipe.errors import OutputError
from markpipe.model.carrier import Copy, CopyState, serial_label
from markpipe.model.decision import Determination
from markpipe.model.document import Format
from markpipe.model.outcome import Output, OutputKind
from markpipe.pipeline.plans import plan_for
from markpipe.pipeline.press import Press, put_marks
from markpipe.pipeline.standing import refuse_locked


def issue_copies(
    press: Press, determination: Determination, data: bytes, fmt: Format, folder: Path, count: int, reissue: str = ""
) -> tuple[Output, ...]:
    """`count` numbered copies below `folder`, named after the draft and the 份号.

    `data` are the draft's bytes, which the caller has compared with the determination.  A voided copy is left out.
    The file of a copy that was made before is answered where it stands as it was made, else its place is told.
    """
    refuse_locked(press.register, determination.id)
    outputs = []
    printing = {copy.serial for copy in press.register.printed_copies(determination=determination.id)}
    for copy in press.register.allocate(determination, count, press.actor, press.now(), reissue):
        target = folder / copy_name(determination.name, copy.serial)
        if copy.serial in printing:
            outputs.append(_told(copy, "由打印任务制作（markpipe print），不另写文件"))
        elif copy.state is CopyState.ALLOCATED:
            outputs.append(_make(press, determination, data, fmt, target, copy))
        elif copy.state is not CopyState.VOIDED:
            outputs.append(_made_before(copy))
    return tuple(outputs)


def copy_name(name: str, serial: int) -> str:
    """Path of a copy below its folder: 通知.pdf becomes 通知-000007.pdf."""
    path = Path(name)
    return path.with_name(f"{path.stem}-{serial_label(serial)}{path.suffix}").as_posix()


def _make(press: Press, determination: Determination, data: bytes, fmt: Format, target: Path, copy: Copy) -> Output:
    def record(sha256: str) -> None:
        press.register.made(copy, sha256, press.relative(target), press.actor, press.now())

    plan = plan_for(press.register, determination, copy.serial, press.house)
    try:
        return put_marks(press, data, fmt, plan, target, OutputKind.COPY, record, of=determination, serial=copy.serial)
    except OutputError as error:
        label = serial_label(copy.serial)
        raise OutputError(
            f"份号 {label}：{error.message}", f"{error.remedy}；该份号保留，重新运行时接着制作"
        ) from error


def _made_before(copy: Copy) -> Output:
    return _told(copy, "以前已制作，不重复制作；需要补制请用 --reissue 注明理由")


def _told(copy: Copy, words: str) -> Output:
    return Output(copy.path, OutputKind.COPY, copy.sha256, copy.serial, (f"份号 {serial_label(copy.serial)} {words}",))
