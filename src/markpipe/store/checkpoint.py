"""检查点: how far the register went at one moment, signed, to be printed or kept elsewhere.

The chain names what came before, never what comes after: events cut off at its end leave no trace in it.  A checkpoint
kept outside does: the register must still hold that event, with that hash.  It is a few lines of text that can be read
back from a file or typed in from paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from markpipe.errors import UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.codec import canonical
from markpipe.store.log import FIRST_PREVIOUS, head
from markpipe.store.schema import events

TITLE = "markpipe 台账检查点"
_LABELS = {
    "register": "台账",
    "seq": "末条序号",
    "hash": "末条杂凑值",
    "at": "时间（UTC）",
    "algorithm": "算法",
    "key_id": "密钥",
    "mac": "鉴别码",
}
_GROUP = 8


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`register` is the hash of the first event, `seq` and `hash` are the last one's, `mac` is over all before it."""

    register: str
    seq: int
    hash: str
    at: str
    algorithm: str
    key_id: str
    mac: str = ""

    def signed(self) -> bytes:
        """The bytes that the MAC covers."""
        return canonical(["checkpoint", self.register, self.seq, self.hash, self.at, self.algorithm, self.key_id])


def take(connection: sa.Connection, keyring: Keyring, at: str) -> Checkpoint:
    """The checkpoint of this moment."""
    seq, last = head(connection)
    plain = Checkpoint(_first(connection), seq, last, at, keyring.algorithm, keyring.current_id)
    mac = keyring.mac(plain.signed()).hex()
    return Checkpoint(plain.register, seq, last, at, plain.algorithm, plain.key_id, mac)


def checkpoint_problems(connection: sa.Connection, keyring: Keyring, kept: Checkpoint) -> Iterator[str]:
    """Where the register does not go on from the checkpoint."""
    where = f"检查点（第{kept.seq}号事件，{kept.at}）"
    try:
        mac = bytes.fromhex(kept.mac)
    except ValueError:
        mac = b""
    if not keyring.verify(kept.key_id, kept.signed(), mac, kept.algorithm):
        yield f"{where}的鉴别码不对：抄写有误，或不是本站点的检查点"
        return
    if kept.seq and kept.register != _first(connection):
        yield f"{where}不是这个台账的：第一条事件不同"
        return
    last, _ = head(connection)
    if last < kept.seq:
        yield f"台账只到第{last}号事件，{where}之前的 {kept.seq - last} 条被截去"
        return
    found = connection.execute(sa.select(events.c.hash).where(events.c.seq == kept.seq)).scalar_one_or_none()
    if kept.seq and found != kept.hash:
        yield f"第{kept.seq}号事件与{where}不同：此前的事件被改写"


def spelled(kept: Checkpoint) -> str:
    """The lines for a file or for paper; long values in groups that can be typed."""
    values = {name: _grouped(str(getattr(kept, name))) for name in _LABELS}
    return "\n".join([TITLE, *(f"{label}：{values[name]}" for name, label in _LABELS.items()), ""])


def read(text: str, name: str) -> Checkpoint:
    """A checkpoint from its lines, whatever the spacing; `UsageError` names what is missing."""
    held = {}
    for line in text.splitlines():
        label, *rest = re.split("[:：]", line, maxsplit=1)
        if rest:
            held[label.strip()] = rest[0]
    found = {field: "".join(held.get(label, "").split()) for field, label in _LABELS.items()}
    missing = [_LABELS[field] for field, value in found.items() if not value]
    if missing or not found["seq"].isdecimal():
        raise UsageError(
            f"{name} 不是完整的台账检查点（{'、'.join(missing) or _LABELS['seq']}）",
            "用 register checkpoint 写出的文件，或照打印件逐行录入",
        )
    words = {field: value for field, value in found.items() if field != "seq"}
    return Checkpoint(seq=int(found["seq"]), **words)


def _first(connection: sa.Connection) -> str:
    found = connection.execute(sa.select(events.c.hash).order_by(events.c.seq).limit(1)).scalar_one_or_none()
    return FIRST_PREVIOUS if found is None else str(found)


def _grouped(value: str) -> str:
    if len(value) < 4 * _GROUP:
        return value
    return " ".join(value[start : start + _GROUP] for start in range(0, len(value), _GROUP))
