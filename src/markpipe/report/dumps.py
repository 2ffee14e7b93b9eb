"""JSON as every command prints it: sorted keys, the same bytes for the same input, nothing that does not show.

Light on purpose: a command that answers a few fields does not load the reports.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def dumps(answer: Mapping[str, Any]) -> str:
    """One JSON object with sorted keys, ending with a line end.

    Characters that do not show (controls, direction overrides, lone surrogates) are escaped, so that the text can be
    printed on a terminal and encoded as UTF-8; they are the same characters when read back.
    """
    text = json.dumps(dict(answer), ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    odd = {ord(char): _escaped(char) for char in set(text) if not char.isprintable() and char not in "\n\u3000"}
    return text.translate(odd)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
