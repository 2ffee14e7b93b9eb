from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from markpipe.config.suppressions import read_suppressions
from markpipe.detect.triage import PutAside, Suppression, Threshold, parse_threshold, put_aside
from markpipe.errors import ConfigurationError
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


def test_what_was_put_aside() -> None:
    day = dt.date(2026, 3, 1)
    used, last_day, expired, unused = (
        Suppression(fingerprint, "已核对", "王某", expires)
        for fingerprint, expires in (
            ("a", day + dt.timedelta(1)), ("b", day), ("c", day - dt.timedelta(1)), ("d", day + dt.timedelta(1))
        )
    )  # fmt: skip
    aside = put_aside((used, last_day, expired, unused), {"a", "b", "c"}, day)
    assert aside == PutAside((used, last_day), (expired,), (unused,))
    assert aside.fingerprints == {"a", "b"}


ENTRY = '[[suppression]]\nfingerprint = "a"\nreason = "已核对"\napprover = "王某"\nexpires = 2027-01-01\n'


def test_a_file_of_suppressions(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("schema = 1\n" + ENTRY, encoding="utf-8")
    assert read_suppressions(path) == (Suppression("a", "已核对", "王某", dt.date(2027, 1, 1)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY, "schema"),
        ("schema = 1\n" + ENTRY.replace('"已核对"', '""'), "第4行.*reason"),
        ("schema = 1\n" + ENTRY.replace("expires = 2027-01-01\n", ""), "expires"),
        ("schema = 1\n" + ENTRY.replace("approver", "approved"), "approve"),
        ("schema = 1\n" + ENTRY + ENTRY, "重复"),
    ],
)
def test_suppressions_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_suppressions(path)
