"""变更、解密、随来源办理: deciding one and recording it, with the sources that are the decision's own documents.

::

    Drafted ──put_forward──▶ ChangeDrafted ──(opinions)──▶ decide ──▶ MatterChanged | MatterDeclassified
                                                                 └──▶ SourceChanged for the next hop

What the rules say is `classify.lifecycle`'s; nothing here knows the command line.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from markpipe.classify import lifecycle
from markpipe.classify.calendar import WorkCalendar
from markpipe.classify.due import Task, in_order, tasks
from markpipe.classify.lifecycle import Change, EndCase, Standing
from markpipe.errors import RefusedError, UsageError
from markpipe.ledger.procedure import ChangeDrafted, MatterChanged, MatterDeclassified, ProcedureEvent, SourceChanged
from markpipe.ledger.views import Matter
from markpipe.model.agency import Actor
from markpipe.model.classification import Mark
from markpipe.model.decision import Decision, Determination
from markpipe.model.procedure import ChangeKind, Drafted, Ending
from markpipe.pipeline.standing import (
    NO_CALENDAR,
    Bench,
    in_force,
    kept,
    open_draft,
    pending,
    received,
    recipients,
    sources_by_id,
)
from markpipe.store.register import Register

_OURS = "本机关、单位"
_SILENT = (Ending.EXPIRED, Ending.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Done:
    """What was decided: the events to record, and who has to be told in writing."""

    events: tuple[ProcedureEvent, ...]
    tell: tuple[str, ...]


def determined(matter: Matter) -> Determination:
    """The decision in force; `RefusedError` where there is none."""
    if matter.determination is None or matter.decision is not Decision.APPROVED:
        raise RefusedError(
            f"{matter.id} 现为“{matter.decision.value}”，没有生效的定密决定", "先由定密责任人审核批准", ("REC-1",)
        )
    return matter.determination


def drafted_change(
    matter: Matter, mark: Mark, scope: str | None, reason: str, by: str = "", document: str = ""
) -> Drafted:
    """A change of a matter in force; the scope stays where none is given."""
    now = determined(matter)
    return Drafted(mark, now.access_scope if scope is None else scope, None, reason, by, document)


def put_forward(
    register: Register, matter: Matter, drafted: Drafted, on: dt.date, actor: Actor, at: dt.datetime
) -> None:
    """拟办: the unit's own steps may speak to it now, and an officer may decide it."""
    determined(matter)
    register.take((ChangeDrafted(matter.id, drafted, on),), actor, at)


def waiting_draft(register: Register, matter: Matter) -> Drafted:
    """What was put forward and waits for the officer; `UsageError` where nothing does."""
    draft = open_draft(register, matter.id)
    if draft is None:
        raise UsageError(f"{matter.id} 没有待审批的拟办意见", "写明变更后的内容，或先用 --draft 拟办")
    return draft.drafted


def decide(register: Register, matter: Matter, drafted: Drafted, bench: Bench) -> Done:
    """What an officer's decision on a drafted change or end makes; `RefusedError` names every rule against it."""
    now = determined(matter)
    context = bench.context(register, matter.digest, matter, drafted)
    draft = open_draft(register, matter.id)
    handler = draft.handler if draft is not None and draft.drafted == drafted else ""
    officer = "" if bench.officer is None else bench.officer.name
    standing = Standing(now, matter.proposal)
    reason, by, document = drafted.reason, drafted.by, drafted.document
    if drafted.ending is not None:
        above = bool(by.strip() and document.strip())
        lifecycle.declassify(EndCase(standing, drafted.ending, context, reason, above, handler))
        name = "" if drafted.ending is Ending.EXPIRED else officer
        return _ended(
            register, now, MatterDeclassified(matter.id, drafted.ending, bench.on, reason, name, document, by)
        )
    wanted = Change(standing, drafted.mark or now.mark, drafted.access_scope, reason, by, document, handler)
    kind, after, proposal = lifecycle.change(wanted, context)
    event = MatterChanged(kind, after, proposal, officer, bench.on, reason, document, by, now.access_scope)
    return _changed(register, event)


def follow(register: Register, matter: Matter, bench: Bench) -> Done:
    """随来源办理: the matter as its sources make it now, or its end where nothing is left."""
    now = determined(matter)
    context = bench.context(register, matter.digest, matter)
    result = lifecycle.follow(Standing(now, matter.proposal), context)
    officer, reason = "" if bench.officer is None else bench.officer.name, "来源变更、解密，随之办理"
    if result is None:
        return _ended(register, now, MatterDeclassified(matter.id, Ending.FOLLOWED, bench.on, reason, officer))
    after, proposal = result
    event = MatterChanged(
        ChangeKind.FOLLOWED, after, proposal, officer, bench.on, reason, scope_before=now.access_scope
    )
    return _changed(register, event)


def _changed(register: Register, event: MatterChanged) -> Done:
    """With the registered sources that are this decision's own documents, so that the next hop is reached."""
    after, events = event.determination, [event]
    linked = [
        SourceChanged(
            replace(source, mark=after.mark, access_scope=after.access_scope or source.access_scope),
            after.id,
            _OURS,
            event.on,
            event.reason,
        )
        for source in sources_by_id(register).values()
        if source.determination == after.id and source.mark != after.mark
    ]
    return Done((*events, *linked), recipients(register, after.id, event.scope_before, after.access_scope))


def _ended(register: Register, now: Determination, event: MatterDeclassified) -> Done:
    linked = tuple(
        SourceChanged(replace(source, declassified_on=event.on), event.matter, _OURS, event.on, "已解密")
        for source in sources_by_id(register).values()
        if source.determination == event.matter
    )
    tell = () if event.ending in _SILENT else recipients(register, event.matter, now.access_scope)
    return Done((event, *linked), tell)


def everything_due(
    register: Register, bench: Bench, within: int, calendar: WorkCalendar = NO_CALENDAR
) -> tuple[Task, ...]:
    """All tasks: matters in force, matters before others, sources, and notices of what was declassified."""
    months, on, aside = bench.procedure.review_months, bench.on, bench.procedure.set_aside
    active, sources = in_force(register), sources_by_id(register)
    waiting = pending(register, bench.agency, on, calendar)
    found = tasks(active, waiting, sources, on, within, months, received(register), aside)
    ended = [one for one in kept(register) if one not in active]
    return in_order((*found, *(task for task in tasks(ended, (), {}, on, within, months) if task.rule == "CHG-1")))
