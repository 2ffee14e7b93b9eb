"""`markpipe review`: before anything is made public.  Finds and prepares; people publish."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from markpipe.cli.looking import ocr_option, progress
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.config.dictionaries import load_catalogues, ruleset_digest
from markpipe.detect.labels import find_work_marks
from markpipe.detect.personal import find_personal
from markpipe.errors import ExitCode, OutputError, RefusedError, UsageError, worst
from markpipe.model.agency import Actor
from markpipe.model.document import ReadStatus, TextMap
from markpipe.model.finding import Finding
from markpipe.model.outcome import Assessment
from markpipe.model.publication import Purpose, Release, Verdict
from markpipe.pipeline.assess import Examiner
from markpipe.pipeline.attachments import Attachments
from markpipe.pipeline.batch import Item, duplicates_of, each, list_inputs
from markpipe.pipeline.looking import examiner_for
from markpipe.pipeline.release import Counter, submit
from markpipe.pipeline.review import Desk, Reviewed, ensure_level, look, release_copy, reviewed
from markpipe.pipeline.reviewpages import Pages
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.pipeline.writer import write
from markpipe.report.dumps import dumps
from markpipe.report.places import ExcerptMode
from markpipe.report.review import Entry, entry, review_json, review_lines
from markpipe.store.register import Register
from markpipe.text.fold import Folded

STANDARD_INPUT = Path("-")
_CODES = {Verdict.PUBLISH: ExitCode.OK, Verdict.HOLD: ExitCode.FINDINGS, Verdict.REFUSE: ExitCode.REFUSED}


@dataclass(frozen=True, slots=True)
class _Run:
    """One review from its files to its entries."""

    site: Site
    desk: Desk
    examiner: Examiner
    worker: Worker
    purpose: Purpose
    recipient: str
    actor: Actor | None
    excerpt: ExcerptMode
    release: Path | None
    counter: Counter | None
    pages: Pages | None

    def one(self, item: Item, assessment: Assessment, missing: tuple[str, ...]) -> Entry:
        """Judge one file; above the level of the system everything stops here."""
        found = reviewed(item.path, assessment, self.desk, missing)
        ensure_level(found, self.desk, self.actor, self.site.now())
        release, failed = self._released(found)
        made = entry(assessment, found.review, self.excerpt, release=release, failed=failed)
        if self.pages is not None:
            self.pages.add(found, made, self.worker)
        return made

    def _released(self, found: Reviewed) -> tuple[Release | None, str]:
        if self.release is None or self.counter is None or self.actor is None:
            return None, ""
        try:
            cleaned = release_copy(found, self.desk, self.examiner, self.worker, self.site.settings.limits)
            return submit(self.counter, self.release, found, cleaned, self.purpose, self.recipient, self.actor), ""
        except OutputError as error:
            return None, str(error)


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
    mode = ExcerptMode(excerpt)
    with ExitStack() as stack:
        register = _register(site, stack, needed=release is not None)
        actor = _actor(site, as_name, named=release is not None) if register is not None else None
        work = stack.enter_context(work_folder(default_root()))
        items = _items(paths, work)
        for line in duplicates_of(items):
            site.echo(f"提示：{line}", err=True)
        worker = stack.enter_context(Worker(site.settings.limits, work, ocr=ocr))
        run = _run(site, worker, register, actor, Purpose(purpose), recipient, mode, release, report)
        entries = _entries(run, items, lambda _: Worker(site.settings.limits, work, ocr=ocr), jobs)
    demo = site.settings.demo
    answer = review_json(entries, purpose=purpose, recipient=recipient, demo=demo, agency=site.settings.agency.name)
    if run.pages is not None:
        write(run.pages.folder / "review.json", dumps(answer).encode(), replace=True)
        run.pages.finish(entries)
    if fmt == "json":
        click.echo(dumps(answer), nl=False)
    else:
        click.echo("\n".join(review_lines(entries, demo=demo)))
    return exit_code(entries)


def exit_code(entries: list[Entry]) -> ExitCode:
    """All clear 0, hold 1, not wholly read 4, refuse 5, a release copy that could not be made or checked 7."""
    codes = [_CODES[each.verdict] for each in entries]
    codes += [ExitCode.INCOMPLETE for each in entries if each.status is not ReadStatus.READ]
    return worst(*codes)


def _work_marks(text_map: TextMap, _: Folded) -> tuple[Finding, ...]:
    return find_work_marks(text_map)


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


def _run(
    site: Site,
    worker: Worker,
    register: Register | None,
    actor: Actor | None,
    purpose: Purpose,
    recipient: str,
    excerpt: ExcerptMode,
    release: Path | None,
    report: Path | None,
) -> _Run:
    settings = site.settings
    publication = settings.publication
    catalogues = load_catalogues(settings.dictionaries)
    keyring = site.keyring() if register is not None else None
    examiner = examiner_for(catalogues, settings.limits, register, keyring, (find_personal, _work_marks))
    decided = register.decided() if register is not None else {}
    desk = Desk(settings.agency.name, site.today(), settings.system_level, publication.policy, register, decided)
    counter = None
    if release is not None and register is not None:
        from markpipe.classify.signing import ensure_recipient

        ensure_recipient(publication.procedures.of(purpose), purpose, recipient)
        counter = Counter(register, publication.procedures, settings.agency.name, site.now, site.today())
    folder = report if report is not None else release / "审查报告" if release is not None else None
    pages = None
    if folder is not None:
        pages = Pages(folder, excerpt, settings.agency.name, site.today(), settings.demo, ruleset_digest(catalogues))
    return _Run(site, desk, examiner, worker, purpose, recipient, actor, excerpt, release, counter, pages)


def _entries(run: _Run, items: tuple[Item, ...], make_worker: Callable[[int], Worker], jobs: int) -> list[Entry]:
    """Every file, then what the pages among them link to and nobody has reviewed yet."""
    limits = run.site.settings.limits
    attachments = Attachments(items)
    entries: list[Entry] = []
    pending = items
    while pending:
        found = each(pending, make_worker, jobs, lambda item, worker: look(item, worker, run.examiner, limits))
        with progress(found, len(pending), "审查") as looked:
            entries.extend(_judged(run, pending, looked, attachments))
        pending = attachments.take()
    return entries


def _judged(
    run: _Run, items: tuple[Item, ...], looked: Iterator[Assessment], attachments: Attachments
) -> Iterator[Entry]:
    for item, assessment in zip(items, looked, strict=True):
        yield run.one(item, assessment, attachments.of(item, assessment.document))
