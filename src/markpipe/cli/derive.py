"""`markpipe derive`: the calculator.  What must my excerpt carry?

Needs no configuration and no register, reads no file, and changes nothing.  The rules are in `classify.derive`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import click

from markpipe.classify.carried import Reason
from markpipe.classify.derive import Derived, derive
from markpipe.cli.dates import parse_date
from markpipe.cli.rule import json_lines
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode, UsageError
from markpipe.model.classification import Mark, date_label, parse_mark
from markpipe.model.decision import Derivation, Grounds, Source, Violation

SCHEMA = "markpipe.derive/1"
_TOUCHED = re.compile(r"(?P<number>\d{1,6})[:：](?P<mark>.*)", re.ASCII | re.DOTALL)
_MARK_FORMS = "写作“密级★期限”，如 机密★20年、机密★2035年3月2日、绝密★长期；没有标期限的只写密级"


@click.command(
    "derive",
    short_help="派生定密计算：摘录后应是什么密级、何时解密",
    help="派生定密计算：摘录、汇编、细化这些来源之后，应当标什么密级、何时解密。\n\n"
    "只作推算，不读文件，不改台账，也不需要站点配置。来源依次编号，第一个 --source 是来源1。"
    "\n\n\b\n例：\n"
    "  markpipe derive --source '机密★20年@2015-03-02'\n"
    "  markpipe derive --source '绝密★30年@2020-01-01' --touched '1:秘密★5年'\n"
    "  markpipe derive --source '机密@1999-05-01' --no-notice 1",
)
@click.option("--source", "sources", multiple=True, metavar="密级[★期限][@制发日]", help="一个来源；可以重复。")
@click.option(
    "--touched", multiple=True, metavar="N:密级[★期限]", help="来源 N 中涉及的密点；可以重复。不写就按来源整件。"
)
@click.option("--issued", metavar="日期", help="本稿的制发日，默认今天。")
@click.option(
    "--no-notice",
    "no_notice",
    multiple=True,
    type=int,
    metavar="N",
    help="已核实来源 N 没有书面通知期限、也没有延长；可以重复。",
)
@format_option
@pass_site
def command(
    site: Site,
    sources: tuple[str, ...],
    touched: tuple[str, ...],
    issued: str | None,
    no_notice: tuple[int, ...],
    fmt: str,
) -> ExitCode:
    """Calculate and answer; the exit code is 1 where a source is wrong or a person must settle something."""
    derivations = read_derivations(sources, touched)
    issued_on = site.today() if issued is None else parse_date(issued, "--issued ")
    for number in no_notice:
        _in_range(number, derivations, f"--no-notice {number}")
        one = derivations[number - 1]
        derivations[number - 1] = replace(one, source=replace(one.source, no_notice_on=issued_on))
    try:
        derived = derive(derivations, issued_on)
    except UsageError as error:
        raise UsageError(f"--source 中的{error.message}", error.remedy) from None
    site.answer(as_text(derived) if fmt == "text" else json_lines(as_json(derived)))
    return ExitCode.FINDINGS if derived.violations or derived.held else ExitCode.OK


def read_derivations(sources: Sequence[str], touched: Sequence[str]) -> list[Derivation]:
    """The sources and points as the options give them; `UsageError` names the option, the source and what is wrong."""
    if not sources:
        raise UsageError("没有写来源", "至少写一个 --source，如 --source '机密★20年@2015-03-02'")
    derivations = [Derivation(_source(number, text), Grounds.DECLARED) for number, text in enumerate(sources, 1)]
    for text in touched:
        match = _TOUCHED.fullmatch(text)
        if match is None:
            raise UsageError(f"--touched “{text}”没有以来源编号开头", "写作“编号:密点”，如 --touched '1:秘密★5年'")
        number = int(match["number"])
        _in_range(number, derivations, f"--touched “{text}”")
        point = _mark(match["mark"], f"--touched “{text}”（来源{number}的密点）")
        one = derivations[number - 1]
        derivations[number - 1] = replace(one, touched=(*one.touched, point))
    return derivations


def _source(number: int, text: str) -> Source:
    mark, at, date = text.rpartition("@")
    if not at:
        mark = text
    where = f"--source 第{number}个“{text}”"
    return Source("", "", "", _mark(mark, where), parse_date(date, f"{where}的制发日") if at else None)


def _mark(text: str, where: str) -> Mark:
    try:
        return parse_mark(text)
    except ValueError as error:
        raise UsageError(f"{where}：{error}", _MARK_FORMS) from None


def _in_range(number: int, derivations: Sequence[Derivation], where: str) -> None:
    if not 1 <= number <= len(derivations):
        count = len(derivations)
        raise UsageError(f"{where}：没有来源{number}", f"一共写了 {count} 个 --source，编号从 1 到 {count}")


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
