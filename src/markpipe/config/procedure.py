"""How a unit goes about its decisions: the steps before the officer, reminders, rules set aside (`[procedure]`, `[rules]`).

What the law fixes is not to be set here: only rules that rest on memory or inference can be set aside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from markpipe.classify.rulebook.table import RULES
from markpipe.config.reader import Table

ROLES: Mapping[str, str] = {"保密员": "保密员", "办公室": "办公室", "主要负责人": "负责人"}
"""The steps that there are, and the role that may take each."""

APPROVERS = ("定密责任人", "主要负责人")
"""Who may approve: any 定密责任人 in office, or the head alone (the statutory one), as in a unit without authority."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """`steps` come between handler and officer, `report_steps` before a report leaves the unit; `head_only` says that
    the head alone approves; `remind_days` before an end its review is due; `review_months` between
    reviews; `annual_due` is (month, day) of the yearly statistics; `set_aside` are ids of rules that are not checked."""

    steps: tuple[str, ...] = ()
    remind_days: int = 90
    review_months: int = 12
    annual_due: tuple[int, int] = (1, 31)
    set_aside: frozenset[str] = frozenset()
    report_steps: tuple[str, ...] = ()
    head_only: bool = False


def read_procedure(root: Table, origin: dict[str, str]) -> Procedure:
    """The two tables; what is wrong raises `ConfigurationError` with file and line."""
    table, rules = root.table("procedure"), root.table("rules")
    steps, report_steps = (_steps(table, key) for key in ("steps", "report_steps"))
    aside = rules.texts("set_aside")
    for rule in aside:
        if rule not in RULES:
            rules.fail("set_aside", f"没有编号为“{rule}”的规则", "运行 markpipe rule 查看全部编号")
        if not RULES[rule].can_be_set_aside:
            rules.fail("set_aside", f"{rule} 有条文依据，不能停用", "只有凭记忆（M）或者推断（I）的规则可以停用")
    defaults = Procedure()
    procedure = Procedure(
        steps,
        table.positive("remind_days", defaults.remind_days),
        table.positive("review_months", defaults.review_months),
        _month_day(table) if "annual_due" in table else defaults.annual_due,
        frozenset(aside),
        report_steps,
        table.choice("approver", APPROVERS, APPROVERS[0]) == APPROVERS[1],
    )
    for name, owner, key in (
        ("procedure.steps", table, "steps"),
        ("procedure.report_steps", table, "report_steps"),
        ("procedure.approver", table, "approver"),
        ("procedure.remind_days", table, "remind_days"),
        ("procedure.review_months", table, "review_months"),
        ("procedure.annual_due", table, "annual_due"),
        ("rules.set_aside", rules, "set_aside"),
    ):
        origin[name] = owner.where(key) if key in owner else "默认值"
    table.finish()
    rules.finish()
    return procedure


def _steps(table: Table, key: str) -> tuple[str, ...]:
    steps = table.texts(key)
    for step in steps:
        if step not in ROLES:
            table.fail(key, f"不认识“{step}”", f"可用：{'、'.join(ROLES)}")
    return steps


def _month_day(table: Table) -> tuple[int, int]:
    text = table.text("annual_due")
    try:
        day = dt.date.fromisoformat(f"2024-{text}")
    except ValueError:
        table.fail("annual_due", f"“{text}”不是月日", "写作 01-31")
    return day.month, day.day
