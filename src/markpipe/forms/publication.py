"""信息公开保密审查表 (一事一审): what goes out, for what, what was found and removed, and every signature with its time.

The fields follow the forms that offices use (`law.md` §10: title, purpose, recipient, opinions of 承办, 保密审查 and 负责人
each with signature and time).  No national template exists, so the layout is ours.  Quotes nothing of the document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from markpipe.forms.sheet import COLUMNS, Cell, Role, Row, band, label, sheet, value
from markpipe.model.classification import date_label
from markpipe.model.publication import RULESET, Release

TITLE = "信息公开保密审查表"
DEMO = "【演示】人员身份由演示代替，签字不具效力"
_WIDE = COLUMNS - 2
_CHINA = dt.timezone(dt.timedelta(hours=8))
_BLANK = "　　年　　月　　日"


def publication_form(release: Release, agency: str, words: tuple[str, ...], on: dt.date) -> bytes:
    """The form of one release as DOCX bytes, the same for the same input; `words` say its reasons in Chinese."""
    demo = any(signature.demo for signature in release.signatures)
    return sheet(
        title=TITLE,
        notice="一事一审；本表不摘录原文，随审查记录归档",
        banner=DEMO if demo else "",
        number=f"编号：{release.submission.id}",
        rows=[*_file_rows(release, agency), *_review_rows(release, words), *_signature_rows(release)],
        foot=("谁公开谁审查、谁审查谁负责。程序只提示问题、做公开件，不代替保密审查；签字即确认公开件与校验值一致。",),
        dated=on,
    )


def _file_rows(release: Release, agency: str) -> Iterator[Row]:
    submission = release.submission
    yield Row((label("信息名称"), value(submission.name, _WIDE)), 10)
    yield Row((label("承办单位"), value(agency or "—", 4), label("用　　途"), value(submission.purpose.value, 4)))
    yield Row((label("接 收 方"), value(submission.recipient or "社会公众", _WIDE)))
    yield Row((label("公 开 件"), value(submission.digest, _WIDE, Role.SMALL)), 7)
    yield Row((label("原　　件"), value(submission.original, _WIDE, Role.SMALL)), 7)


def _review_rows(release: Release, words: tuple[str, ...]) -> Iterator[Row]:
    submission = release.submission
    yield band("一、程序审查结果")
    yield Row((label("原件结论"), value(submission.verdict.label, _WIDE)))
    for line in words or ("未发现问题",):
        yield Row((label("问　　题"), value(line, _WIDE, Role.SMALL)), 7)
    removed = "、".join(f"{each.kind} {each.count} 处" for each in submission.removed) or "无"
    yield Row((label("已 删 除"), value(removed, _WIDE)))
    yield Row((label("核对工具"), value("；".join(map(_checker, submission.checkers)) or "—", _WIDE, Role.SMALL)), 7)


def _checker(line: str) -> str:
    """A tool with its version; of the rules the first digits tell them apart."""
    name, _, version = line.partition(" ")
    return f"词典和规则 {version[:16]}" if name == RULESET else line


def _signature_rows(release: Release) -> Iterator[Row]:
    yield band("二、审查审批意见")
    yield Row(
        tuple(Cell((text,), span, Role.HEAD) for text, span in (("环节", 2), ("意见", 4), ("签字", 3), ("时间", 3))), 7
    )
    signed = {signature.step: signature for signature in release.signatures}
    for step in release.submission.steps:
        signature = signed.get(step)
        if signature is None:
            yield Row((label(step), value("", 4), value("（签字）", 3), value(_BLANK, 3)), 14)
            continue
        at = dt.datetime.fromisoformat(signature.at).astimezone(_CHINA)
        who = f"{signature.person}（账户 {signature.account}）"
        time = f"{date_label(at.date())} {at:%H:%M}"
        yield Row((label(step), value(signature.words or "同意公开", 4), value(who, 3), value(time, 3)), 14)
