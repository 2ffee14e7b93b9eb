"""The summary that a command prints when it is done: the headline first, then one block a document.

Gives lines without colour; who prints them may style them.  No excerpt of a document stands here.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from markpipe.errors import MarkpipeError
from markpipe.model.decision import Decision
from markpipe.model.document import ReadStatus
from markpipe.model.outcome import Outcome
from markpipe.report.gist import SILENT, Gist, Line, Standing, by_path, gist, open_citations
from markpipe.text.printable import display_width, one_line, pad, shorten

ANSWER_COMMAND = "markpipe determination answer {file} --citation {citation} --answer 未涉及内容 --reason 理由"
"""How a handler answers a citation: `{file}` and `{citation}` are filled in, quoted for a shell."""

_PATH_COLUMNS = 40
_NARROWEST = 40


def answer_command(template: str, path: str, citation: str) -> str:
    """The command that answers one citation, ready to be pasted into a shell."""
    return template.replace("{file}", shlex.quote(one_line(path))).replace("{citation}", shlex.quote(citation))


def summary_lines(
    outcomes: Sequence[Outcome],
    errors: Sequence[MarkpipeError] = (),
    *,
    demo: bool = False,
    width: int = 100,
    answer: str = ANSWER_COMMAND,
) -> tuple[str, ...]:
    """The lines for a terminal of `width` columns (a Chinese character takes two; at least 40)."""
    width = max(width, _NARROWEST)
    short = gist(outcomes, errors)
    lines = [short.headline]
    if demo:
        lines.append("【演示】以下办理由演示站点代替人员身份完成，不具效力")
    lines.append(f"（{short.notice}）")
    lines.extend(_error_lines(errors))
    lines.extend(_unread_lines(outcomes))
    listed = [line for line in short.lines if line.standing not in SILENT]
    if listed:
        lines.append("")
    by_name = {outcome.assessment.path: outcome for outcome in outcomes}
    columns = min(_PATH_COLUMNS, width // 2, max((display_width(one_line(line.path)) for line in listed), default=0))
    for line in listed:
        lines.extend(_document_lines(line, by_name[line.path], columns, width, answer))
    lines.extend(_clear_line(short))
    return tuple(lines)


def _error_lines(errors: Sequence[MarkpipeError]) -> list[str]:
    return [one_line(f"出错：{error}") for error in errors]


def _unread_lines(outcomes: Sequence[Outcome]) -> list[str]:
    lines = []
    for outcome in by_path(outcomes):
        document = outcome.assessment.document
        if document.status is ReadStatus.READ:
            continue
        word = "未读" if document.status is ReadStatus.UNREAD else "部分未读"
        for unread in document.unread:
            detail = f"（{unread.detail}）" if unread.detail else ""
            reason = f"{unread.where}：{unread.reason.message}{detail}"
            lines.append(one_line(f"{word}  {outcome.assessment.path}  {reason}。{unread.reason.remedy}"))
    return lines


def _document_lines(line: Line, outcome: Outcome, columns: int, width: int, answer: str) -> list[str]:
    """The line of a document, and below it what a person still has to do."""
    head = pad(shorten(one_line(line.path), columns), columns)
    facts = [line.mark, line.basis, line.people, line.copies, "、".join(line.states)]
    shown = "  ".join(one_line(fact) for fact in facts if fact != "—")
    lines = [f"{head}  {shown}"]
    if display_width(lines[0]) > width:
        rest = [one_line(fact) for fact in facts[1:] if fact != "—"]
        lines = [f"{head}  {one_line(line.mark)}", *_filled(rest, width)]
    todo = [*(f"待处理：{held}" for held in outcome.held), *(f"未获批准：{refused}" for refused in outcome.refused)]
    todo += [f"未能写出：{failed}" for failed in outcome.failed]
    todo += [f"规则 {each.rule}：{each.message}（{each.article}）" for each in outcome.violations]
    if outcome.proposal is not None and outcome.decision in (None, Decision.PROPOSED):
        todo += [f"待定：{question}" for question in outcome.proposal.open_questions]
        todo += [
            f"答复引用：{answer_command(answer, line.path, citation.id)}"
            for citation in open_citations(outcome.proposal)
        ]
    lines.extend(f"    {one_line(each)}" for each in todo)
    return lines


def _filled(facts: Sequence[str], width: int) -> list[str]:
    """Facts, indented, as many on a line as fit."""
    lines: list[str] = []
    for fact in facts:
        if lines and display_width(lines[-1]) + 2 + display_width(fact) <= width:
            lines[-1] += f"  {fact}"
        else:
            lines.append(f"    {fact}")
    return lines


def _clear_line(short: Gist) -> list[str]:
    clear = sum(line.standing is Standing.CLEAR for line in short.lines)
    return ["", f"另有 {clear} 份已读文件未提示涉密内容（提示不代替人的判断）"] if clear else []
