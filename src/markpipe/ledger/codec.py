"""Values of the model as JSON and back, written down field by field, for what is kept for decades.

The rules: keys are sorted, no floats; a field that holds its default is left out, so that a field added to a type
later changes neither old payloads nor their hashes; a key that is not known is an error, never ignored.  Changes
beyond that are for the upcasters of `ledger.events`.  Nothing here knows events or where payloads are stored.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from typing import Any, Generic, TypeVar, assert_never

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

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class CodecError(ValueError):
    """A payload that does not say what its type and version promise; names the field, never its content."""


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """Both directions for one type."""

    encode: Callable[[T], Json]
    decode: Callable[[Json], T]


def canonical(value: Json) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def scrub(text: str) -> str:
    """Text that UTF-8 and SQL can hold: lone surrogates (from undecodable file names) and NUL are replaced."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def _exactly(kind: type[T], name: str) -> Callable[[Json], T]:
    def decode(value: Json) -> T:
        if type(value) is not kind:
            raise CodecError(f"此处应是{name}")
        return value

    return decode


def parsed(encode: Callable[[T], str], decode: Callable[[str], T]) -> Codec[T]:
    """A type with a spelling of its own; what `decode` raises as ValueError becomes a `CodecError`."""

    def checked(value: Json) -> T:
        try:
            return decode(TEXT.decode(value))
        except CodecError:
            raise
        except ValueError:
            raise CodecError("文字的写法不对") from None

    return Codec(encode, checked)


def named(kind: type[E]) -> Codec[E]:
    """An enumeration, by the names of its members: labels may be reworded, names may not."""

    def decode(value: Json) -> E:
        try:
            return kind[TEXT.decode(value)]
        except KeyError:
            raise CodecError(f"没有这样的{kind.__name__}") from None

    return Codec(lambda member: member.name, decode)


def optional(inner: Codec[T]) -> Codec[T | None]:
    """The value or nothing."""
    return Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda value: None if value is None else inner.decode(value),
    )


def many(inner: Codec[T]) -> Codec[tuple[T, ...]]:
    """A tuple of values."""

    def decode(value: Json) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise CodecError("此处应是列表")
        return tuple(inner.decode(item) for item in value)

    return Codec(lambda values: [inner.encode(value) for value in values], decode)


def record(kind: type[T], /, **columns: Codec[Any]) -> Codec[T]:
    """A dataclass, one codec for each of its fields by name."""
    defaults = {spec.name: _default(spec) for spec in fields(kind)}  # type: ignore[arg-type]

    def encode(value: T) -> Json:
        held = {name: getattr(value, name) for name in columns}
        return {name: columns[name].encode(held[name]) for name in columns if held[name] != defaults[name]}

    def decode(value: Json) -> T:
        if not isinstance(value, dict):
            raise CodecError(f"{kind.__name__} 应是对象")
        if unknown := value.keys() - columns.keys():
            raise CodecError(f"{kind.__name__} 有不认识的字段 {'、'.join(sorted(unknown))}")
        if missing := [name for name in columns if name not in value and defaults[name] is MISSING]:
            raise CodecError(f"{kind.__name__} 缺少字段 {'、'.join(missing)}")
        return kind(**{name: columns[name].decode(item) for name, item in value.items()})

    return Codec(encode, decode)


def _default(spec: Field[Any]) -> Any:
    return spec.default if spec.default_factory is MISSING else spec.default_factory()


def read_object(data: bytes) -> dict[str, Json]:
    """The JSON object in some bytes; `CodecError` for anything else."""
    try:
        value = json.loads(data)
    except ValueError:
        raise CodecError("内容不是 JSON") from None
    if not isinstance(value, dict):
        raise CodecError("内容不是 JSON 对象")
    return value


def text_of(codec: Codec[T], value: T) -> str:
    """A value as canonical JSON text, for a column."""
    return canonical(codec.encode(value)).decode()


