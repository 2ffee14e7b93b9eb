"""What the calculator answers: `markpipe.derive/1` for programs, a short explanation for a handler.  Renders only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from markpipe.classify.carried import Reason
from markpipe.classify.derive import Derived
from markpipe.model.classification import date_label
from markpipe.model.decision import Violation

SCHEMA = "markpipe.derive/1"


def as_json(derived: Derived) -> dict[str, Any]:
    """The answer as `markpipe.derive/1`."""
    return {
        "schema": SCHEMA,
        "ok": not derived.violations and not derived.held,
        "held": derived.held,
        "level": derived.level.label if derived.level is not None else None,
        "mark": derived.mark.text if derived.mark is not None else None,
        "declassify_on": derived.declassify_on.isoformat() if derived.declassify_on is not None else None,
        "condition": derived.condition,
        "access_scope": derived.access_scope or None,
        "because": [_entry(reason.rule, reason.article, reason.text) for reason in derived.because],
        "violations": [_entry(one.rule, one.article, one.message) for one in derived.violations],
        "warnings": [_entry(one.rule, one.article, one.message) for one in derived.warnings],
    }


def _entry(rule: str, article: str, text: str) -> dict[str, str]:
    return {"rule": rule, "article": article, "text": text}


def as_text(derived: Derived) -> str:
    """The answer for a handler: the mark first, then why, then what is wrong with the sources and what to look into."""
    lines = list(_headline(derived))
    lines += _section("为什么", derived.because)
    lines += _section("来源的问题（请向原定密机关提出；在其纠正之前，本稿仍照上面标注）", derived.violations)
    lines += _section("须由人处理" if derived.held else "请核实", derived.warnings)
    if any(hold.rule == "TRM-3" for hold in derived.holds):
        lines += ["", "核实确实没有通知、也没有延长的，加 --no-notice 来源编号 重新推算。"]
    return "\n".join(lines) + "\n"


def _headline(derived: Derived) -> Iterator[str]:
    if derived.level is None:
        yield "应标：不因这些来源定密"
    elif derived.mark is None:
        yield f"应标：{derived.level.label}，期限待定（标志暂不能写，先按{derived.level.label}级保护）"
    else:
        yield f"应标：{derived.mark.text}"
    if derived.declassify_on is not None:
        yield f"解密时间：{date_label(derived.declassify_on)}（当日仍受保护，次日起解密）"
    elif derived.condition is not None:
        yield f"解密条件：{derived.condition}（有人确认成就之后才解密）"


def _section(title: str, notes: Sequence[Reason | Violation]) -> Iterator[str]:
    if not notes:
        return
    yield ""
    yield f"{title}："
    for number, note in enumerate(notes, 1):
        text = note.text if isinstance(note, Reason) else note.message
        yield f"  {number}. {text}。〔{note.rule}，{note.article}〕"
