"""Events and their stored form: round trips, canonical bytes, upcasters, and payloads that promise too little."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, replace
from enum import Enum
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from markpipe.ledger import codec, events
from markpipe.ledger.codec import Codec, CodecError, canonical
from markpipe.ledger.events import KINDS, CopiesAllocated, CopyMade, Event, SourceAdded, StoredEvent, decode, encode
from markpipe.model import procedure, publication
from markpipe.model.classification import Condition, Duration, Indefinite, Level, Mark, Term, Until
from markpipe.model.decision import (
    Citation,
    Derivation,
    Determination,
    Grounds,
    Origin,
    Proposal,
    SecretPoint,
    Source,
)
from markpipe.model.document import Span
from markpipe.model.finding import Kind

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
DATES = st.dates()
SMALL = st.integers(0, 99)
TERMS: st.SearchStrategy[Term] = st.one_of(
    st.builds(Duration, st.integers(1, 99), SMALL, SMALL),
    st.builds(Until, DATES),
    st.builds(Condition, WORDS.filter(lambda text: bool(text.strip()))),
    st.just(Indefinite()),
)
MARKS = st.builds(Mark, st.sampled_from(Level), st.none() | TERMS)
SPANS = st.builds(Span, SMALL, SMALL)
POINTS = st.builds(SecretPoint, MARKS, st.none() | SPANS, WORDS, WORDS, st.lists(WORDS, max_size=2).map(tuple))


def tuples(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(inner, max_size=2).map(tuple)


SOURCES = st.builds(
    Source,
    id=WORDS,
    title=WORDS,
    document_number=WORDS,
    mark=MARKS,
    issued_on=st.none() | DATES,
    points=tuples(POINTS),
    access_scope=WORDS,
    notice=st.none() | TERMS,
    no_notice_on=st.none() | DATES,
    digest=WORDS,
    declassified_on=st.none() | DATES,
    derived_from=tuples(WORDS),
    determination=WORDS,
    notified_on=st.none() | DATES,
)
PROPOSALS = st.builds(
    Proposal,
    digest=WORDS,
    name=WORDS,
    handler=WORDS,
    level=st.none() | st.sampled_from(Level),
    term=st.none() | TERMS,
    origin=st.sampled_from(Origin),
    issued_on=DATES,
    declassify_on=st.none() | DATES,
    access_scope=WORDS,
    derivations=tuples(
        st.builds(Derivation, SOURCES, st.sampled_from(Grounds), tuples(MARKS), tuples(SPANS), WORDS, WORDS)
    ),
    points=tuples(POINTS),
    citations=tuples(st.builds(Citation, WORDS, SPANS, WORDS, WORDS, WORDS, WORDS)),
    basis=tuples(WORDS),
    open_questions=tuples(WORDS),
    kinds=tuples(st.sampled_from(Kind)),
)
DETERMINATIONS = st.builds(
    Determination,
    id=WORDS,
    digest=WORDS,
    name=WORDS,
    mark=MARKS,
    origin=st.sampled_from(Origin),
    handler=WORDS,
    officer=WORDS,
    decided_on=DATES,
    issued_on=DATES,
    declassify_on=st.none() | DATES,
    access_scope=WORDS,
    basis=tuples(WORDS),
    account=WORDS,
    demo=st.booleans(),
    on_behalf_of=WORDS,
)
BY_HINT: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    bool: st.booleans(),
    dt.date: DATES,
    dt.date | None: st.none() | DATES,
    Level | None: st.none() | st.sampled_from(Level),
    Term | None: st.none() | TERMS,
    int: st.integers(0, 999999),
    Mark: MARKS,
    Mark | None: st.none() | MARKS,
    procedure.Ending | None: st.none() | st.sampled_from(procedure.Ending),
    tuple[str, ...]: tuples(WORDS),
    tuple[int, ...]: tuples(st.integers(1, 999999)),
    tuple[publication.Removed, ...]: tuples(st.builds(publication.Removed, WORDS, st.integers(0, 999))),
}


def by_hints(kind: type[Any]) -> st.SearchStrategy[Any]:
    """A dataclass or enumeration of `model.procedure`, field by field."""
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    hints = get_type_hints(kind)
    return st.builds(
        kind, **{name: BY_HINT[hint] if hint in BY_HINT else by_hints(hint) for name, hint in hints.items()}
    )


BY_FIELD: dict[str, st.SearchStrategy[Any]] = {
    "source": SOURCES,
    "proposal": PROPOSALS,
    "determination": DETERMINATIONS,
    "on": DATES,
    "rules": tuples(WORDS),
    "lapses": st.booleans(),
    "received_on": DATES,
    "claims": tuples(by_hints(procedure.Claim)),
    "absence": by_hints(procedure.Absence),
    "consent": by_hints(procedure.Consent),
    "opinion": by_hints(procedure.Opinion),
    "report": by_hints(procedure.Report),
    "answer": by_hints(procedure.Answer),
    "review": by_hints(procedure.Review),
    "notice": by_hints(procedure.Notice),
    "attachment": by_hints(procedure.Attachment),
    "knower": by_hints(procedure.Knower),
    "kind": by_hints(procedure.ChangeKind),
    "ending": by_hints(procedure.Ending),
    "submission": by_hints(publication.Submission),
    "clearance": by_hints(publication.Clearance),
    "incident": by_hints(publication.Incident),
    **dict.fromkeys(("first_serial", "first_index", "count", "serial"), st.integers(1, 999999)),
}


def any_event(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Field by field, by its type, or by its name where the type is one of the model's."""
    chosen = {}
    for name, hint in get_type_hints(kind).items():
        if hint in BY_HINT:
            chosen[name] = BY_HINT[hint]
        else:
            chosen[name] = BY_FIELD[name] if name in BY_FIELD else by_hints(hint)
    return st.builds(kind, **chosen)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(*(any_event(kind.event) for kind in KINDS)))
