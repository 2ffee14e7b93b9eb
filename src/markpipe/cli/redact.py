"""`markpipe redact FILE -o OUT`: words taken out for good, proven by other tools before the file gets its name."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode, UsageError
from markpipe.pipeline.asking import Asked, options_named
from markpipe.pipeline.freeing import keeper
from markpipe.pipeline.redact import Recognition, redact_file
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.redaction.plan import PlanError, phrases_of
from markpipe.redaction.policy import Gap, Reason, Undecidable
from markpipe.report.redacted import lines, redact_json


@click.command(
    help="把要删的词从 FILE（PDF 或 DOCX）中真正删去，写成新文件。新文件按所见内容重建，由其他工具核对通过后才落盘；"
    "核对不通过不留文件。标志或者定密决定有效的文件要用 --decision 指明解密或部分公开决定。"
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="写出的文件。")
@click.option(
    "--phrases-from",
    metavar="FILE|-",
    help="要删的词，每行一个，词后可加制表符和理由；- 表示从标准输入读，不进入进程列表。",
)
@click.option(
    "--phrase", "phrases", multiple=True, metavar="词", help="要删的词（试用；会出现在进程列表里），可写多次。"
)
@click.option("--pattern", "patterns", multiple=True, metavar="正则", help="要删的正则表达式，可写多次。")
@click.option("--region", "regions", multiple=True, metavar="页:左,上,右,下", help="要清空的区域（点，从左上角量起）。")
@click.option(
    "--from",
    "findings",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FINDINGS.json",
    help="markpipe scan --format json 的结果：删去其中对这个文件的全部提示。",
)
@click.option(
    "--gap",
    type=click.Choice([gap.value for gap in Gap]),
    default=Gap.CLASS.value,
    show_default=True,
    help="空白能透露多少：exact 保持版面，class 宽度归档，line 删去该行其余部分。",
)
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    default=Reason.OMITTED.value,
    show_default=True,
    help="为什么删，占位符用其代码：密、工、商、法、私；略 不说明。--from 的提示各按其种类。",
)
@click.option(
    "--on-undecidable",
    type=click.Choice([choice.value for choice in Undecidable]),
    default=Undecidable.RASTERISE.value,
    show_default=True,
    help="无法可靠重建的页：转成图片，或拒绝。",
)
@click.option(
    "--ocr",
    type=click.Choice([choice.value for choice in Recognition]),
    default=Recognition.AUTO.value,
    show_default=True,
    help="核对时识别页面图像：有图片、轮廓字或不可信字体的页，所有页，或不识别。",
)
@click.option("--decision", metavar="编号", help="允许处理在密文件的解密或部分公开决定：事项编号，或登记过的文号。")
@format_option
@pass_site
def command(
    site: Site,
    file: Path,
    out: Path,
    phrases_from: str | None,
    phrases: tuple[str, ...],
    patterns: tuple[str, ...],
    regions: tuple[str, ...],
    findings: Path | None,
    gap: str,
    reason: str,
    on_undecidable: str,
    ocr: str,
    decision: str | None,
    fmt: str,
) -> int:
    listed = {**_listed(phrases_from), **dict.fromkeys(phrases)}
    asked = Asked(listed, patterns, regions, None if findings is None else _answer_of(findings), gap, reason)
    options = options_named(on_undecidable, ocr)
    with ExitStack() as stack:
        register = None
        if decision is not None or site.settings.has_register:
            register = stack.enter_context(site.open_register())
        work = stack.enter_context(work_folder(default_root()))
        worker = stack.enter_context(make_worker(site, work))
        may = keeper(register, decision)
        done = redact_file(worker, site.settings.limits, file, out, asked.request, options, may)
    if fmt == "json":
        answer: Any = redact_json(
            out.name, done.sha256, done.source_sha256, done.removal, done.pages, done.notes, done.unchecked
        )
    else:
        answer = "\n".join(lines(str(out), done.removal, done.pages, done.notes, done.unchecked))
    site.answer(answer, fmt)
    return ExitCode.INCOMPLETE if done.unchecked else ExitCode.OK


def _answer_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"--from：{path} 不是 markpipe scan --format json 的结果", "请重新生成后再用") from error


def _listed(source: str | None) -> dict[str, Reason | None]:
    """The phrases of a file or of the standard input, with their reasons."""
    if source is None:
        return {}
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        found = phrases_of(data.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--phrases-from {source} 读不了", "应为 UTF-8 文本，每行一个词") from error
    except PlanError as error:
        raise UsageError(f"--phrases-from {source}：{error}") from error
    if not found:
        raise UsageError(f"--phrases-from {source} 里没有词")
    return found
