"""Releases and incidents, for programs and for a terminal.  Quotes no document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from markpipe.model.publication import Incident, Release
from markpipe.report.dumps import Json
from markpipe.text.printable import one_line

LIST_SCHEMA, SHOW_SCHEMA, INCIDENTS_SCHEMA = "markpipe.releases/1", "markpipe.release/1", "markpipe.incidents/1"
_CHINA = dt.timezone(dt.timedelta(hours=8))


def state_words(release: Release) -> str:
    """Where a release stands."""
    if release.withdrawn:
        return f"已撤回（{release.withdrawn}）"
    if release.released_at:
        return "已放行"
    return f"待审，缺{'、'.join(release.missing)}签字" if release.missing else "签字齐全，待放行"


def release_line(release: Release) -> str:
    """One line for a list."""
    submission = release.submission
    demo = "【演示】" if any(each.demo for each in release.signatures) else ""
    to = f"→{submission.recipient}" if submission.recipient else ""
    return one_line(f"{demo}{submission.id}  {submission.name}  {submission.purpose.value}{to}  {state_words(release)}")


def release_lines(release: Release) -> tuple[str, ...]:
    """Everything about one release."""
    submission = release.submission
    removed = "、".join(f"{each.kind} {each.count} 处" for each in submission.removed) or "无"
    lines = [
        release_line(release),
        f"公开件 {submission.digest}",
        f"原件   {submission.original}（{submission.verdict.label}）",
        f"已删除 {removed}",
    ]
    for each in release.signatures:
        at = dt.datetime.fromisoformat(each.at).astimezone(_CHINA)
        lines.append(f"{each.step}：{each.person}（账户 {each.account}）{at:%Y-%m-%d %H:%M} {each.words or '同意公开'}")
    return tuple(one_line(line) for line in lines)


def release_json(release: Release) -> Json:
    """One release."""
    submission = release.submission
    return {
        "schema": SHOW_SCHEMA,
        "id": submission.id,
        "name": submission.name,
        "sha256": submission.digest,
        "original_sha256": submission.original,
        "purpose": submission.purpose.value,
        "recipient": submission.recipient,
        "verdict": submission.verdict.value,
        "reasons": list(submission.reasons),
        "removed": [{"kind": each.kind, "count": each.count} for each in submission.removed],
        "checkers": list(submission.checkers),
        "steps": list(submission.steps),
        "missing": list(release.missing),
        "signatures": [
            {"step": each.step, "person": each.person, "account": each.account, "at": each.at, "words": each.words}
            | {"demo": each.demo}
            for each in release.signatures
        ],
        "released_at": release.released_at,
        "withdrawn": release.withdrawn,
        "state": state_words(release),
    }


def releases_json(found: Sequence[Release]) -> Json:
    """All of them."""
    return {"schema": LIST_SCHEMA, "releases": [release_json(each) for each in found]}


def incident_lines(found: Sequence[Incident], now: dt.datetime) -> tuple[str, ...]:
    """A line an incident, with what is left of its clock."""
    if not found:
        return ("没有登记的事件",)
    return tuple(one_line(_incident_line(each, now)) for each in found)


def _incident_line(incident: Incident, now: dt.datetime) -> str:
    due = dt.datetime.fromisoformat(incident.due_at)
    left = due - now
    hours = int(left.total_seconds() // 3600)
    clock = f"还有 {hours} 小时" if left > dt.timedelta() else "已过报告时限"
    shown = due.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M")
    return f"{incident.id}  {incident.name}  {incident.level.label}级内容出现在{incident.system}系统  {shown} 前报告（{clock}）"


def incidents_json(found: Sequence[Incident], now: dt.datetime) -> Json:
    """All of them."""
    return {
        "schema": INCIDENTS_SCHEMA,
        "incidents": [
            {"id": each.id, "name": each.name, "sha256": each.digest, "level": each.level.label}
            | {"system": each.system, "opened_at": each.opened_at, "due_at": each.due_at}
            | {"overdue": dt.datetime.fromisoformat(each.due_at) <= now}
            for each in found
        ],
    }
