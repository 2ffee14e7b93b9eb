"""Rows of the fold as the values that the rest of the program works with.  Decides nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import NamedTuple, TypeVar

from markpipe.ledger.codec import DETERMINATION, PROPOSAL, SOURCE, CodecError, from_text
from markpipe.ledger.events import Entry, decode
from markpipe.ledger.fold import Row
from markpipe.model.carrier import Copy, CopyState
from markpipe.model.decision import Decision, Determination, Proposal, Source

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Matter:
    """A draft on its way to a decision, and after it.

    `proposal` is what stands before the officer now (as corrected, if it was); `determination` is there once it was
    approved, also after the draft lapsed; `reason` is that of the last 退回, 不予定密 or 纠正; `changed_at` is UTC.
    """

    id: str
    name: str
    digest: str
    decision: Decision
    proposal: Proposal
    determination: Determination | None
    reason: str
    changed_at: str


class Answer(NamedTuple):
    """What a handler said about a cited classified document: 未涉及内容 … with the reason, and who said so."""

    answer: str
    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked file that was written and checked; `path` as the office gave it, `at` is UTC."""

    determination: str
    sha256: str
    path: str
    at: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused attempt; `rules` are the ids, `at` is UTC."""

    subject: str
    rules: tuple[str, ...]
    message: str
    account: str
    person: str
    at: str


def _guarded(view: Callable[[Row], T]) -> Callable[[Row], T]:
    """A view that answers a row somebody tampered with by `CodecError`, whatever is wrong with it."""

    @wraps(view)
    def checked(row: Row) -> T:
        try:
            return view(row)
        except (KeyError, ValueError) as error:
            raise CodecError(f"{view.__name__.removesuffix('_view')} 表有一行不对（{type(error).__name__}）") from None

    return checked


@_guarded
def matter_view(row: Row) -> Matter:
    """A row of `matter`."""
    determination = str(row["determination"])
    return Matter(
        str(row["id"]),
        str(row["name"]),
        str(row["digest"]),
        Decision[str(row["decision"])],
        from_text(PROPOSAL, str(row["proposal"])),
        from_text(DETERMINATION, determination) if determination else None,
        str(row["reason"]),
        str(row["changed_at"]),
    )


@_guarded
def source_view(row: Row) -> Source:
    """A row of `source`."""
    noted = str(row["no_notice_on"])
    source = from_text(SOURCE, str(row["source"]))
    return replace(source, no_notice_on=dt.date.fromisoformat(noted)) if noted else source


@_guarded
def copy_view(row: Row) -> Copy:
    """A row of `copy`."""
    return Copy(
        str(row["determination"]),
        str(row["digest"]),
        int(row["serial"]),
        int(row["position"]),
        CopyState[str(row["state"])],
        str(row["holder"]),
        str(row["sha256"]),
        str(row["path"]),
    )


@_guarded
def answer_view(row: Row) -> Answer:
    """A row of `answer`."""
    return Answer(str(row["answer"]), str(row["reason"]), str(row["person"]))


@_guarded
def marked_view(row: Row) -> Marked:
    """A row of `output`."""
    return Marked(str(row["determination"]), str(row["sha256"]), str(row["path"]), str(row["at"]))


@_guarded
def refusal_view(row: Row) -> Refusal:
    """A row of `refusal`."""
    rules = tuple(str(row["rules"]).split())
    who = (str(row["account"]), str(row["person"]), str(row["at"]))
    return Refusal(str(row["subject"]), rules, str(row["message"]), *who)


@_guarded
def step_view(row: Row) -> Entry:
    """A row of `step`: the event with who was behind it."""
    event = decode(str(row["kind"]), int(row["version"]), str(row["body"]).encode())
    return Entry(int(row["seq"]), str(row["at"]), str(row["account"]), str(row["person"]), event, bool(row["demo"]))
