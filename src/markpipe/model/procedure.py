"""What happens around a decision, as values: absences, consents, opinions, reports, disputes, changes, reviews.

Each is recorded as an event of the register and filled into the forms from there.  Nothing here decides whether it may
happen: `classify` does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.classification import Level, Mark, Term


@dataclass(frozen=True, slots=True)
class Absence:
    """A 定密责任人 (A角) is away from one day to another, both included; only then may a deputy (B角) act (代行)."""

    officer: str
    start: dt.date
    end: dt.date
    reason: str

    def covers(self, on: dt.date) -> bool:
        """Whether the officer is away on that day."""
        return self.start <= on <= self.end


class ConsentKind(StrEnum):
    """What somebody agreed to."""

    ORIGINATOR = "原定密机关、单位或者其上级同意"
    LEADER = "本机关、单位负责人批准摘录、引用、汇编"
    WIDENING = "同意扩大知悉范围"


@dataclass(frozen=True, slots=True)
class Consent:
    """A recorded consent: of whom (`by`), in which document, on which day, and for which source (its id).

    `scope` is the access scope that a widening allows.
    """

    kind: ConsentKind
    source: str
    by: str
    document: str
    on: dt.date
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One step of the unit's own chain between handler and officer (保密员意见, 办公室审核).

    `offer` is the digest of the proposal that it is about: another content needs another opinion.  `by` and `account`
    are who gave it, as its event says.
    """

    step: str
    agrees: bool
    words: str
    on: dt.date
    offer: str
    by: str = ""
    account: str = ""


class ReportKind(StrEnum):
    """Why a matter was put before somebody with authority."""

    NO_AUTHORITY = "无权定密事项"
    UNCERTAIN = "不明确事项"
    DISPUTE = "有争议事项"


@dataclass(frozen=True, slots=True)
class Report:
    """上报: to whom, what was proposed, when it was drafted and when it is due (None where no calendar says)."""

    kind: ReportKind
    addressee: str
    level: Level | None
    term: Term | None
    drafted_on: dt.date
    due_on: dt.date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What one side of a dispute says that the matter is; a level of None claims that it is no state secret."""

    by: str
    level: Level | None
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the authority decided on a report, and in which document; `level` None is 不属于国家秘密."""

    kind: ReportKind
    by: str
    document: str
    on: dt.date
    level: Level | None
    term: Term | None = None


class ChangeKind(StrEnum):
    """What a change changes."""

    LEVEL = "密级变更"
    TERM = "保密期限变更"
    EXTENSION = "延长保密期限"
    SCOPE = "知悉范围变更"
    FOLLOWED = "随来源办理"


class Ending(StrEnum):
    """How a matter stops being a state secret."""

    EXPIRED = "自行解密"
    CONDITION = "解密条件成就"
    EARLY = "提前解密"
    PUBLISHED = "正式公布"
    FOLLOWED = "随来源解密"


@dataclass(frozen=True, slots=True)
class Drafted:
    """拟办: a change (`mark`, `access_scope`) or an end (`ending`) as it is put forward, with its reason.

    `by` and `document` name the higher authority that decided it, if one did.
    """

    mark: Mark | None
    access_scope: str
    ending: Ending | None
    reason: str
    by: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A written notice to somebody within the access scope."""

    subject: str
    recipient: str
    document: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Review:
    """定期审核: on which day, by whom, with what result."""

    on: dt.date
    result: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A signed sheet or letter that belongs to a matter, by name and SHA-256; the file itself stays with the office.

    `event` is the number of the event that it was signed for (0: the matter as a whole).
    """

    what: str
    name: str
    sha256: str
    event: int = 0


@dataclass(frozen=True, slots=True)
class Knower:
    """Somebody who was let know a matter of 机密 or above (保密法实施条例第二十条)."""

    name: str
    unit: str
    on: dt.date
    reason: str = ""
