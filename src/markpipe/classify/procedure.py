"""Who may take which step of the procedure: opinions, absences, and what an officer does besides approving.

Each rule is a generator over a `Deed`, listed in `PROCEDURE_CHECKS`; approving and changing have their own in
`classify.rules`, `classify.determine` and `classify.lifecycle`.  Whose account somebody uses was settled before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markpipe.classify.authority import officer_problems
from markpipe.classify.case import Context
from markpipe.classify.rulebook.table import violation
from markpipe.classify.rules import steps_were_taken
from markpipe.errors import RefusedError
from markpipe.model.agency import Officer, Person
from markpipe.model.decision import Violation

KEEPERS = ("保密员", "负责人")
"""Who may record that an officer is away, beside that officer."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion that somebody wants to give: at which step, the role that the step takes, and whose work it is on."""

    step: str
    role: str
    handler: str


@dataclass(frozen=True, slots=True)
class Absence:
    """An absence that somebody wants to record: of which officer (A角), and who stands in for them (B角)."""

    officer: str
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer wants to do with somebody's proposal: correct it, give it back, decline it."""

    context: Context
    handler: str
    settles: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """What an officer (None: the person is none) wants to do with a decided matter on a day; more is `lifecycle`'s."""

    officer: Officer | None
    on: dt.date


@dataclass(frozen=True, slots=True)
class Departure:
    """A report that is to leave the unit: its record, and the unit's steps before one may."""

    context: Context


What = Opinion | Absence | Decision | Change | Departure


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person is about to do."""

    by: Person
    what: What


def step_is_taken_by_its_office(deed: Deed) -> Iterator[Violation]:
    """REC-1: each step is taken by the office that it names (保密法实施条例第十七条)."""
    if isinstance(deed.what, Opinion) and deed.what.role not in deed.by.roles:
        yield violation("REC-1", f"{deed.by.name}不是{deed.what.role}，不能填写“{deed.what.step}”的意见")


def nobody_reviews_their_own(deed: Deed) -> Iterator[Violation]:
    """REC-1: who drew a proposal up gives no opinion on it (保密法实施条例第十七条)."""
    if isinstance(deed.what, Opinion) and deed.by.name == deed.what.handler:
        yield violation("REC-1", "承办人不能审核自己的拟定意见，请由另一人办理")


def deputy_does_not_open_the_way(deed: Deed) -> Iterator[Violation]:
    """REC-1: that an officer is away is recorded by them or the 保密员, never by who then stands in (保密法第十六条)."""
    match deed.what:
        case Absence(officer, deputies) if deed.by.name in deputies:
            yield violation("REC-1", f"{deed.by.name}是B角，不能自己登记{officer}不在岗，请由A角或者保密员登记")
        case Absence(officer) if deed.by.name != officer and not set(KEEPERS) & set(deed.by.roles):
            yield violation("REC-1", f"{deed.by.name}不能登记{officer}不在岗，请由A角、保密员或者负责人登记")
        case _:
            pass


def officer_is_in_office(deed: Deed) -> Iterator[Violation]:
    """REC-1: what an officer decides or records takes one who is in office (保密法第十六条)."""
    match deed.what:
        case Decision(context):
            officer, on = context.officer, context.on
        case Change(officer, on):
            pass
        case _:
            return
    if officer is None or not officer.in_office(on):
        yield violation("REC-1", f"{deed.by.name}不是在任的定密责任人，请由 [[officers]] 中在任的定密责任人办理")


def officer_settles_what_others_drew_up(deed: Deed) -> Iterator[Violation]:
    """REC-1: a B角 settles a proposal only while A is away, and nobody their own (保密法第十六条)."""
    if not isinstance(deed.what, Decision) or deed.what.context.officer is None:
        return
    context, officer = deed.what.context, deed.what.context.officer
    for problem in officer_problems(officer, context.absences, context.on):
        yield violation("REC-1", problem)
    if context.head_only and not officer.statutory:
        yield violation("REC-1", f"本机关、单位由主要负责人（法定定密责任人）审批，{officer.name}是指定的定密责任人")
    if deed.what.settles and officer.name == deed.what.handler and "REC-1" not in context.set_aside:
        yield violation("REC-1", "承办人不得兼任定密责任人，须由另一名定密责任人办理")


def report_leaves_after_its_steps(deed: Deed) -> Iterator[Violation]:
    """REC-1: where the unit says so, a report leaves it only after its own steps (保密法实施条例第十七条)."""
    missing = [one.message for one in steps_were_taken(deed.what.context)] if isinstance(deed.what, Departure) else []
    if missing:
        yield violation("REC-1", f"还不能上报：{'；'.join(missing)}；各环节用 determination opinion 填写意见")


ProcedureCheck = Callable[[Deed], Iterator[Violation]]
PROCEDURE_CHECKS: tuple[ProcedureCheck, ...] = (
    step_is_taken_by_its_office,
    nobody_reviews_their_own,
    deputy_does_not_open_the_way,
    officer_is_in_office,
    officer_settles_what_others_drew_up,
    report_leaves_after_its_steps,
)


def ensure_may(by: Person, what: What) -> None:
    """Let pass only what every rule lets the person do; `RefusedError` names the others."""
    against = [found for rule in PROCEDURE_CHECKS for found in rule(Deed(by, what))]
    if against:
        words = "；".join(dict.fromkeys(f"{one.message}（{one.rule}，{one.article}）" for one in against))
        raise RefusedError(words, "", tuple(dict.fromkeys(one.rule for one in against)))
