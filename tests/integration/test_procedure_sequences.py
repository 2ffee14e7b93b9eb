"""Whatever is recorded around decisions in whatever order: the tables are the fold of the events, nothing is below its root."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markpipe.classify.derive import derive
from markpipe.classify.determine import approve
from markpipe.classify.terms import end_of
from markpipe.config.procedure import Procedure
from markpipe.errors import RefusedError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.procedure import (
    AbsenceRecorded,
    ConsentRecorded,
    ExtensionSettled,
    KnowerLogged,
    MatterReported,
    MatterReviewed,
    NoticeGiven,
    OpinionGiven,
    ReportAnswered,
    SheetAttached,
    SourceChanged,
    drafted_digest,
)
from markpipe.ledger.views import Matter
from markpipe.model.agency import Actor, Agency, Officer, Tier
from markpipe.model.classification import Duration, Indefinite, Level, Mark, Until
from markpipe.model.decision import Decision, Derivation, Grounds, Origin, Proposal, Source
from markpipe.model.procedure import (
    Absence,
    Answer,
    Attachment,
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
from markpipe.pipeline.altering import decide, everything_due, follow, put_forward
from markpipe.pipeline.history import history
from markpipe.pipeline.settle import excerpt_approvals
from markpipe.pipeline.standing import Bench, locked, open_draft, sources_by_id
from markpipe.store.register import Register

DAY = dt.date(2026, 5, 10)
AT = dt.datetime(2026, 5, 10, 2, tzinfo=dt.UTC)
CITY = Agency("某市局", Tier.MUNICIPAL)
OFFICER = Officer("李四", True, frozenset(Level))
HEAD, HANDLER, CLERK = Actor("lisi", "李四"), Actor("zhangsan", "张三"), Actor("wangwu", "王五")
BENCH = Bench(CITY, DAY, Procedure(steps=("保密员",)), OFFICER)
MARKS = st.builds(
    Mark,
    st.sampled_from([Level.MIMI, Level.JIMI]),
    st.one_of(
        st.builds(Duration, st.integers(12, 40)),
        st.builds(Until, st.dates(dt.date(2027, 1, 1), dt.date(2045, 1, 1))),
        st.just(Indefinite()),
    ),
)


class Office:
    """A register with a source; matters derive from it, and what they become are sources themselves."""

    def __init__(self, register: Register, mark: Mark) -> None:
        self.register = register
        first = Source("", "某方案", "某发〔2015〕3号", mark, dt.date(2015, 3, 2), access_scope="甲处、乙站")
        register.add_source(first, b"x", HANDLER, AT)
        self.drafts = 0

    def pick(self, which: int) -> Matter | None:
        matters = self.register.matters()
        return matters[which % len(matters)] if matters else None

    def source(self, which: int) -> Source:
        sources = self.register.sources()
        return sources[which % len(sources)]

    def propose(self, which: int, mark: Mark) -> None:
        """As the sources ask; sometimes as somebody else would like it."""
        source = self.source(which)
        links = (Derivation(source, Grounds.DECLARED),)
        asked = derive(links, DAY).mark if which % 3 else mark
        if asked is None or asked.term is None:
            return
        self.drafts += 1
        name = f"{self.drafts}.docx"
        made = Proposal(
            f"d{self.drafts}", name, "张三", asked.level, asked.term, Origin.DERIVATIVE, DAY, None, "甲处", links
        )
        matter = self.register.propose(replace(made, declassify_on=end_of(asked.term, DAY).date), HANDLER, AT)
        self.opinion(matter)
        context = BENCH.context(self.register, matter.digest, matter)
        determination = approve(matter.proposal, context, HEAD, matter.id)
        self.register.take(excerpt_approvals(determination, matter.proposal, context), HEAD, AT)
        self.register.approve(determination, HEAD, AT)

    def opinion(self, matter: Matter) -> None:
        draft = open_draft(self.register, matter.id)
        record = BENCH.context(self.register, matter.digest, matter).record
        offer = record.offer if draft is None else drafted_digest(draft.drafted)
        given = Opinion("保密员", True, "同意", DAY, offer)
        self.register.take((OpinionGiven(matter.id, given),), CLERK, AT)

    def register_own(self, which: int) -> None:
        matter = self.pick(which)
        if matter is None or matter.determination is None or matter.decision is not Decision.APPROVED:
            return
        own = Source("", matter.name, f"站密{which}号", matter.determination.mark, DAY, access_scope="甲处")
        parents = tuple(one.source.id for one in matter.proposal.derivations)
        own = replace(own, digest=f"own-{matter.id}", derived_from=parents, determination=matter.id)
        self.register.add_source(own, b"y", HANDLER, AT)

    def change(self, which: int, mark: Mark) -> None:
        matter = self.pick(which)
        if matter is None:
            return
        ending = Ending.EARLY if which % 4 == 0 else None
        drafted = Drafted(None if ending else mark, "甲处", ending, "情况变化")
        put_forward(self.register, matter, drafted, DAY, HANDLER, AT)
        if which % 2:
            self.opinion(matter)
        self.register.take(decide(self.register, self.register.matter(matter.id), drafted, BENCH).events, HEAD, AT)

    def follow(self, which: int) -> None:
        if (matter := self.pick(which)) is not None:
            self.register.take(follow(self.register, matter, BENCH).events, HEAD, AT)

    def notice(self, which: int, mark: Mark) -> None:
        """Somebody else changes or declassifies the root."""
        (root, *_) = self.register.sources()
        changed = replace(root, declassified_on=DAY) if which % 5 == 0 else replace(root, mark=mark)
        late = dt.date(2025, 3, 2) if which % 7 == 0 else None
        self.register.take((SourceChanged(changed, "函", "某厅", DAY, "", late),), HANDLER, AT)

    def note(self, which: int, mark: Mark) -> None:
        """One of the records that change nothing by themselves."""
        matter = self.pick(which)
        self.register.take((AbsenceRecorded(Absence("李四", DAY, DAY, "休假")),), CLERK, AT)
        if which % 2:
            self.register.take((ExtensionSettled("S0001", "某厅", "函", DAY, "有效"),), CLERK, AT)
        if matter is None:
            return
        report = Report(ReportKind.DISPUTE, "某局", mark.level, mark.term, DAY, None, "x")
        events = (
            KnowerLogged(matter.id, Knower("丙", "", DAY)),
            NoticeGiven(matter.id, Notice("变更", "甲处", "函", DAY)),
            MatterReviewed(matter.id, Review(DAY, "维持")),
            SheetAttached(matter.id, Attachment("审批表", "a.pdf", "00", which)),
            ConsentRecorded(matter.digest, Consent(ConsentKind.WIDENING, "S0001", "某部", "函", DAY, "乙站")),
            MatterReported(matter.id, report, (Claim("甲", mark.level, mark.term),)),
            ReportAnswered(matter.id, Answer(ReportKind.DISPUTE, "某局", "函", DAY, None)),
        )
        self.register.take((events[which % len(events)],), CLERK, AT)


OPERATIONS: Mapping[str, Callable[[Office, int, Mark], None]] = {
    "propose": lambda office, which, mark: office.propose(which, mark),
    "own": lambda office, which, _: office.register_own(which),
    "change": lambda office, which, mark: office.change(which, mark),
    "follow": lambda office, which, _: office.follow(which),
    "notice": lambda office, which, mark: office.notice(which, mark),
    "note": lambda office, which, mark: office.note(which, mark),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    mark=MARKS,
    operations=st.lists(
        st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 40), MARKS), min_size=3, max_size=14
    ),
)
def test_the_tables_are_the_fold_and_nothing_is_below_its_root(
    tmp_path_factory: pytest.TempPathFactory, mark: Mark, operations: list[tuple[str, int, Mark]]
) -> None:
    folder = tmp_path_factory.mktemp("site")
    keyring = Keyring.create(folder / "keys.json", AT)
    with Register.open(f"sqlite:///{folder / 'register.sqlite3'}", keyring, create=True) as register:
        office = Office(register, mark)
        office.propose(1, mark)
        office.register_own(0)
        for what, which, new in operations:
            with contextlib.suppress(RefusedError, UsageError):
                OPERATIONS[what](office, which, new)
            _nothing_below_its_root(register)
        assert register.verify() == ()
        assert all(history(register, matter) for matter in register.matters())
        everything_due(register, BENCH, 90)


def _nothing_below_its_root(register: Register) -> None:
    """Unlocked matters stand at or above every source over every hop, as those stand now, and end no sooner."""
    waiting, sources = locked(register), sources_by_id(register)
    for matter in register.matters():
        determination = matter.determination
        if determination is None or matter.decision is not Decision.APPROVED or matter.id in waiting:
            continue
        for root in _roots(matter, sources):
            asked = derive((Derivation(root, Grounds.DECLARED),), DAY)
            assert asked.level is None or determination.mark.level >= asked.level
            end = None if determination.mark.term is None else end_of(determination.mark.term, DAY)
            if asked.end is not None and end is not None and end.ranked and asked.end.ranked:
                assert end.covers(asked.end)


def _roots(matter: Matter, sources: Mapping[str, Source]) -> tuple[Source, ...]:
    """The sources of a matter and theirs, over every hop."""
    found: dict[str, Source] = {}
    waiting = [one.source.id for one in matter.proposal.derivations]
    while waiting:
        source = sources.get(waiting.pop())
        if source is not None and source.id not in found:
            found[source.id] = source
            waiting += source.derived_from
    return tuple(found.values())
