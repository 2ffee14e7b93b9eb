from __future__ import annotations

import pytest

from markpipe.detect.triage import Threshold, parse_threshold
from markpipe.model.classification import Level
from markpipe.model.finding import Finding, Kind
from markpipe.model.span import Span


def finding(kind: Kind, level: Level | None = None, fingerprint: str = "f") -> Finding:
    return Finding("e", kind, Span(0, 1), "字", level, fingerprint=fingerprint)


@pytest.mark.parametrize(
    ("words", "found", "reached"),
    [
        ((), finding(Kind.STATE_SECRET, Level.MIMI), True),
        ((), finding(Kind.DERIVATION), True),
        ((), finding(Kind.MARK), True),
        ((), finding(Kind.WORK_SECRET), False),
        (("机密",), finding(Kind.STATE_SECRET, Level.MIMI), False),
        (("机密级",), finding(Kind.STATE_SECRET, Level.JIMI), True),
        (("绝密", "秘密"), finding(Kind.STATE_SECRET, Level.MIMI), True),
        (("绝密",), finding(Kind.DERIVATION), True),
        (("绝密", "工作秘密"), finding(Kind.WORK_SECRET), True),
        (("工作秘密",), finding(Kind.WORK_SECRET), True),
        (("工作秘密",), finding(Kind.STATE_SECRET, Level.JUEMI), False),
    ],
)
def test_what_counts(words: tuple[str, ...], found: Finding, reached: bool) -> None:
    assert parse_threshold(words).reached_by(found) is reached


def test_a_finding_of_the_baseline_does_not_count() -> None:
    known = finding(Kind.STATE_SECRET, Level.JUEMI, "seen")
    assert not Threshold().reached_by(known, {"seen"})
    assert Threshold().reached_by(known, {"other"})


def test_another_word_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="“超密”既不是密级也不是种类"):
        parse_threshold(["超密"])
