"""`markpipe stamp FILE`: the marks of a determination on the file that it was made for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from markpipe.classify.determine import ensure_unchanged
from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import IncompleteError, OutputError, RefusedError, UsageError
from markpipe.marking.layout import determined
from markpipe.model.agency import Actor
from markpipe.model.decision import Decision, Determination
from markpipe.model.document import UnreadReason
from markpipe.model.outcome import OutputKind
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.press import Press, put_marks
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.store.register import Register


@click.command(help="给已定密的 FILE 加国家秘密标志和定密戳记，写出后由其他工具读回核对。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--determination", "determination_id", required=True, metavar="编号", help="定密编号，如 D2026-0001。")
@click.option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="写出的文件。")
@as_option
@format_option
@pass_site
def command(site: Site, file: Path, determination_id: str, out: Path, as_name: str | None, fmt: str) -> None:
    if out.is_dir():
        raise UsageError(f"-o {out} 是文件夹", "请写出文件的全名")
    if out.exists() and file.exists() and out.samefile(file):
        raise UsageError("-o 与 FILE 是同一个文件", "不在草稿上直接加盖，请另给一个文件名")
    actor = site.actor(as_name)
    with (
        site.open_register() as register,
        work_folder(default_root()) as work,
        make_worker(site, work) as worker,
    ):
        document = read_file(file, worker, site.settings.limits)
        if document.unread and not document.digest:
            reason = document.unread[0].reason
            raise IncompleteError(f"{file}：{reason.message}", reason.remedy)
        determination = _determination(register, determination_id)
        _same_content(site, register, determination, file, document.digest, actor)
        data = file.read_bytes()
        if hashlib.sha256(data).hexdigest() != document.digest:
            raise OutputError(f"{file}：{UnreadReason.CHANGED.message}", UnreadReason.CHANGED.remedy)
        press = Press(out.parent, worker, register, actor, site.now)

        def record(sha256: str) -> None:
            register.stamped(determination.id, sha256, out.name, actor, site.now())

        output = put_marks(press, data, document.format, determined(determination), out, OutputKind.MARKED, record)
    answer = {
        "schema": "markpipe.stamp/1",
        "determination": determination.id,
        "mark": determination.mark.text,
        "path": str(out),
        "sha256": output.sha256,
        "notes": list(output.notes),
        "demo": determination.demo,
    }
    shown = "【演示】" if determination.demo else ""
    lines = [f"{shown}已加盖并核对：{out}（{determination.mark.text}）", *output.notes]
    site.answer(answer if fmt == "json" else "\n".join(lines), fmt)


def _determination(register: Register, determination_id: str) -> Determination:
    matter = register.matter(determination_id)
    if matter.determination is None or matter.decision is not Decision.APPROVED:
        raise RefusedError(
            f"{determination_id} 现为“{matter.decision.value}”，没有生效的定密决定，不能加盖国家秘密标志",
            "请先由定密责任人审核批准",
            ("REC-1",),
        )
    return matter.determination


def _same_content(
    site: Site, register: Register, determination: Determination, file: Path, digest: str, actor: Actor
) -> None:
    """One changed character returns the draft to 拟定, and the attempt is on record.

    A file of another name is only refused: a wrong FILE must not undo the decision about the right one.
    """
    try:
        ensure_unchanged(determination, digest)
    except RefusedError as refusal:
        register.refuse(determination.id, refusal.rules, refusal.message, actor, site.now())
        if file.name == Path(determination.name).name:
            register.lapse(determination.id, digest, actor, site.now())
        raise
