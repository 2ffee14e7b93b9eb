"""The electronic label of a carrier: what it is, by whose decision, for which content, sealed with a key.

保密法第二十二条 asks electronic files to bear their mark; a label says the same to programs.  It is bound to the content
by a digest that does not count our own marks, so that marking, numbering and taking marks off leave it valid, and any
other change, or another file, does not.

::

    Label ──to_bytes──▶ canonical JSON ──sign (a key of the site)──▶ Sealed ──▶ in the file, or beside it as .mark.json

No key and no file is touched here: signing, verifying and digesting are handed in.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Proposal

SCHEMA = "markpipe.label/1"


class LabelState(StrEnum):
    """预标志 from drafting on, 正式标志 once determined, 已解密 at the end."""

    PROPOSED = "预标志"
    DETERMINED = "正式标志"
    DECLASSIFIED = "已解密"


class LabelAnswer(StrEnum):
    """What looking at a file's label answers."""

    VALID = "标签有效"
    MISSING = "没有标签"
    ALTERED_LABEL = "标签被改动"
    ALTERED_CONTENT = "内容与标签不符"


@dataclass(frozen=True, slots=True)
class Label:
    """Level, term, basis, unit, people, dates, copy and secret points; `content` is the digest it is bound to."""

    state: LabelState
    mark: str
    unit: str
    reference: str
    content: str
    handler: str = ""
    officer: str = ""
    decided_on: dt.date | None = None
    issued_on: dt.date | None = None
    declassify_on: dt.date | None = None
    access_scope: str = ""
    basis: tuple[str, ...] = ()
    serial: int | None = None
    points: tuple[tuple[int, int, str], ...] = ()
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """The bytes of a label with a signature over them; algorithm and key are named, so that both can be replaced."""

    label: bytes
    algorithm: str
    key: str
    signature: bytes

    def to_bytes(self) -> bytes:
        """What lies in the file, and beside it as .mark.json."""
        fields = {
            "schema": SCHEMA,
            "label": self.label.decode(),
            "algorithm": self.algorithm,
            "key": self.key,
            "signature": base64.b64encode(self.signature).decode(),
        }
        return _canonical(fields)


def label_of(determination: Determination, unit: str, content: str, serial: int | None = None) -> Label:
    """The 正式标志 of a determined document."""
    return Label(
        LabelState.DETERMINED,
        determination.mark.text,
        unit,
        determination.id,
        content,
        determination.handler,
        determination.officer,
        determination.decided_on,
        determination.issued_on,
        determination.declassify_on,
        determination.access_scope,
        determination.basis,
        serial,
        demo=determination.demo,
    )


def proposed_label(proposal: Proposal, unit: str, content: str, demo: bool) -> Label:
    """The 预标志 of a draft: it names a level and no officer, for nobody has determined anything."""
    level = "" if proposal.level is None else proposal.level.label
    return Label(
        LabelState.PROPOSED,
        level,
        unit,
        proposal.digest,
        content,
        handler=proposal.handler,
        issued_on=proposal.issued_on,
        access_scope=proposal.access_scope,
        basis=proposal.basis,
        points=tuple((p.span.start, p.span.end, p.mark.level.label) for p in proposal.points if p.span is not None),
        demo=demo,
    )


def to_bytes(label: Label) -> bytes:
    """Canonical JSON: sorted keys, no spaces, dates as ISO; the same bytes for the same label."""
    fields: dict[str, Any] = {
        "state": label.state.value,
        "mark": label.mark,
        "unit": label.unit,
        "reference": label.reference,
        "content": label.content,
        "handler": label.handler,
        "officer": label.officer,
        "access_scope": label.access_scope,
        "basis": list(label.basis),
        "serial": label.serial,
        "points": [list(point) for point in label.points],
        "demo": label.demo,
    }
    for name in ("decided_on", "issued_on", "declassify_on"):
        day: dt.date | None = getattr(label, name)
        fields[name] = None if day is None else day.isoformat()
    return _canonical(fields)


def from_bytes(data: bytes) -> Label:
    """Read a label; `ValueError` for anything that `to_bytes` did not write."""
    try:
        fields = json.loads(data)
        days = {name: fields.pop(name) for name in ("decided_on", "issued_on", "declassify_on")}
        label = Label(
            **fields
            | {name: None if day is None else dt.date.fromisoformat(day) for name, day in days.items()}
            | {
                "state": LabelState(fields["state"]),
                "basis": tuple(fields["basis"]),
                "points": tuple((int(start), int(end), str(level)) for start, end, level in fields["points"]),
            }
        )
        if label.state is LabelState.DETERMINED:
            parse_mark(label.mark)
        same = to_bytes(label) == data
    except (TypeError, KeyError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError("不是本程序的标签") from error
    if not same:
        raise ValueError("标签的写法不是规范形式")
    return label


def seal(label: Label, sign: Callable[[bytes], bytes], algorithm: str, key: str) -> Sealed:
    """Sign a label; what is signed names algorithm and key too, so that neither can be swapped."""
    data = to_bytes(label)
    return Sealed(data, algorithm, key, sign(_signed(data, algorithm, key)))


def open_sealed(data: bytes) -> Sealed:
    """Read a sealed label; `ValueError` when it is none.  Nothing is verified yet."""
    try:
        fields = json.loads(data)
        sealed = Sealed(
            fields["label"].encode(),
            str(fields["algorithm"]),
            str(fields["key"]),
            base64.b64decode(fields["signature"], validate=True),
        )
        same = fields["schema"] == SCHEMA and sealed.to_bytes() == data
    except (TypeError, KeyError, AttributeError, UnicodeDecodeError, binascii.Error) as error:
        raise ValueError("不是本程序的标签") from error
    if not same:
        raise ValueError("标签的写法不是规范形式")
    return sealed


def check(
    data: bytes | None, content: str, verify: Callable[[str, str, bytes, bytes], bool]
) -> tuple[LabelAnswer, Label | None]:
    """What a file's label is worth: `content` is the digest of the file, `verify(algorithm, key, message, signature)`.

    The label comes back when it is valid, and when only the content differs: it then says what it was made for.
    """
    if data is None:
        return LabelAnswer.MISSING, None
    try:
        sealed = open_sealed(data)
        label = from_bytes(sealed.label)
    except ValueError:
        return LabelAnswer.ALTERED_LABEL, None
    message = _signed(sealed.label, sealed.algorithm, sealed.key)
    if not verify(sealed.algorithm, sealed.key, message, sealed.signature):
        return LabelAnswer.ALTERED_LABEL, None
    return (LabelAnswer.VALID if label.content == content else LabelAnswer.ALTERED_CONTENT), label


def _signed(label: bytes, algorithm: str, key: str) -> bytes:
    return b"\x00".join((SCHEMA.encode(), algorithm.encode(), key.encode(), label))


def _canonical(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
