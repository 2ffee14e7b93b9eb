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
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Proposal, SecretPoint

SCHEMA = "markpipe.label/1"
ED25519, SM2 = "Ed25519", "SM2"
KEY_BYTES = {ED25519: 32, SM2: 64}
"""The signature algorithms that a label may name, and how long a raw public key is."""
_DIGESTS = {"SM3": "sm3", "SHA-256": "sha256"}


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
    UNTRUSTED = "标签的签名密钥不在信任名单里"


@dataclass(frozen=True, slots=True)
class Label:
    """Level, term, basis, unit, people, dates, copy and secret points.

    `content` is the digest it is bound to, behind the name of its algorithm: SM3:….  `points` are (start, end, level) in
    the document's text.
    """

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
    """The bytes of a label with a signature over them.

    The algorithm is named and the public key comes along, so that a label made by a key that nobody here trusts can be
    told from one that was altered.
    """

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


def label_of(
    determination: Determination,
    unit: str,
    content: str,
    serial: int | None = None,
    points: Sequence[SecretPoint] = (),
    state: LabelState = LabelState.DETERMINED,
) -> Label:
    """The 正式标志 of a determined document, or the label of one that was declassified since."""
    return Label(
        state,
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
        _spans(points),
        determination.demo,
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
        points=_spans(proposal.points),
        demo=demo,
    )


def _spans(points: Sequence[SecretPoint]) -> tuple[tuple[int, int, str], ...]:
    return tuple((p.span.start, p.span.end, p.mark.level.label) for p in points if p.span is not None)


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
        if label.state is not LabelState.PROPOSED:
            parse_mark(label.mark)
        same = to_bytes(label) == data
    except (TypeError, KeyError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError("不是本程序的标签") from error
    if not same:
        raise ValueError("标签的写法不是规范形式")
    return label


class SealedBy(Protocol):
    """What seals a label: the name of an algorithm, a public key as text, and the private one behind `sign`."""

    @property
    def algorithm(self) -> str: ...
    @property
    def public(self) -> str: ...
    @property
    def sign(self) -> Callable[[bytes], bytes]: ...


def seal(label: Label, by: SealedBy) -> Sealed:
    """Sign a label; what is signed names algorithm and key too, so that neither can be swapped."""
    data = to_bytes(label)
    return Sealed(data, by.algorithm, by.public, by.sign(_signed(data, by.algorithm, by.public)))


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


def new_digest(algorithm: str) -> hashlib._Hash:
    """A running digest by the name that a label gives; `ValueError` for one that is not known or not to be had here."""
    if algorithm not in _DIGESTS:
        raise ValueError(f"不认识摘要算法“{algorithm}”")
    return hashlib.new(_DIGESTS[algorithm])


def content_algorithm(data: bytes | None, otherwise: str) -> str:
    """The algorithm of the digest that a sealed label is bound to; `otherwise` where nothing says."""
    try:
        name, separator, _ = from_bytes(open_sealed(data or b"").label).content.partition(":")
    except ValueError:
        return otherwise
    return name if separator else otherwise


def check(
    data: bytes | None,
    content: str,
    verify: Callable[[str, str, bytes, bytes], bool],
    trusted: Callable[[str, str], bool],
) -> tuple[LabelAnswer, Label | None]:
    """What a file's label is worth: `content` is the digest of the file, `verify(algorithm, key, message, signature)`.

    The label comes back unless it was altered.  When only the content differs it says what it was made for; when
    its key is not trusted, nothing that it says is to be relied on.
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
    if not trusted(sealed.algorithm, sealed.key):
        return LabelAnswer.UNTRUSTED, label
    return (LabelAnswer.VALID if label.content == content else LabelAnswer.ALTERED_CONTENT), label


def _signed(label: bytes, algorithm: str, key: str) -> bytes:
    return b"\x00".join((SCHEMA.encode(), algorithm.encode(), key.encode(), label))


def _canonical(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
