"""The Python API: what the commands call, with the same answers as their `--format json`.

    >>> import datetime as dt, markpipe
    >>> markpipe.derive("机密★20年@2015-03-02", issued=dt.date(2026, 5, 10))["mark"]
    '机密★2035年3月2日'

Nothing here decides on a secret: that needs an officer's account (`markpipe determination approve`).
"""

from __future__ import annotations

import datetime as dt
import os
import pwd
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from markpipe.classify import derive as law
from markpipe.classify.written import read_derivations, without_notice
from markpipe.config.dictionaries import load_catalogues
from markpipe.config.settings import Settings, load
from markpipe.errors import RefusedError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.model.agency import Actor
from markpipe.model.publication import Purpose
from markpipe.pipeline.asking import Asked, options_named
from markpipe.pipeline.assess import Examiner
from markpipe.pipeline.batch import list_inputs
from markpipe.pipeline.freeing import keeper
from markpipe.pipeline.house import house_for
from markpipe.pipeline.looking import examiner_for, looked_through
from markpipe.pipeline.redact import redact_file
from markpipe.pipeline.reviewing import Bureau, Order, Reviewing
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.stamp import stamp_file
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.report.derived import as_json
from markpipe.report.json import scan_json
from markpipe.report.places import ExcerptMode
from markpipe.report.redacted import redact_json
from markpipe.report.stamped import stamp_json
from markpipe.store.register import Register

_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


def scan(
    *paths: str | Path, config: str | Path | None = None, excerpt: str = "context", jobs: int = 1
) -> dict[str, Any]:
    """Flag likely secret points, marks, excerpts and citations in files and folders; changes nothing.

    `config` names the site's `markpipe.toml` (default: the nearest one upward of the working folder, else none);
    `excerpt` is none, match or context.  Answers `markpipe.scan/1`; files that cannot be read are in it as unread.
    Errors: `ConfigurationError`, `RegisterError`.
    """
    settings = load(None if config is None else Path(config), Path.cwd())
    items = list_inputs([Path(path) for path in paths])
    with looked_through(items, _examiner(settings), settings.limits, jobs) as found:
        return scan_json(tuple(found), excerpt=ExcerptMode(excerpt))


def derive(
    *sources: str, issued: dt.date, touched: Sequence[str] = (), no_notice: Sequence[int] = ()
) -> dict[str, Any]:
    """What an excerpt of these sources must carry; answers `markpipe.derive/1`.

    A source is written 密级[★期限][@制发日] (`机密★20年@2015-03-02`), a 密点 touched N:密级[★期限] with N counting the
    sources from 1; `issued` is the day on which the excerpt is issued.  `UsageError` names the part that is wrong.
    """
    derivations = without_notice(read_derivations(sources, touched), no_notice, issued)
    return as_json(law.derive(derivations, issued))


def review(
    *paths: str | Path,
    purpose: str = "上网",
    recipient: str = "",
    config: str | Path | None = None,
    release: str | Path | None = None,
    report: str | Path | None = None,
    excerpt: str = "context",
    jobs: int = 1,
    as_name: str | None = None,
) -> dict[str, Any]:
    """Review files, folders and saved web sites before they are made public; answers `markpipe.review/1`.

    Each document has a `verdict` (publish, hold or refuse), its `reasons` with rule and article, and what was unread.
    `purpose` is 上网, 宣传, 投稿, 对外提供 or 境外; `release` is a folder for clean copies, which wait there in 待审 for
    signatures (`markpipe release approve`) and needs the site's register and a `recipient` where the purpose has one;
    `report` is a folder for the report as pages.  Releases nothing.  Errors: `UsageError`, `ConfigurationError`,
    `RegisterError`, `RefusedError` (also for content above the level of the system, SYS-1), `OutputError`.
    """
    if purpose not in tuple(Purpose):
        raise UsageError(f"没有“{purpose}”这种用途", f"可以是：{'、'.join(Purpose)}")
    settings = load(None if config is None else Path(config), Path.cwd())
    order = Order(
        Purpose(purpose),
        recipient,
        ExcerptMode(excerpt),
        None if release is None else Path(release),
        None if report is None else Path(report),
    )
    with ExitStack() as stack:
        register = keyring = actor = None
        if release is not None or settings.has_register:
            keyring = Keyring.load(settings.key_file)
            register = stack.enter_context(Register.open(settings.register_url, keyring))
            actor = _reviewer(settings, as_name, named=release is not None)
        work = stack.enter_context(work_folder(default_root()))
        worker = stack.enter_context(Worker(settings.limits, work))
        bureau = Bureau(settings, _today(settings), lambda: dt.datetime.now(dt.UTC), register, keyring, actor)
        reviewing = Reviewing(bureau, order, worker, work)
        items = list_inputs([Path(path) for path in paths])
        return reviewing.answer(reviewing.entries(items, lambda _: Worker(settings.limits, work), jobs))


