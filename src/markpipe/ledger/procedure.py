"""The events around a decision: consents, opinions, reports, changes, declassification, notices.

They share one table of the fold, `step`: a row an event, in the order in which they happened, with the event as it was
stored.  What they mean together is for `classify` to say; three of them besides change a matter or a source.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, assert_never

from markpipe.ledger.codec import (
    DATE,
    DETERMINATION,
    FLAG,
    LEVEL,
    MARK,
    PROPOSAL,
    SOURCE,
    TERM,
    TEXT,
    WHOLE,
    Codec,
    canonical,
    many,
    named,
    optional,
    record,
)
from markpipe.model.decision import Determination, Proposal, Source
from markpipe.model.procedure import (
    Absence,
    Answer,
    Attachment,
    ChangeKind,
    Claim,
    Consent,
    ConsentKind,
    Drafted,
    Ending,
    Knower,
    Notice,
    Opinion,
    Report,
    ReportKind,
    Review,
)


@dataclass(frozen=True, slots=True)
class AbsenceRecorded:
    """An officer will be, or was, away."""

    absence: Absence


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """Somebody who may agree to it agreed, for one draft (`digest`)."""

    digest: str
    consent: Consent


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    """A step of the chain before the officer."""

    matter: str
    opinion: Opinion


@dataclass(frozen=True, slots=True)
class MatterReported:
    """A matter was put before an authority: no authority of one's own, uncertain, or disputed (with the claims)."""

    matter: str
    report: Report
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportAnswered:
    """The authority decided."""

    matter: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """A notice changed or declassified a source; `source` is how it stands from now on.

    `ended_on` is the day on which its protection was over where an extension arrived after it; None: in time.
    """

    source: Source
    document: str
    by: str
    received_on: dt.date
    reason: str = ""
    ended_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ChangeDrafted:
    """承办人拟办: a change or a declassification was put before the unit's own steps and the officer."""

    matter: str
    drafted: Drafted
    on: dt.date


@dataclass(frozen=True, slots=True)
class ExtensionSettled:
    """It was settled with the originator whether an extension that arrived after the old end holds."""

    source: str
    by: str
    document: str
    on: dt.date
    result: str


@dataclass(frozen=True, slots=True)
class MatterChanged:
    """A determination was changed; `proposal` holds the sources as they stood when it was.

    `by` and `document` name a higher authority that decided it, as they do in `MatterDeclassified`; `scope_before` is
    the access scope until then, for those who leave it have to be told as well.
    """

    kind: ChangeKind
    determination: Determination
    proposal: Proposal
    officer: str
    on: dt.date
    reason: str
    document: str = ""
    by: str = ""
    scope_before: str = ""


@dataclass(frozen=True, slots=True)
class MatterDeclassified:
    """A matter is no state secret any more from `on` on; `officer` is empty where that needs nobody (自行解密)."""

    matter: str
    ending: Ending
    on: dt.date
    reason: str
    officer: str = ""
    document: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class MatterReviewed:
    """定期审核 of a matter."""

    matter: str
    review: Review


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """Somebody was told in writing."""

    matter: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class SheetAttached:
    """A signed sheet was added to a matter."""

    matter: str
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class KnowerLogged:
    """Somebody was let know."""

    matter: str
    knower: Knower


ProcedureEvent = (
    AbsenceRecorded
    | ConsentRecorded
    | OpinionGiven
    | MatterReported
    | ReportAnswered
    | SourceChanged
    | ExtensionSettled
    | ChangeDrafted
    | MatterChanged
    | MatterDeclassified
    | MatterReviewed
    | NoticeGiven
    | SheetAttached
    | KnowerLogged
)

