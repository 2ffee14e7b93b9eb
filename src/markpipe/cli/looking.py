"""What `scan`, `run` and `determination` share: an examiner for the site, and a progress bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from markpipe.cli.site import Site
from markpipe.config.dictionaries import load_catalogues, ruleset_digest
from markpipe.model.recognition import Mode
from markpipe.pipeline.assess import Examiner
from markpipe.pipeline.looking import examiner_for
from markpipe.pipeline.sandbox import Worker
from markpipe.store.register import Register

T = TypeVar("T")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def site_examiner(site: Site, register: Register) -> tuple[Examiner, str]:
    """An examiner that compares with the registered sources, and the digest of its rules."""
    catalogues = load_catalogues(site.settings.dictionaries)
    examiner = examiner_for(catalogues, site.settings.limits, register, site.keyring(), scorer=site.settings.scorer)
    return examiner, ruleset_digest(catalogues)


def scan_examiner(site: Site) -> Examiner:
    """An examiner for looking only: with the site's sources where it has a register, and it says so where not."""
    settings = site.settings
    if settings.path is not None and (settings.demo or _register_exists(site)):
        with site.open_register() as register:
            return site_examiner(site, register)[0]
    if settings.path is not None:
        site.echo("提示：本站点还没有台账，未与已定密来源比对；先运行 markpipe init", err=True)
    return examiner_for(load_catalogues(settings.dictionaries), settings.limits, scorer=settings.scorer)


def _register_exists(site: Site) -> bool:
    path = site.settings.register_path
    return path is None or path.exists()


def make_worker(site: Site, work: Path, ocr: str = Mode.AUTO) -> Worker:
    """One more reading process."""
    return Worker(site.settings.limits, work, ocr=ocr)


def ocr_option(command: _Command) -> _Command:
    """`--ocr`, the same on every command that reads drafts."""
    return click.option(
        "--ocr",
        type=click.Choice([mode.value for mode in Mode]),
        default=Mode.AUTO.value,
        show_default=True,
        help="文字识别：只识别图片和文字层不可信的页，全部识别对照，或者不识别（相应内容算未读）。",
    )(command)


@contextmanager
def progress(items: Iterator[T], total: int, label: str) -> Iterator[Iterator[T]]:
    """The same items, with a bar on stderr when a person is watching."""
    if not sys.stderr.isatty():
        yield items
        return
    with click.progressbar(items, length=total, label=label, file=sys.stderr) as bar:
        yield iter(bar)