def stamp(
    file: str | Path,
    determination: str,
    out: str | Path,
    *,
    config: str | Path | None = None,
    as_name: str | None = None,
) -> dict[str, Any]:
    """Set the marks of a determination on the file it was made for; answers `markpipe.stamp/1`.

    The account of the operating system answers for it; `as_name` works on a demonstration site only.  Errors:
    `RefusedError` (not approved, or not the approved content), `IncompleteError`, `OutputError`.
    """
    settings = load(None if config is None else Path(config), Path.cwd())
    actor = settings.actor(pwd.getpwuid(os.getuid()).pw_name, as_name)
    keyring = Keyring.load(settings.key_file)
    with (
        Register.open(settings.register_url, keyring) as register,
        work_folder(default_root()) as work,
        Worker(settings.limits, work) as worker,
    ):
        decided, output = stamp_file(
            register,
            worker,
            settings.limits,
            Path(file),
            determination,
            Path(out),
            actor,
            lambda: dt.datetime.now(dt.UTC),
            house_for(settings, keyring),
        )
        return stamp_json(decided, output)


def redact(
    file: str | Path,
    out: str | Path,
    *,
    phrases: Sequence[str] | Mapping[str, str] = (),
    patterns: Sequence[str] = (),
    regions: Sequence[str] = (),
    findings: Mapping[str, Any] | None = None,
    gap: str = "class",
    reason: str = "略",
    on_undecidable: str = "rasterise",
    ocr: str = "auto",
    decision: str | None = None,
    config: str | Path | None = None,
    replace: bool = False,
) -> dict[str, Any]:
    """Write a PDF or DOCX anew without what is named, proven by other tools; answers `markpipe.redact/1`.

    `phrases` are words, or words with the reason of each; `patterns` regular expressions; `regions` rectangles
    `PAGE:x0,y0,x1,y1` in points from the top left; `findings` an answer of `scan` that names this very file.  `gap` is
    exact, class or line, `reason` 略, 国家秘密, 工作秘密, 商业秘密, 法定保密 or 个人信息, `on_undecidable` rasterise or refuse,
    `ocr` auto, always or never; `decision` frees a document whose mark or determination is in force.  Errors:
    `UsageError`, `IncompleteError` (cannot be read in full), `RefusedError` (PUB-2), `OutputError` (undecidable, or the
    proof failed: no file is left).
    """
    settings = load(None if config is None else Path(config), Path.cwd())
    asked = Asked(phrases, tuple(patterns), tuple(regions), findings, gap, reason)
    options = options_named(on_undecidable, ocr, replace=replace)
    with ExitStack() as stack:
        register = None
        if settings.has_register:
            keyring = Keyring.load(settings.key_file)
            register = stack.enter_context(Register.open(settings.register_url, keyring))
        work = stack.enter_context(work_folder(default_root()))
        worker = stack.enter_context(Worker(settings.limits, work))
        may = keeper(register, decision)
        done = redact_file(worker, settings.limits, Path(file), Path(out), asked.request, options, may)
        return redact_json(
            Path(out).name, done.sha256, done.source_sha256, done.removal, done.pages, done.notes, done.unchecked
        )


def _examiner(settings: Settings) -> Examiner:
    catalogues = load_catalogues(settings.dictionaries)
    if not settings.has_register:
        return examiner_for(catalogues, settings.limits, scorer=settings.scorer)
    keyring = Keyring.load(settings.key_file)
    with Register.open(settings.register_url, keyring) as register:
        return examiner_for(catalogues, settings.limits, register, keyring, scorer=settings.scorer)


def _reviewer(settings: Settings, as_name: str | None, *, named: bool) -> Actor:
    """Who reviews; only looking needs no person."""
    account = pwd.getpwuid(os.getuid()).pw_name
    try:
        return settings.actor(account, as_name)
    except RefusedError:
        if named or as_name is not None:
            raise
        return Actor(account, account, settings.demo)


def _today(settings: Settings) -> dt.date:
    return settings.demo_today or dt.datetime.now(_CHINA).date()