_LEVEL, _TERM = optional(LEVEL), optional(TERM)
_ABSENCE = record(Absence, officer=TEXT, start=DATE, end=DATE, reason=TEXT)
_CONSENT = record(Consent, kind=named(ConsentKind), source=TEXT, by=TEXT, document=TEXT, on=DATE, scope=TEXT)
_OPINION = record(Opinion, step=TEXT, agrees=FLAG, words=TEXT, on=DATE, offer=TEXT, by=TEXT, account=TEXT)
_REPORT = record(
    Report,
    kind=named(ReportKind),
    addressee=TEXT,
    level=_LEVEL,
    term=_TERM,
    drafted_on=DATE,
    due_on=optional(DATE),
    reason=TEXT,
)
_CLAIM = record(Claim, by=TEXT, level=_LEVEL, term=_TERM)
_DRAFTED = record(
    Drafted,
    mark=optional(MARK),
    access_scope=TEXT,
    ending=optional(named(Ending)),
    reason=TEXT,
    by=TEXT,
    document=TEXT,
)
_ANSWER = record(Answer, kind=named(ReportKind), by=TEXT, document=TEXT, on=DATE, level=_LEVEL, term=_TERM)

# stored name, type, fields: what `ledger.events` registers
PROCEDURE: tuple[tuple[str, type[Any], dict[str, Codec[Any]]], ...] = (
    ("absence-recorded", AbsenceRecorded, {"absence": _ABSENCE}),
    ("consent-recorded", ConsentRecorded, {"digest": TEXT, "consent": _CONSENT}),
    ("opinion-given", OpinionGiven, {"matter": TEXT, "opinion": _OPINION}),
    ("matter-reported", MatterReported, {"matter": TEXT, "report": _REPORT, "claims": many(_CLAIM)}),
    ("report-answered", ReportAnswered, {"matter": TEXT, "answer": _ANSWER}),
    (
        "source-changed",
        SourceChanged,
        {
            "source": SOURCE,
            "document": TEXT,
            "by": TEXT,
            "received_on": DATE,
            "reason": TEXT,
            "ended_on": optional(DATE),
        },
    ),
    ("extension-settled", ExtensionSettled, {"source": TEXT, "by": TEXT, "document": TEXT, "on": DATE, "result": TEXT}),
    ("change-drafted", ChangeDrafted, {"matter": TEXT, "drafted": _DRAFTED, "on": DATE}),
    (
        "matter-changed",
        MatterChanged,
        {
            "kind": named(ChangeKind),
            "determination": DETERMINATION,
            "proposal": PROPOSAL,
            "officer": TEXT,
            "on": DATE,
            "reason": TEXT,
            "document": TEXT,
            "by": TEXT,
            "scope_before": TEXT,
        },
    ),
    (
        "matter-declassified",
        MatterDeclassified,
        {
            "matter": TEXT,
            "ending": named(Ending),
            "on": DATE,
            "reason": TEXT,
            "officer": TEXT,
            "document": TEXT,
            "by": TEXT,
        },
    ),
    ("matter-reviewed", MatterReviewed, {"matter": TEXT, "review": record(Review, on=DATE, result=TEXT)}),
    (
        "notice-given",
        NoticeGiven,
        {"matter": TEXT, "notice": record(Notice, subject=TEXT, recipient=TEXT, document=TEXT, on=DATE)},
    ),
    (
        "sheet-attached",
        SheetAttached,
        {"matter": TEXT, "attachment": record(Attachment, what=TEXT, name=TEXT, sha256=TEXT, event=WHOLE)},
    ),
    (
        "knower-logged",
        KnowerLogged,
        {"matter": TEXT, "knower": record(Knower, name=TEXT, unit=TEXT, on=DATE, reason=TEXT)},
    ),
)


def drafted_digest(drafted: Drafted) -> str:
    """What tells one change that is put forward from another (SHA-256 of its canonical form)."""
    return hashlib.sha256(canonical(_DRAFTED.encode(drafted))).hexdigest()


def subject_of(event: ProcedureEvent) -> str:
    """What the event is about: a matter, a source, a draft's digest, or an officer's name."""
    match event:
        case AbsenceRecorded(absence):
            return absence.officer
        case ConsentRecorded(digest):
            return digest
        case SourceChanged(source):
            return source.id
        case ExtensionSettled(source_id):
            return source_id
        case MatterChanged(_, determination):
            return determination.id
        case (
            OpinionGiven(matter)
            | MatterReported(matter)
            | ReportAnswered(matter)
            | ChangeDrafted(matter)
            | MatterDeclassified(matter)
            | MatterReviewed(matter)
            | NoticeGiven(matter)
            | SheetAttached(matter)
            | KnowerLogged(matter)
        ):
            return matter
        case _:
            assert_never(event)
