"""Levels and terms in words: no ★ before a determination."""

from __future__ import annotations

import datetime as dt

import pytest

from markpipe.model.classification import Condition, Duration, Indefinite, Level, Term, Until
from markpipe.model.wording import handling_words, proposed_words, term_words


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (None, "期限待定"),
        (Duration(years=20), "期限20年"),
        (Duration(1, 6, 15), "期限1年6个月15日"),
        (Until(dt.date(2035, 3, 2)), "解密时间2035年3月2日"),
        (Condition("会议开始前"), "解密条件为会议开始前"),
        (Indefinite(), "期限长期"),
    ],
)
def test_terms(term: Term | None, words: str) -> None:
    assert term_words(term) == words
    assert proposed_words(Level.JIMI, term) == f"拟定密级：机密，{words}"
    assert "★" not in proposed_words(Level.JIMI, term)


def test_no_level() -> None:
    assert proposed_words(None, None) == "拟定：不定密"


@pytest.mark.parametrize(
    ("determined", "suspected", "unsettled", "complete", "words"),
    [
        (None, Level.JIMI, False, True, "内含疑似机密级内容，按机密级管理（未定密）"),
        (None, Level.JIMI, True, False, "内含疑似机密级内容，按机密级管理（未定密）"),
        (Level.MIMI, None, False, True, "含已定密内容，按秘密级管理"),
        (Level.MIMI, None, True, False, "含已定密内容，按秘密级管理"),
        (Level.MIMI, Level.JUEMI, False, True, "含已定密内容，并含疑似绝密级内容（未定密），按绝密级管理"),
        (Level.JUEMI, Level.MIMI, False, True, "含已定密内容，并含疑似秘密级内容（未定密），按绝密级管理"),
        (None, None, True, True, "内含疑似国家秘密内容，密级待核实，核实前按国家秘密管理（未定密）"),
        (None, None, False, False, "有内容没有读到，是否涉密不能判断，读全之前不得公开"),
        (None, None, False, True, "未提示涉密内容；仅供内部使用，不得据此公开"),
    ],
)
def test_how_a_report_is_to_be_kept(
    determined: Level | None, suspected: Level | None, unsettled: bool, complete: bool, words: str
) -> None:
    assert handling_words(determined, suspected, unsettled=unsettled, complete=complete) == words
