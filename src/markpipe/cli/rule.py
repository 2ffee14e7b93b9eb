"""`markpipe rule`: what a rule asks for, which article it rests on, how well that is known, and when it is checked.

The same table makes docs/rules.md.  Checks nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from markpipe.classify.rulebook.entry import CONFIDENCE, Rule
from markpipe.classify.rulebook.table import RULES
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.text.printable import display_width, pad

SCHEMA = "markpipe.rule/1"
NOT_YET = "程序尚不检查，由人掌握"
SET_ASIDE = "可以停用：在站点配置 [rules] set_aside 中写上编号"


@click.command(
    "rule",
    short_help="查一条规则的内容和出处",
    help="列出全部规则，或说明编号所指的一条：内容、出处、出处的可靠程度、程序何时检查。\n\n"
    "报告、审批表和提示里的 DRV-4、LVL-2 等编号就是这里的编号。",
)
@click.argument("number", metavar="[编号]", required=False)
@click.option("--markdown", is_flag=True, help="按 docs/rules.md 的格式输出全部规则。")
@format_option
@pass_site
def command(site: Site, number: str | None, markdown: bool, fmt: str) -> None:
    """List the rules, or explain one."""
    if markdown:
        site.answer(rules_markdown())
        return
    rules = tuple(RULES.values()) if number is None else (_known(number),)
    if fmt == "json":
        site.answer(as_json(rules), fmt)
    else:
        site.answer(_table(rules) if number is None else _explained(rules[0]))


def _known(number: str) -> Rule:
    rule = RULES.get(number.strip().upper())
    if rule is None:
        raise UsageError(f"没有编号为“{number}”的规则", "运行 markpipe rule 查看全部编号")
    return rule


def as_json(rules: Sequence[Rule]) -> dict[str, Any]:
    """The rules as `markpipe.rule/1`."""
    return {
        "schema": SCHEMA,
        "ok": True,
        "rules": [
            {
                "id": rule.id,
                "title": rule.title,
                "article": rule.article,
                "confidence": list(rule.confidence),
                "text": rule.text,
                "checked": rule.checked or None,
            }
            for rule in rules
        ],
    }


def _table(rules: Sequence[Rule]) -> str:
    """One line a rule; ● marks what the program checks now."""
    width = max(display_width(rule.title) for rule in rules)
    lines = [f"{'●' if rule.checked else '　'} {rule.id:<7} {pad(rule.title, width)}  {rule.article}" for rule in rules]
    return "\n".join([*lines, "", "● 程序现在检查；其余的由人掌握。详见 markpipe rule 编号。"]) + "\n"


def _explained(rule: Rule) -> str:
    lines = [
        f"{rule.id}　{rule.title}",
        "",
        rule.text,
        "",
        f"出处：{rule.article}",
        f"可靠程度：{_confidence(rule)}",
        f"检查：{rule.checked or NOT_YET}",
        *_configured(rule),
    ]
    return "\n".join(lines) + "\n"


def _configured(rule: Rule) -> Iterator[str]:
    """How a rule, or the part of it that no text in force supports, is set aside."""
    if rule.can_be_set_aside:
        yield SET_ASIDE + (f"；{rule.part}" if rule.part else "")


def _confidence(rule: Rule) -> str:
    return "；".join(CONFIDENCE[tag] for tag in rule.confidence)


def rules_markdown() -> str:
    """docs/rules.md: every rule of the table, with the docstrings of the functions that check it."""
    docs: dict[str, list[str]] = {}
    for checked in every_check():
        words = inspect.getdoc(checked) or ""
        docs.setdefault(words.partition(":")[0], []).append(words)
    return "\n".join(_markdown(docs)).rstrip("\n") + "\n"


def every_check() -> tuple[Callable[..., Any], ...]:
    """Every function that checks a rule of the table, wherever in the life of a decision it is asked."""
    from markpipe.classify.carried import SOURCE_RULES
    from markpipe.classify.determine import APPROVAL_CHECKS
    from markpipe.classify.due import DUE_CHECKS, PENDING_CHECKS, SOURCE_CHECKS
    from markpipe.classify.lifecycle import CHANGE_CHECKS, END_CHECKS
    from markpipe.classify.placing import PLACING_CHECKS
    from markpipe.classify.procedure import PROCEDURE_CHECKS
    from markpipe.classify.rules import CHECKS

    groups: tuple[Sequence[Callable[..., Any]], ...] = (
        SOURCE_RULES,
        CHECKS,
        APPROVAL_CHECKS,
        CHANGE_CHECKS,
        PROCEDURE_CHECKS,
        END_CHECKS,
        PLACING_CHECKS,
    )
    groups += (DUE_CHECKS, PENDING_CHECKS, SOURCE_CHECKS)
    return tuple(checked for group in groups for checked in group)


def _markdown(docs: dict[str, list[str]]) -> Iterator[str]:
    yield "# 规则"
    yield ""
    yield "本文由 `markpipe rule --markdown` 从规则表和检查函数的说明生成，不要手工修改。"
    yield "出处写“条号待核”的，内容读自已被取代的文本或者转述材料，现行条号未见，引用前请核对原文。"
    yield ""
    yield "| 编号 | 规则 | 出处 | 程序何时检查 |"
    yield "|---|---|---|---|"
    for rule in RULES.values():
        yield f"| [{rule.id}](#{rule.id.lower()}) | {rule.title} | {rule.article} | {rule.checked or '尚不检查'} |"
    for rule in RULES.values():
        yield ""
        yield f"## {rule.id}"
        yield ""
        yield f"**{rule.title}**。{rule.text}"
        yield ""
        yield f"- 出处：{rule.article}"
        yield f"- 可靠程度：{_confidence(rule)}"
        yield f"- 检查：{rule.checked or NOT_YET}"
        yield from (f"- {words}" for words in _configured(rule))
        for words in docs.get(rule.id, ()):
            yield ""
            yield from (f"> {line}".rstrip() for line in words.splitlines())