def from_text(codec: Codec[T], text: str) -> T:
    """A value out of a column that `text_of` filled."""
    return codec.decode(read_object(text.encode()))


def _span(value: Json) -> Span:
    if not (isinstance(value, list) and len(value) == 2):
        raise CodecError("位置应是起止两个数")
    return Span(WHOLE.decode(value[0]), WHOLE.decode(value[1]))


def _encode_term(term: Term) -> Json:
    match term:
        case Duration(years, months, days):
            return {"for": [years, months, days]}
        case Until(day):
            return {"until": DATE.encode(day)}
        case Condition(text):
            return {"when": TEXT.encode(text)}
        case Indefinite():
            return {"indefinite": True}
        case _:
            assert_never(term)


def _decode_term(value: Json) -> Term:
    if not isinstance(value, dict) or len(value) != 1:
        raise CodecError("保密期限应是只有一项的对象")
    ((kind, held),) = value.items()
    try:
        match kind, held:
            case "for", [int(years), int(months), int(days)]:
                return Duration(years, months, days)
            case "until", str():
                return Until(DATE.decode(held))
            case "when", str(text):
                return Condition(text)
            case "indefinite", True:
                return Indefinite()
    except CodecError:
        raise
    except ValueError:
        raise CodecError("保密期限的内容不对") from None
    raise CodecError("没有这样的保密期限")


WHOLE: Codec[int] = Codec(lambda number: number, _exactly(int, "整数"))
FLAG: Codec[bool] = Codec(lambda flag: flag, _exactly(bool, "真假值"))
TEXT: Codec[str] = Codec(scrub, _exactly(str, "文字"))
TEXTS = many(TEXT)
DATE: Codec[dt.date] = parsed(lambda day: day.isoformat(), dt.date.fromisoformat)
SPAN: Codec[Span] = Codec(lambda span: [span.start, span.end], _span)
LEVEL = named(Level)
TERM: Codec[Term] = Codec(_encode_term, _decode_term)
MARK = record(Mark, level=LEVEL, term=optional(TERM))
SECRET_POINT = record(SecretPoint, mark=MARK, span=optional(SPAN), entry=TEXT, item=TEXT, produced_at=TEXTS)
SOURCE = record(
    Source,
    id=TEXT,
    title=TEXT,
    document_number=TEXT,
    mark=MARK,
    issued_on=optional(DATE),
    points=many(SECRET_POINT),
    access_scope=TEXT,
    notice=optional(TERM),
    no_notice_on=optional(DATE),
    digest=TEXT,
    declassified_on=optional(DATE),
    derived_from=TEXTS,
    determination=TEXT,
    notified_on=optional(DATE),
)
DERIVATION = record(
    Derivation,
    source=SOURCE,
    grounds=named(Grounds),
    touched=many(MARK),
    spans=many(SPAN),
    place=TEXT,
    source_place=TEXT,
)
CITATION = record(Citation, id=TEXT, span=SPAN, text=TEXT, answer=TEXT, reason=TEXT, answered_by=TEXT)
ORIGIN = named(Origin)
PROPOSAL = record(
    Proposal,
    digest=TEXT,
    name=TEXT,
    handler=TEXT,
    level=optional(LEVEL),
    term=optional(TERM),
    origin=ORIGIN,
    issued_on=DATE,
    declassify_on=optional(DATE),
    access_scope=TEXT,
    derivations=many(DERIVATION),
    points=many(SECRET_POINT),
    citations=many(CITATION),
    basis=TEXTS,
    open_questions=TEXTS,
    kinds=many(named(Kind)),
)
DETERMINATION = record(
    Determination,
    id=TEXT,
    digest=TEXT,
    name=TEXT,
    mark=MARK,
    origin=ORIGIN,
    handler=TEXT,
    officer=TEXT,
    decided_on=DATE,
    issued_on=DATE,
    declassify_on=optional(DATE),
    access_scope=TEXT,
    basis=TEXTS,
    account=TEXT,
    demo=FLAG,
    on_behalf_of=TEXT,
)