def test_every_event_comes_back_and_has_one_spelling(event: Event) -> None:
    name, version, payload = encode(event)
    again = decode(name, version, payload)
    assert again == event
    assert encode(again) == (name, version, payload)
    assert canonical(json.loads(payload)) == payload


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOURCES, PROPOSALS, DETERMINATIONS)
def test_model_values_come_back(source: Source, proposal: Proposal, determination: Determination) -> None:
    assert codec.from_text(codec.SOURCE, codec.text_of(codec.SOURCE, source)) == source
    assert codec.from_text(codec.PROPOSAL, codec.text_of(codec.PROPOSAL, proposal)) == proposal
    assert codec.from_text(codec.DETERMINATION, codec.text_of(codec.DETERMINATION, determination)) == determination


def test_every_event_type_has_a_kind() -> None:
    assert {kind.event for kind in KINDS} == set(get_args(Event))
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (Source, codec.SOURCE),
        (Proposal, codec.PROPOSAL),
        (Determination, codec.DETERMINATION),
        (Derivation, codec.DERIVATION),
        (Citation, codec.CITATION),
        (SecretPoint, codec.SECRET_POINT),
        (Mark, codec.MARK),
        *((kind.event, kind.codec) for kind in KINDS),
    ],
)
def test_no_field_of_a_stored_type_is_forgotten(kind: type[Any], columns: Codec[Any]) -> None:
    """A field added to the model without a codec would silently not be kept."""
    with pytest.raises(CodecError, match="不认识的字段 no-such"):
        columns.decode({"no-such": 1})
    known = {spec.name for spec in fields(kind)}
    for name in known:
        try:
            columns.decode({name: {"wrong": "value"}})
        except CodecError as error:
            assert f"不认识的字段 {name}" not in str(error)


def test_a_field_that_holds_its_default_is_left_out() -> None:
    plain = CopiesAllocated("D2026-0001", "ab", 1, 1, 2)
    assert "reissue" not in json.loads(encode(plain)[2])
    assert "reissue" in json.loads(encode(replace(plain, reissue="补制"))[2])


