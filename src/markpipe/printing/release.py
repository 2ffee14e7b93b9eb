"""取件码: six digits that belong to an order, known to who ordered it, given at the printer.  Kept nowhere."""

from __future__ import annotations

import hashlib
import hmac

PURPOSE = "print-release"
DIGITS = 6
MOST_WRONG = 5
"""Wrong codes at one printer within an hour, after which it is asked no more."""


def code_of(key: bytes, order: str) -> str:
    """The code of an order; `key` is the site's subkey for `PURPOSE`."""
    number = int.from_bytes(hmac.digest(key, order.encode(), hashlib.sha256)[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"
