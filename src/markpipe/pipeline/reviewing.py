"""A whole review: every file, what its pages link to, what only the files together make, and then the release copies.

::

    items ─ look ─ judge ─ above the level of the system? everything stops ─▶ entry, report section, clean copy (kept aside)
      ▲                                                                          │
      └── files that a page links to                     all of them together (PUB-7) ─▶ 待审/ for those that stay free

Nothing is put before the signers, and no report is written, before the last file was judged.  Memory holds one file at a
time and a small `Entry` of each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from markpipe.classify.signing import ensure_recipient
from markpipe.config.dictionaries import load_catalogues, ruleset_digest
from markpipe.config.settings import Settings
from markpipe.detect.labels import find_work_marks
from markpipe.detect.personal import find_personal
from markpipe.errors import ExitCode, OutputError, worst
from markpipe.keys.keyring import Keyring
from markpipe.model.agency import Actor
from markpipe.model.document import ReadStatus, TextMap
from markpipe.model.finding import Finding
from markpipe.model.outcome import Assessment
from markpipe.model.publication import Purpose, Verdict
from markpipe.pipeline.assess import Examiner
from markpipe.pipeline.attachments import Attachments
from markpipe.pipeline.batch import Item, each
from markpipe.pipeline.looking import examiner_for
from markpipe.pipeline.release import Counter, Prepared, prepared, submit
from markpipe.pipeline.review import Desk, Reviewed, ensure_level, look, release_copy, reviewed
from markpipe.pipeline.reviewpages import Pages
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.together import Together
from markpipe.report.dumps import Json
from markpipe.report.places import ExcerptMode
from markpipe.report.review import Entry, entry, review_json
from markpipe.report.review_html import Frame
from markpipe.store.register import Register
from markpipe.text.fold import Folded

REPORT_FOLDER = "审查报告"
_CODES = {Verdict.PUBLISH: ExitCode.OK, Verdict.HOLD: ExitCode.FINDINGS, Verdict.REFUSE: ExitCode.REFUSED}


class Progress(Protocol):
    """Shows that files are being looked through; hands them on as they are."""

    def __call__(
        self, items: Iterator[Assessment], total: int, label: str
    ) -> AbstractContextManager[Iterator[Assessment]]:
        """The same items."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a review is asked for: purpose and recipient, how much is quoted, where release copies and report go."""

    purpose: Purpose = Purpose.ONLINE
    recipient: str = ""
    excerpt: ExcerptMode = ExcerptMode.CONTEXT
    release: Path | None = None
    report: Path | None = None


@dataclass(frozen=True, slots=True)
class Bureau:
    """Who reviews: the site, its register and keys where there are any, the person, the day and the clock."""

    settings: Settings
    on: dt.date
    now: Callable[[], dt.datetime]
    register: Register | None = None
    keyring: Keyring | None = None
    actor: Actor | None = None