def test_an_old_payload_is_read_through_its_upcasters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 0 of an invented past called the serial `number` and had no path."""
    old = canonical({"determination": "D2026-0001", "number": 7, "sha256": "ab"})

    def rename(payload: events.Payload) -> events.Payload:
        return {**{name: value for name, value in payload.items() if name != "number"}, "serial": payload["number"]}

    def add_path(payload: events.Payload) -> events.Payload:
        return {**payload, "path": "未登记"}

    with pytest.raises(CodecError, match="第0版没有升级办法"):
        decode("copy-made", 0, old)
    read = decode("copy-made", 0, old, {("copy-made", 0): lambda payload: add_path(rename(payload))})
    assert read == CopyMade("D2026-0001", 7, "ab", "未登记")

    later = replace(events._BY_NAME["copy-made"], version=2)
    monkeypatch.setattr(events, "_BY_NAME", {**events._BY_NAME, "copy-made": later})
    read = decode("copy-made", 0, old, {("copy-made", 0): rename, ("copy-made", 1): add_path})
    assert read == CopyMade("D2026-0001", 7, "ab", "未登记")


@pytest.mark.parametrize(
    ("name", "version", "payload", "says"),
    [
        ("no-such-event", 1, b"{}", "由更新的程序写入"),
        ("copy-made", 2, b"{}", "由更新的程序写入"),
        ("copy-made", 1, b"\xff", "不是 JSON"),
        ("copy-made", 1, b"[]", "不是 JSON 对象"),
        ("copy-made", 1, b"{}", "缺少字段"),
        ("copy-made", 1, b'{"determination":1,"serial":1,"sha256":"","path":""}', "此处应是文字"),
        ("copy-made", 1, b'{"determination":"","serial":true,"sha256":"","path":""}', "此处应是整数"),
        ("attempt-refused", 1, b'{"subject":"","rules":"LVL-1","message":""}', "此处应是列表"),
        ("no-notice-recorded", 1, b'{"source":"","on":"2026-13-01","reason":""}', "写法不对"),
        ("no-notice-recorded", 1, b'{"source":"","on":1,"reason":""}', "此处应是文字"),
        ("source-added", 1, b'{"source":[],"fingerprint":""}', "Source 应是对象"),
    ],
)
def test_what_cannot_be_read_says_so(name: str, version: int, payload: bytes, says: str) -> None:
    with pytest.raises(CodecError, match=says):
        decode(name, version, payload)


@pytest.mark.parametrize(
    "term",
    [
        {"for": [0, 0, 0]},
        {"for": [1, 0]},
        {"for": [1, 0, 0], "when": "x"},
        {"until": "2026-02-30"},
        {"until": 7},
        {"when": " "},
        {"indefinite": False},
        {"for ever": True},
        "长期",
    ],
)
def test_a_damaged_term_is_refused(term: codec.Json) -> None:
    with pytest.raises(CodecError):
        codec.TERM.decode(term)


def test_a_damaged_enumeration_and_span_are_refused() -> None:
    with pytest.raises(CodecError, match="没有这样的Level"):
        codec.LEVEL.decode("机密")
    with pytest.raises(CodecError, match="起止两个数"):
        codec.SPAN.decode([1])


def test_text_that_sql_cannot_hold_is_scrubbed() -> None:
    """Undecodable file names arrive as lone surrogates."""
    stored = decode(*encode(CopyMade("D2026-0001", 1, "ab", "a\udcff\x00b")))
    assert isinstance(stored, CopyMade)
    assert stored.path == "a?\N{REPLACEMENT CHARACTER}b"
    assert codec.scrub(stored.path) == stored.path


def row(**changed: Any) -> StoredEvent:
    name, version, payload = encode(CopyMade("D2026-0001", 1, "ab", "x"))
    plain = StoredEvent(
        1,
        "E00000001-0",
        name,
        version,
        "2026-05-10T00:00:00Z",
        "acc",
        "张三",
        False,
        "k",
        payload,
        "0",
        "h",
        "m",
        "SM3",
        "k1",
    )
    return replace(plain, **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"seq": 2},
        {"id": "E2"},
        {"type": "copy-voided"},
        {"version": 2},
        {"at": "2026-05-11T00:00:00Z"},
        {"account": "other"},
        {"person": "李四"},
        {"demo": True},
        {"key": "other"},
        {"payload": b"{}"},
        {"previous": "1"},
        {"algorithm": "SHA-256"},
        {"key_id": "k2"},
    ],
)
def test_the_hash_covers_every_column_before_it(changed: dict[str, Any]) -> None:
    assert row(**changed).sealed() != row().sealed()


def test_columns_cannot_run_into_each_other() -> None:
    assert row(account="a", person="bc").sealed() != row(account="ab", person="c").sealed()
    assert row(account='a","b').sealed() != row(account="a", person="b").sealed()


def test_an_entry_is_the_row_with_its_event_read() -> None:
    entry = row().entry()
    assert (entry.seq, entry.account, entry.person, entry.demo) == (1, "acc", "张三", False)
    assert entry.event == CopyMade("D2026-0001", 1, "ab", "x")


SOURCE = Source("S0001", "题", "号", Mark(Level.MIMI), dt.date(2026, 1, 1))
DAY = dt.date(2026, 5, 10)


@pytest.mark.parametrize(
    "event",
    [
        SourceAdded(SOURCE, "ab"),
        events.MatterProposed("D2026-0001", Proposal("d", "n", "h", None, None, Origin.ORIGINAL, DAY)),
        events.MatterApproved(
            Determination("D2026-0001", "d", "n", Mark(Level.MIMI), Origin.ORIGINAL, "h", "o", DAY, DAY)
        ),
        CopiesAllocated("D2026-0001", "a", 1, 1, 2),
        CopyMade("D2026-0001", 1, "ab", "x"),
        events.CopyVoided("D2026-0001", 1, "卡纸"),
    ],
)
def test_what_may_happen_once_has_one_key(event: Event) -> None:
    assert events.idempotency_key(event, 1) == events.idempotency_key(event, 9)


def test_what_may_recur_has_the_key_of_its_number() -> None:
    again = events.AttemptRefused("D2026-0001", ("REC-1",), "不行")
    assert events.idempotency_key(again, 1) != events.idempotency_key(again, 2)
