"""`markpipe review`: before anything is made public.  Finds and prepares; people publish."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from markpipe.cli.looking import ocr_option, progress
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import RefusedError, UsageError
from markpipe.model.agency import Actor
from markpipe.model.publication import Purpose
from markpipe.pipeline.batch import Item, duplicates_of, list_inputs
from markpipe.pipeline.reviewing import Bureau, Order, Reviewing, exit_code
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.pipeline.writer import write
from markpipe.report.dumps import dumps
from markpipe.report.places import ExcerptMode
from markpipe.report.review import review_lines
from markpipe.store.register import Register

STANDARD_INPUT = Path("-")


@click.command(
    help="公开前审查：每份文件给出“未发现问题，可报批”“须人工复核”或“不得公开”，以及理由。"
    "PATH 可以是文件、文件夹、保存下来的网站，写 - 则读标准输入。"
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--purpose",
    type=click.Choice([purpose.value for purpose in Purpose]),
    default=Purpose.ONLINE.value,
    show_default=True,
    help="用途，决定由谁签字、是否须写明接收方。",
)
@click.option("--recipient", default="", metavar="单位或个人", help="接收方（投稿、对外提供、境外须写明）。")
@click.option(
    "--release",
    "release",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="为可以公开的做清洁的公开件，放入 DIR/待审/，等待签字。",
)
@click.option(
    "--report", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="把审查报告（网页）写到 DIR。"
)
@click.option(
    "--excerpt",
    type=click.Choice([mode.value for mode in ExcerptMode]),
    default=ExcerptMode.CONTEXT.value,
    show_default=True,
    help="结果中摘录多少原文：不摘录、只摘命中的字、连同上下文。",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="同时读取几个文件。")
@ocr_option
@as_option
@format_option
@pass_site
def command(
    site: Site,
    paths: tuple[Path, ...],
    purpose: str,
    recipient: str,
    release: Path | None,
    report: Path | None,
    excerpt: str,
    jobs: int,
    ocr: str,
    as_name: str | None,
    fmt: str,
) -> int:
    order = Order(Purpose(purpose), recipient, ExcerptMode(excerpt), release, report)
    settings = site.settings
    with ExitStack() as stack:
        register = _register(site, stack, needed=release is not None)
        actor = _actor(site, as_name, named=release is not None) if register is not None else None
        keyring = site.keyring() if register is not None else None
        work = stack.enter_context(work_folder(default_root()))
        items = _items(paths, work)
        for line in duplicates_of(items):
            site.echo(f"提示：{line}", err=True)
        worker = stack.enter_context(Worker(settings.limits, work, ocr=ocr))
        bureau = Bureau(settings, site.today(), site.now, register, keyring, actor)
        reviewing = Reviewing(bureau, order, worker, work)
        entries = reviewing.entries(items, lambda _: Worker(settings.limits, work, ocr=ocr), jobs, progress)
        answer = reviewing.answer(entries)
    if fmt == "json":
        click.echo(dumps(answer), nl=False)
    else:
        click.echo("\n".join(review_lines(entries, demo=settings.demo)))
    return exit_code(entries)


def _register(site: Site, stack: ExitStack, *, needed: bool) -> Register | None:
    """The site's register where there is one; `--release` cannot do without."""
    settings = site.settings
    path = settings.register_path
    if needed or (settings.path is not None and (settings.demo or path is None or path.exists())):
        return stack.enter_context(site.open_register())
    if settings.path is not None:
        site.echo("提示：本站点还没有台账，未与已定密来源比对；先运行 markpipe init", err=True)
    return None


def _actor(site: Site, as_name: str | None, *, named: bool) -> Actor:
    """Who reviews.  Only looking needs no person: an account that is nobody's stands for itself in the events."""
    try:
        return site.actor(as_name)
    except RefusedError:
        if named or as_name is not None:
            raise
        return Actor(site.account(), site.account(), site.settings.demo)


def _items(paths: tuple[Path, ...], work: Path) -> tuple[Item, ...]:
    """The files to review; standard input becomes a file of this run alone."""
    named = [path for path in paths if path != STANDARD_INPUT]
    items = list_inputs(named)
    if len(named) == len(paths):
        return items
    if len(paths) - len(named) > 1:
        raise UsageError("“-”只能写一次")
    target = work / "standard-input"
    write(target, sys.stdin.buffer.read(), replace=True)
    return (*items, Item(target, "标准输入"))
