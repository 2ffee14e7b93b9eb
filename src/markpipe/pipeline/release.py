"""Release folders: 待审 holds what waits for signatures, 放行 what has them all, and nothing gets there otherwise.

::

    DIR/待审/a.txt ──sign──sign──sign──▶ DIR/放行/a.txt + a.txt.放行清单.json + a.txt.一事一审表.docx

A signature is for exactly one digest: each time the bytes in 待审 are compared first.  The copy is in 放行 before the event
is written, and left 待审 only after; a crash in between is finished by `issue`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markpipe.classify.signing import Procedures, ensure_complete, ensure_recipient, ensure_same, step_to_sign
from markpipe.errors import OutputError, RefusedError
from markpipe.forms.publication import publication_form
from markpipe.model.agency import Actor
from markpipe.model.publication import Purpose, Release, Removed, Submission, Verdict
from markpipe.model.reasons import reason_words
from markpipe.pipeline.clean import Cleaned, digest_of
from markpipe.pipeline.review import Reviewed
from markpipe.pipeline.writer import write
from markpipe.report.dumps import dumps
from markpipe.store.register import Register

WAITING, RELEASED = "待审", "放行"
MANIFEST_SUFFIX, FORM_SUFFIX = ".放行清单.json", ".一事一审表.docx"
MANIFEST_SCHEMA = "markpipe.manifest/1"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where releases are handled: the register, the signers' procedures, the unit, and the clock."""

    register: Register
    procedures: Procedures
    agency: str
    now: Callable[[], dt.datetime]
    today: dt.date


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clean copy kept aside until all files of a review were judged."""

    name: str
    original: str
    verdict: Verdict
    reasons: tuple[str, ...]
    aside: Path
    digest: str
    removed: tuple[Removed, ...]
    checkers: tuple[str, ...]


def prepared(one: Reviewed, cleaned: Cleaned, aside: Path) -> Prepared:
    """Keep a clean copy in a private folder; its bytes do not stay in memory."""
    digest = write(aside, cleaned.data, replace=True)
    reasons = tuple(dict.fromkeys(reason.code for reason in one.review.reasons))
    return Prepared(
        one.name, one.document.digest, one.review.verdict, reasons, aside, digest, cleaned.removed, cleaned.checkers
    )


def submit(counter: Counter, folder: Path, copy: Prepared, purpose: Purpose, recipient: str, actor: Actor) -> Release:
    """Write the clean copy into 待审 and put it before the signers of its purpose."""
    procedure = counter.procedures.of(purpose)
    ensure_recipient(procedure, purpose, recipient)
    folder = folder.resolve()
    released = folder / RELEASED / copy.name
    if released.exists() and _digest(released) != copy.digest:
        raise OutputError(f"{released} 已有另一份放行件", "请换一个放行文件夹，或者先移走原放行件")
    data = _read(copy.aside)
    if digest_of(data) != copy.digest:
        raise OutputError(f"{copy.name} 的公开件在写出之前被改动", "请重新运行")
    write(folder / WAITING / copy.name, data, replace=True)
    submission = Submission(
        id="",
        name=copy.name,
        original=copy.original,
        digest=copy.digest,
        folder=str(folder),
        path=copy.name,
        purpose=purpose,
        recipient=recipient,
        verdict=copy.verdict,
        reasons=copy.reasons,
        removed=copy.removed,
        checkers=copy.checkers,
        steps=tuple(step.name for step in procedure.steps),
    )
    return counter.register.submit(submission, actor, counter.now())


def sign(
    counter: Counter, release_id: str, actor: Actor, roles: Sequence[str], wanted: str | None, words: str
) -> Release:
    """Sign the next step; with the last one the copy is released.  A refused attempt is an event too."""
    release = counter.register.release(release_id)
    steps = counter.procedures.of(release.submission.purpose).steps
    try:
        step = step_to_sign(release, actor.person, roles, steps, wanted)
        ensure_same(release, _digest(_waiting(release)))
    except RefusedError as refusal:
        counter.register.refuse(release_id, refusal.rules, refusal.message, actor, counter.now())
        raise
    release = counter.register.sign(release_id, step.name, release.submission.digest, words, actor, counter.now())
    return issue(counter, release_id, actor) if not release.missing else release


def issue(counter: Counter, release_id: str, actor: Actor) -> Release:
    """Move what has every signature to 放行; `RefusedError` (PUB-1) while one is missing.  Asked again, nothing changes."""
    release = counter.register.release(release_id)
    submission = release.submission
    waiting = _waiting(release)
    target = Path(submission.folder, RELEASED, submission.path)
    if release.released_at and target.exists():
        _leave_waiting(counter, release)
        return release
    try:
        ensure_complete(release)
        source = waiting if waiting.exists() else target
        data = _read(source)
        ensure_same(release, digest_of(data))
    except RefusedError as refusal:
        counter.register.refuse(release_id, refusal.rules, refusal.message, actor, counter.now())
        raise
    words = tuple(dict.fromkeys(map(reason_words, submission.reasons)))
    form = publication_form(release, counter.agency, words, counter.today)
    beside = _name_beside(counter, release, target.name)
    form_digest = write(target.with_name(beside + FORM_SUFFIX), form, replace=True)
    manifest = dumps(manifest_json(release, form_digest)).encode()
    manifest_digest = write(target.with_name(beside + MANIFEST_SUFFIX), manifest, replace=True)
    write(target, data)
    done = counter.register.record_release(
        release_id, submission.digest, manifest_digest, form_digest, actor, counter.now()
    )
    _leave_waiting(counter, release)
    return done


def withdraw(counter: Counter, release_id: str, reason: str, actor: Actor) -> Release:
    """Take a submission back, or turn it down; what lies in 待审 is deleted.  What is released stays released."""
    release = counter.register.release(release_id)
    if release.released_at:
        raise RefusedError(f"{release_id} 已经放行，不能撤回", "已公开的信息按泄密或者更正程序处理", ("PUB-1",))
    done = counter.register.withdraw(release_id, reason, actor, counter.now())
    _leave_waiting(counter, release)
    return done


def manifest_json(release: Release, form_digest: str) -> dict[str, object]:
    """What went out, by digests and classes; quotes nothing."""
    submission = release.submission
    return {
        "schema": MANIFEST_SCHEMA,
        "id": submission.id,
        "file": submission.path,
        "sha256": submission.digest,
        "original_sha256": submission.original,
        "form_sha256": form_digest,
        "purpose": submission.purpose.value,
        "recipient": submission.recipient,
        "verdict": submission.verdict.value,
        "reasons": list(submission.reasons),
        "removed": [{"kind": each.kind, "count": each.count} for each in submission.removed],
        "checkers": list(submission.checkers),
        "signatures": [
            {"step": each.step, "person": each.person, "account": each.account, "at": each.at, "demo": each.demo}
            for each in release.signatures
        ],
        "demo": any(each.demo for each in release.signatures),
    }


def _same_place(counter: Counter, release: Release) -> tuple[Release, ...]:
    """Other releases of the same file in the same folder: the same copy for another purpose, or an earlier one."""
    place = (release.submission.folder, release.submission.path)
    return tuple(
        other
        for other in counter.register.releases()
        if (other.submission.folder, other.submission.path) == place and other.submission.id != release.submission.id
    )


def _name_beside(counter: Counter, release: Release, name: str) -> str:
    """What manifest and form are named after: the file, and the release too where another one has gone out before."""
    return (
        f"{name}.{release.submission.id}" if any(other.released_at for other in _same_place(counter, release)) else name
    )


def _leave_waiting(counter: Counter, release: Release) -> None:
    """Take the copy out of 待审, unless it waits there for another purpose as well."""
    waiting = _waiting(release)
    needed = any(not other.released_at and not other.withdrawn for other in _same_place(counter, release))
    if not needed and waiting.exists() and _digest(waiting) == release.submission.digest:
        waiting.unlink()


def _waiting(release: Release) -> Path:
    return Path(release.submission.folder, WAITING, release.submission.path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutputError(f"{path} 读不出来（{error.strerror}）", "核对送审件是否还在，必要时重新送审") from error


def _digest(path: Path) -> str:
    return hashlib.sha256(_read(path)).hexdigest()
