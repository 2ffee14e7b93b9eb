"""Lines for a terminal."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from markpipe.errors import OutputError
from markpipe.model.outcome import Outcome
from markpipe.report.console import answer_command, summary_lines
from markpipe.report.listing import finding_lines
from markpipe.report.places import ExcerptMode
from markpipe.text.printable import display_width

GOLDEN = Path(__file__).parents[2] / "golden"


def of(outcomes: tuple[Outcome, ...], *names: str) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in outcomes if outcome.assessment.path.startswith(names))


def test_golden(outcomes: tuple[Outcome, ...]) -> None:
    path = GOLDEN / "console.txt"
    text = "\n".join(summary_lines(outcomes, [OutputError("磁盘已满", "腾出空间")], demo=True)) + "\n"
    if os.environ.get("MARKPIPE_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_the_headline_comes_first_and_the_unread_next(outcomes: tuple[Outcome, ...]) -> None:
    lines = summary_lines(of(outcomes, "01", "08"))
    assert lines[0] == "1 份已读，1 份未读（见下）——结论不完整；已定密 1 份"
    assert lines[1] == "（含已定密内容，按机密级管理）"
    assert lines[2] == "未读  08-加密.pdf  全文：已加密，无法读取。请去除打开口令后重新提交"


def test_demo_says_so(outcomes: tuple[Outcome, ...]) -> None:
    assert summary_lines(outcomes, demo=True)[1].startswith("【演示】")
    assert not any("【演示】" in line for line in summary_lines(outcomes))


def test_nothing_found(outcomes: tuple[Outcome, ...]) -> None:
    assert summary_lines(of(outcomes, "07", "子")) == (
        "2 份全部已读；未提示涉密内容",
        "（未提示涉密内容；仅供内部使用，不得据此公开）",
        "",
        "另有 2 份已读文件未提示涉密内容（提示不代替人的判断）",
    )


def test_no_excerpt_stands_there(outcomes: tuple[Outcome, ...]) -> None:
    text = "\n".join(summary_lines(outcomes))
    for quotation in ("备用水源地启用时", "试题由命题组", "（韶密局〔2010〕6号"):
        assert quotation not in text


def test_one_line_where_it_fits(outcomes: tuple[Outcome, ...]) -> None:
    lines = summary_lines(of(outcomes, "06"), width=200)
    assert lines[3] == "06-检修报告.pdf  疑似机密级  疑似涉密、提示 1 处"


@pytest.mark.parametrize("width", [10, 60, 100, 160])
def test_the_names_are_shortened_to_the_width(outcomes: tuple[Outcome, ...], width: int) -> None:
    (marked,) = of(outcomes, "06")
    long = replace(marked, assessment=replace(marked.assessment, path="很长的文件夹名/" * 20 + "报告.pdf"))
    line = summary_lines([long], width=width)[3]
    assert display_width(line) <= max(width, 40)
    assert "…" in line


def test_control_characters_do_not_reach_the_terminal(outcomes: tuple[Outcome, ...]) -> None:
    (held,) = of(outcomes, "04")
    (unread,) = of(outcomes, "08")
    evil = "a\x1b[31m\u202eb\nc.docx"
    hostile = [
        replace(held, assessment=replace(held.assessment, path=evil), held=("x\x07",), failed=("y\r",)),
        replace(unread, assessment=replace(unread.assessment, path=evil)),
    ]
    for line in summary_lines(hostile, [OutputError("z\x1b")]):
        assert line.isprintable()


def test_the_command_that_answers_a_citation(outcomes: tuple[Outcome, ...]) -> None:
    (line,) = (line for line in summary_lines(of(outcomes, "04")) if "答复引用" in line)
    words = shlex.split(line.partition("：")[2])
    assert words[:5] == ["markpipe", "determination", "answer", "04-工作 总结.docx", "--citation"]
    assert words[5:] == ["C-1a2b", "--answer", "未涉及内容", "--reason", "理由"]
    assert answer_command("in{x}/{file} {citation}", "a'b.pdf", "C") == "in{x}/'a'\"'\"'b.pdf' C"


def test_what_was_decided_leaves_nothing_to_answer(outcomes: tuple[Outcome, ...]) -> None:
    lines = summary_lines(of(outcomes, "10", "11", "12"))
    assert not any("待定：" in line for line in lines)
    assert any("未能写出：磁盘已满" in line for line in lines)


def test_findings_one_by_one(outcomes: tuple[Outcome, ...]) -> None:
    assessments = [outcome.assessment for outcome in of(outcomes, "01", "03", "07")]
    lines = finding_lines(assessments)
    assert lines[0] == ""
    assert lines[1] == "01-供水保障通知.pdf"
    assert lines[2].startswith("  第1页  派生 机密  S-0001  “备用水源地启用时")
    assert lines[2].endswith("…”")
    assert "  正文第2段  国家秘密 绝密  exam-01  “试题”" in lines
    assert "国家教育统一考试启用前的试题、答案" in lines[-1]
    assert not any("备用水源地" in line for line in finding_lines(assessments, ExcerptMode.NONE) if "S-0001" in line)
