"""Whatever happens in whatever order: nothing that is not locked stands below what it derives from."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from markpipe.classify.case import Context
from markpipe.classify.derive import derive
from markpipe.classify.due import Kept, locks
from markpipe.classify.lifecycle import Change, EndCase, Standing, change, declassify, follow
from markpipe.errors import RefusedError
from markpipe.model.agency import Agency, Officer, Tier
from markpipe.model.classification import Duration, Indefinite, Level, Mark, Until
from markpipe.model.decision import Derivation, Determination, Grounds, Origin, Proposal, Source
from markpipe.model.procedure import Ending

ISSUED, ON = dt.date(2026, 5, 10), dt.date(2026, 6, 1)
LEVELS = st.sampled_from([Level.MIMI, Level.JIMI])
TERMS = st.one_of(
    st.builds(Duration, st.integers(12, 40)),
    st.builds(Until, st.dates(dt.date(2027, 1, 1), dt.date(2045, 1, 1))),
    st.just(Indefinite()),
)
MARKS = st.builds(Mark, LEVELS, TERMS)
OFFICER = Officer("李四", True, frozenset(Level))
COUNTY = Agency("某县局", Tier.COUNTY)
OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["source", "free", "follow", "change", "end"]), st.sampled_from("ab"), MARKS), max_size=12
)


def source(id_: str, mark: Mark) -> Source:
    return Source(id_, "某方案", "某发〔2015〕3号", mark, dt.date(2015, 3, 2))


def derived_from(id_: str, parent: Source, mark: Mark) -> Standing:
    links = (Derivation(parent, Grounds.DECLARED),)
    proposal = Proposal("ab", "a.docx", "张三", mark.level, mark.term, Origin.DERIVATIVE, ISSUED, derivations=links)
    return Standing(
        Determination(id_, "ab", "a.docx", mark, Origin.DERIVATIVE, "张三", "李四", ISSUED, ISSUED), proposal
    )


class Office:
    """A source R, a matter a that derives from it and is itself the source A, and a matter b that derives from A."""

    def __init__(self, mark: Mark) -> None:
        root = source("R", mark)
        first = derive([Derivation(root, Grounds.DECLARED)], ISSUED).mark
        assert first is not None
        own = replace(source("A", first), issued_on=ISSUED, determination="a")
        self.sources = {"R": root, "A": own}
        self.matters = {"a": derived_from("a", root, first), "b": derived_from("b", own, first)}

    def do(self, what: str, name: str, mark: Mark) -> None:
        context = Context(COUNTY, OFFICER, ON, sources=dict(self.sources))
        now = self.matters.get(name)
        try:
            match what:
                case "source":
                    self.sources["R"] = replace(self.sources["R"], mark=mark)
                case "free":
                    self.sources["R"] = replace(self.sources["R"], declassified_on=ON)
                case "follow" if now is not None:
                    result = follow(now, context)
                    self._stands(name, None if result is None else Standing(*result))
                case "change" if now is not None:
                    _, after, proposal = change(Change(now, mark, "", "情况变化"), context)
                    self._stands(name, Standing(after, proposal))
                case "end" if now is not None:
                    declassify(EndCase(now, Ending.EARLY, context, "可公开"))
                    self._stands(name, None)
                case _:
                    pass
        except RefusedError:
            return

    def _stands(self, name: str, after: Standing | None) -> None:
        """What the command does: the decision, and with it the source that it is."""
        if after is None:
            del self.matters[name]
        else:
            self.matters[name] = after
        if name == "a":
            own = self.sources["A"]
            self.sources["A"] = (
                replace(own, declassified_on=ON) if after is None else replace(own, mark=after.determination.mark)
            )


@settings(max_examples=300, deadline=None)
@given(MARKS, OPERATIONS)
def test_nothing_unlocked_is_below_its_sources(mark: Mark, operations: list[tuple[str, str, Mark]]) -> None:
    office = Office(mark)
    for what, name, new in operations:
        office.do(what, name, new)
        locked = locks([Kept(one) for one in office.matters.values()], office.sources)
        for id_, one in office.matters.items():
            if id_ in locked:
                continue
            current = [
                replace(each, source=office.sources[each.source.id])
                for each in one.proposal.derivations
                if office.sources[each.source.id].declassified_on is None
            ]
            asked = derive(current, ISSUED)
            assert asked.level is None or one.determination.mark.level >= asked.level
            if asked.end is not None and one.end is not None:
                assert one.end.covers(asked.end)


@settings(deadline=None)
@given(MARKS, MARKS)
def test_following_ends_what_locks_and_doing_it_twice_changes_nothing(mark: Mark, new: Mark) -> None:
    office = Office(mark)
    office.do("source", "a", new)
    for name in ("a", "b", "b", "a"):
        office.do("follow", name, new)
    assert not locks([Kept(one) for one in office.matters.values()], office.sources)
