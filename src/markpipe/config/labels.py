"""`[labels]` of `markpipe.toml`: with which algorithm electronic labels are signed, and whose labels are trusted.

::

    [labels]
    algorithm = "Ed25519"          # or SM2
    [[labels.trusted]]
    unit = "示例省示例厅"
    algorithm = "Ed25519"
    key = "q83v…="                 # what `markpipe keys public` prints there
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from markpipe.config.reader import Table
from markpipe.marking.label import ED25519, KEY_BYTES


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """Another unit's public key."""

    unit: str
    algorithm: str
    key: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What a site sets for electronic labels."""

    algorithm: str = ED25519
    trusted: tuple[TrustedKey, ...] = ()


def read_labels(table: Table) -> Labels:
    """The table; `ConfigurationError` names file and line of what is wrong."""
    algorithm = table.choice("algorithm", tuple(KEY_BYTES), ED25519)
    trusted = tuple(_trusted(item) for item in table.tables("trusted"))
    table.finish()
    return Labels(algorithm, trusted)


def _trusted(table: Table) -> TrustedKey:
    unit = table.text("unit", required=True)
    algorithm = table.choice("algorithm", tuple(KEY_BYTES), ED25519)
    key = table.text("key", required=True)
    try:
        size = len(base64.b64decode(key, validate=True))
    except (ValueError, binascii.Error):
        size = 0
    if size != KEY_BYTES[algorithm]:
        table.fail("key", f"不是 {algorithm} 公钥", "请对方运行 markpipe keys public，照抄其中的公钥")
    table.finish()
    return TrustedKey(unit, algorithm, key)
