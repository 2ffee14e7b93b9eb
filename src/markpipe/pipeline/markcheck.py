"""The marks and the electronic label of one file: read, compared with each other, judged.

A detached label lies beside its file as `FILE.mark.json` and counts where the file holds none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from markpipe.config.settings import Settings
from markpipe.errors import MarkpipeError
from markpipe.keys.keyring import Keyring, preferred_algorithm
from markpipe.keys.signing import own_keys, verify
from markpipe.marking.agree import label_flaws
from markpipe.marking.inked import Bearing, Flaw, flaws
from markpipe.marking.label import Label, LabelAnswer, LabelState, check
from markpipe.model.document import Document, ReadStatus
from markpipe.pipeline.bearing import LABEL_SUFFIX
from markpipe.pipeline.inkread import bearing_of
from markpipe.pipeline.markwork import read_label
from markpipe.pipeline.press import MARKABLE
from markpipe.pipeline.sandbox import Worker

_LONGEST_LABEL = 1 << 20


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose labels count: (algorithm, public key) of this site and of the units that its settings name."""

    keys: frozenset[tuple[str, str]] = frozenset()

    def trusts(self, algorithm: str, key: str) -> bool:
        """Whether a key is one of them."""
        return (algorithm, key) in self.keys


def trust_of(settings: Settings) -> Trust:
    """The keys that a site trusts: its own where it has any, and those that it names."""
    named = {(one.algorithm, one.key) for one in settings.labels.trusted}
    own = set(own_keys(Keyring.load(settings.key_file))) if settings.key_file.exists() else set()
    return Trust(frozenset(named | own))


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was: the bearing, the label's worth, everything wrong with them, and what was not looked at."""

    bearing: Bearing = field(default_factory=Bearing)
    label: tuple[LabelAnswer, Label | None] = (LabelAnswer.MISSING, None)
    flaws: tuple[Flaw, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()


def look_at_marks(worker: Worker, document: Document, file: Path, trust: Trust, on: dt.date) -> Seen:
    """Everything about the marks of a file that was read."""
    if document.status is ReadStatus.UNREAD:
        return Seen()
    try:
        data = file.read_bytes()
        label = _label(worker, document, data, file, trust)
        determined = label[0] is LabelAnswer.VALID and label[1] is not None and label[1].state is LabelState.DETERMINED
        bearing = bearing_of(document, data, worker, determined=determined)
    except MarkpipeError as error:
        return Seen(unread=(("标志检查", error.message),))
    except OSError as error:
        return Seen(unread=(("标志检查", error.strerror or "没有完成"),))
    return Seen(bearing, label, (*flaws(bearing, on), *label_flaws(*label, bearing)))


def _label(
    worker: Worker, document: Document, data: bytes, file: Path, trust: Trust
) -> tuple[LabelAnswer, Label | None]:
    if document.format not in MARKABLE:
        return LabelAnswer.MISSING, None
    beside = file.with_name(f"{file.name}{LABEL_SUFFIX}")
    detached = beside.read_bytes()[:_LONGEST_LABEL] if beside.is_file() else None
    sealed, digest = read_label(worker, data, document.format, detached, preferred_algorithm())
    return check(sealed or detached, digest, verify, trust.trusts)
