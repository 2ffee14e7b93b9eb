"""先审查、后公开 as values: purposes, verdicts with their reasons, what cleaning removes, submissions, signatures.

A verdict is the program's answer about one file, not a decision to publish: people publish.  Nothing here judges
(`classify.publication` does) or writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.classification import Level
from markpipe.model.span import Span


class Verdict(StrEnum):
    """What the review of one file comes to, from free to forbidden.  The value is a stable id; people read `.label`."""

    PUBLISH = "publish"
    HOLD = "hold"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        """The words for people; never 无密, which no program can promise."""
        return _VERDICTS[self]


_VERDICTS = {
    Verdict.PUBLISH: "未发现问题，可报批",
    Verdict.HOLD: "须人工复核",
    Verdict.REFUSE: "不得公开",
}
_SEVERITY = tuple(Verdict)


def worst_verdict(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The strictest of some verdicts; of none, publish."""
    return max(verdicts, key=_SEVERITY.index, default=Verdict.PUBLISH)


class Purpose(StrEnum):
    """What the file is to be made public for; it decides who signs and what is recorded."""

    ONLINE = "上网"
    PUBLICITY = "宣传"
    SUBMISSION = "投稿"
    PROVISION = "对外提供"
    ABROAD = "境外"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file is held or refused: a stable code, words without document text, the rule, its article, the place.

    `level` is set where the content is a state secret by its mark, its source or a determination.
    """

    code: str
    verdict: Verdict
    message: str
    rule: str
    article: str
    span: Span | None = None
    place: str = ""
    level: Level | None = None


ORIGINAL_MARK = "原国家秘密标志"
"""The class of a mark that a release copy does not bear any more; unlike other words it goes only where it stands."""


RULESET = "ruleset"
"""What the line of the dictionaries and rules begins with among the tools that checked a release copy."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Something that a release copy does not carry over: where it stands, its class in Chinese, what stands instead."""

    span: Span
    words: str
    replacement: str
    kind: str


@dataclass(frozen=True, slots=True)
class Review:
    """The answer about one file.

    `notes` are for information (an office's telephone); `masks` is what the site's policy and a 解密 decision take out
    of a release copy.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    masks: tuple[Mask, ...] = ()

    @property
    def level(self) -> Level | None:
        """The highest level that is in force in the file by mark, source or determination."""
        return max((reason.level for reason in self.reasons if reason.level is not None), default=None)


class ClearanceKind(StrEnum):
    """What a person has put on record about one file, bound to its digest."""

    DECLASSIFIED = "解密决定"
    PARTLY = "部分公开决定"
    CONSENT = "同意公开"
    ANSWERED = "复核认定"


@dataclass(frozen=True, slots=True)
class Clearance:
    """A decision or consent about one file: of whom, in which document; `code` is the reason that a 复核认定 settles."""

    kind: ClearanceKind
    by: str
    document: str
    code: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One signature that a publication needs, and the roles of those who may give it."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """How often something of a class was taken out of a release copy."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Submission:
    """A clean copy put before the signers (报批): what it was, what it is now, for which purpose, who has to sign.

    `digest` is the SHA-256 of the clean copy and `original` that of the file it was made from; `path` is relative to
    the release folder `folder`; `checkers` names what checked it, with versions.
    """

    id: str
    name: str
    original: str
    digest: str
    folder: str
    path: str
    purpose: Purpose
    recipient: str
    verdict: Verdict
    reasons: tuple[str, ...]
    removed: tuple[Removed, ...]
    checkers: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """A step signed by a person for exactly one digest; `at` is UTC, ISO 8601."""

    step: str
    digest: str
    person: str
    account: str
    at: str
    words: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """A submission with what happened to it since; `released_at` is empty until it lies in 放行."""

    submission: Submission
    signatures: tuple[Signature, ...] = ()
    released_at: str = ""
    withdrawn: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The steps that nobody has signed yet, in their order."""
        signed = {signature.step for signature in self.signatures}
        return tuple(step for step in self.submission.steps if step not in signed)


@dataclass(frozen=True, slots=True)
class Incident:
    """Content above the level of the system was found: what, when, and by when it has to be reported (UTC, ISO 8601)."""

    id: str
    name: str
    digest: str
    level: Level
    system: str
    opened_at: str
    due_at: str
