"""`markpipe verify FILE…`: marks in order? anything hidden, covered but present, or left over?"""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode, worst
from markpipe.model.document import ReadStatus
from markpipe.pipeline.verify import Verified, verify_file
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.report.verified import Row, Sheet, lines, verify_json


@click.command(
    help="核验 FILE：标志是否合规，有没有看不见的内容、遮住但还在的内容、残留数据。不改动文件，不引用文件内容。"
    "meta- 开头的（文档属性等）只列出，不影响退出码。"
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@format_option
@pass_site
def command(site: Site, files: tuple[Path, ...], fmt: str) -> int:
    with work_folder(default_root()) as work, make_worker(site, work) as worker:
        found = [verify_file(worker, site.settings.limits, file) for file in files]
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
    return Sheet(one.path, one.sha256, one.status.value, rows, one.unread)
