"""How a level, a term and what is to be done with a carrier are put into words where no ★ may stand.

★ belongs to what a determination or a source gives (保密法第二十二条); everything before that says 拟定 or 疑似 in words.
Nothing here decides which of them applies.
"""

from __future__ import annotations

from typing import assert_never

from markpipe.model.classification import Condition, Duration, Indefinite, Level, Term, Until


def term_words(term: Term | None) -> str:
    """A term as running words: 期限20年, 解密时间2035年3月2日, 解密条件为会议开始前, 期限长期, 期限待定."""
    match term:
        case None:
            return "期限待定"
        case Duration() | Indefinite():
            return f"期限{term.label}"
        case Until():
            return f"解密时间{term.label}"
        case Condition():
            return f"解密条件为{term.label}"
        case _:
            assert_never(term)


def proposed_words(level: Level | None, term: Term | None) -> str:
    """What the handler proposes: 拟定密级：机密，期限20年; 拟定：不定密."""
    if level is None:
        return "拟定：不定密"
    return f"拟定密级：{level.label}，{term_words(term)}"


def handling_words(
    determined: Level | None, suspected: Level | None, *, unsettled: bool = False, complete: bool = True
) -> str:
    """The line that a report or a form bears about itself: what it holds and at which level it is kept.

    `determined` and `suspected` are the highest levels of what it quotes or lists; `unsettled` says that something
    is suspected whose level nobody knows yet, `complete` that everything was read.
    """
    if determined is not None:
        if suspected is None:
            return f"含已定密内容，按{determined.label}级管理"
        highest = max(determined, suspected)
        return f"含已定密内容，并含疑似{suspected.label}级内容（未定密），按{highest.label}级管理"
    if suspected is not None:
        return f"内含疑似{suspected.label}级内容，按{suspected.label}级管理（未定密）"
    if unsettled:
        return "内含疑似国家秘密内容，密级待核实，核实前按国家秘密管理（未定密）"
    if not complete:
        return "有内容没有读到，是否涉密不能判断，读全之前不得公开"
    return "未提示涉密内容；仅供内部使用，不得据此公开"