class Reviewing:
    """One review on its way.  `RefusedError` (PUB-1) at once where the purpose needs a recipient that nobody named."""

    def __init__(self, bureau: Bureau, order: Order, worker: Worker, work: Path) -> None:
        settings = bureau.settings
        register, publication = bureau.register, settings.publication
        if order.release is not None:
            ensure_recipient(publication.procedures.of(order.purpose), order.purpose, order.recipient)
        catalogues = load_catalogues(settings.dictionaries)
        ruleset = ruleset_digest(catalogues)
        detectors = (find_personal, _work_marks)
        decided = register.decided() if register is not None else {}
        self._bureau = bureau
        self._order = order
        self._worker = worker
        self._work = work
        self._examiner: Examiner = examiner_for(
            catalogues, settings.limits, register, bureau.keyring, detectors, settings.scorer
        )
        self._desk = Desk(
            settings.agency.name, bureau.on, settings.system_level, publication.policy, register, decided, ruleset
        )
        self._together = Together(catalogues)
        folder = order.report
        if folder is None and order.release is not None:
            folder = order.release / REPORT_FOLDER
        self._pages: Pages | None = None
        if folder is not None:
            steps = tuple(step.name for step in publication.procedures.of(order.purpose).steps)
            about = (order.purpose.value, order.recipient, steps)
            frame = Frame(settings.agency.name, bureau.on, settings.demo, order.excerpt, ruleset, *about)
            self._pages = Pages(folder, work, frame)
        self._prepared: dict[str, Prepared] = {}

    def entries(
        self, items: Sequence[Item], make_worker: Callable[[int], Worker], jobs: int, progress: Progress | None = None
    ) -> list[Entry]:
        """Every file, then what the pages among them link to and nobody has reviewed yet; sorted by path."""
        limits = self._bureau.settings.limits
        attachments = Attachments(items)
        entries: list[Entry] = []
        pending = tuple(items)
        while pending:
            found = each(pending, make_worker, jobs, lambda item, worker: look(item, worker, self._examiner, limits))
            shown = nullcontext(found) if progress is None else progress(found, len(pending), "审查")
            with shown as looked:
                for item, assessment in zip(pending, looked, strict=True):
                    entries.append(self._one(item, assessment, attachments.of(item, assessment.document)))
            pending = attachments.take()
        entries = self._together.applied(sorted(entries, key=lambda each: each.path))
        return [self._submitted(each) for each in entries]

    def answer(self, entries: Sequence[Entry]) -> Json:
        """`markpipe.review/1`; writes the report where one is wanted."""
        order, settings = self._order, self._bureau.settings
        answer = review_json(
            entries,
            purpose=order.purpose.value,
            recipient=order.recipient,
            demo=settings.demo,
            agency=settings.agency.name,
        )
        if self._pages is not None:
            self._pages.finish(entries, answer)
        return answer

    def _one(self, item: Item, assessment: Assessment, missing: tuple[str, ...]) -> Entry:
        """Judge one file; above the level of the system everything stops here."""
        found = reviewed(item.path, assessment, self._desk, missing)
        ensure_level(found, self._desk, self._bureau.actor, self._bureau.now())
        made = entry(assessment, found.review, self._order.excerpt, failed=self._prepare(found))
        self._together.add(found, self._order.excerpt)
        if self._pages is not None:
            self._pages.add(found, made, self._worker)
        return made

    def _prepare(self, found: Reviewed) -> str:
        """Make the clean copy and keep it aside; why there is none, where one was asked for."""
        if self._order.release is None:
            return ""
        try:
            cleaned = release_copy(found, self._desk, self._examiner, self._worker, self._bureau.settings.limits)
        except OutputError as error:
            return str(error)
        aside = self._work / f"copy-{len(self._prepared)}"
        self._prepared[found.name] = prepared(found, cleaned, aside)
        return ""

    def _submitted(self, made: Entry) -> Entry:
        """Put a clean copy before the signers, unless the files together hold it."""
        bureau, order = self._bureau, self._order
        copy = self._prepared.get(made.path)
        if copy is None or order.release is None or bureau.register is None or bureau.actor is None:
            return made
        if made.together:
            return made.without_copy(f"{made.path} 和同批的其他文件合在一起须整体审查，没有送审")
        settings = bureau.settings
        counter = Counter(bureau.register, settings.publication.procedures, settings.agency.name, bureau.now, bureau.on)
        try:
            return made.submitted(submit(counter, order.release, copy, order.purpose, order.recipient, bureau.actor))
        except OutputError as error:
            return made.without_copy(str(error))


def exit_code(entries: Sequence[Entry]) -> ExitCode:
    """All clear 0, hold 1, not wholly read 4, refuse 5; no release copy of a file that is clear otherwise 7."""
    codes = [_CODES[each.verdict] for each in entries]
    codes += [ExitCode.OUTPUT for each in entries if each.verdict is Verdict.PUBLISH and each.failed]
    codes += [ExitCode.INCOMPLETE for each in entries if each.status is not ReadStatus.READ]
    return worst(*codes)


def _work_marks(text_map: TextMap, _: Folded) -> tuple[Finding, ...]:
    return find_work_marks(text_map)
