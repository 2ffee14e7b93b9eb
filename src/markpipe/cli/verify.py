"""`markpipe verify FILE…`: marks in order? anything hidden, covered but present, or left over?"""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode, worst
from markpipe.marking.inked import Stand
from markpipe.marking.label import LabelAnswer
from markpipe.model.document import ReadStatus
from markpipe.pipeline.markcheck import trust_of
from markpipe.pipeline.verify import Verified, verify_file
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.report.verified import Ink, Row, Sheet, Tag, lines, verify_json


@click.command(
    short_help="核验标志、电子标签和隐藏内容",
    help="核验 FILE：标志的写法、位置、顺序、密级和期限，封面与里面、各页之间、电子标签与标志是否一致；有没有看不见的"
    "内容、遮住但还在的内容、残留数据。不改动文件，除标志以外不引用文件内容。文件旁边的 FILE.mark.json 作为电子标签一并核验。"
    "meta- 开头的（文档属性等）只列出，不影响退出码。",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@format_option
@pass_site
def command(site: Site, files: tuple[Path, ...], fmt: str) -> int:
    with work_folder(default_root()) as work, make_worker(site, work) as worker:
        trust, on = trust_of(site.settings), site.today()
        found = [verify_file(worker, site.settings.limits, file, trust, on) for file in files]
    code = worst(*(_code(one) for one in found))
    sheets = [_sheet(one) for one in found]
    site.answer(verify_json(sheets, ok=code is ExitCode.OK) if fmt == "json" else "\n".join(lines(sheets)), fmt)
    return code


def _code(one: Verified) -> ExitCode:
    if one.status is not ReadStatus.READ or one.unread:
        return ExitCode.INCOMPLETE
    return ExitCode.FINDINGS if any(problem.counts for problem in one.problems) else ExitCode.OK


def _sheet(one: Verified) -> Sheet:
    rows = tuple(Row(p.code, p.message, p.where, p.rule) for p in one.problems)
    marks = tuple(
        Ink(mark.text, mark.mark.level.label if mark.mark else "", mark.where)
        for mark in one.bearing.marks
        if mark.stand is not Stand.QUOTED
    )
    answer, label = one.label
    words = "" if label is None or answer is LabelAnswer.UNTRUSTED else f"{label.state.value} {label.mark} {label.unit}"
    return Sheet(one.path, one.sha256, one.status.value, rows, one.unread, marks, Tag(answer.value, words))
