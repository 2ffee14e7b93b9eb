"""Word boundaries by jieba's dictionary: rjieba, or jieba where that is what is installed.

Never fed with the words of a list: a segmenter that knows them would confirm whatever they match.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any


class JiebaBoundary:
    """Loads its dictionary with the first sentence."""

    def words(self, sentence: str) -> Sequence[str]:
        return list(_segmenter().cut(sentence))


@cache
def _segmenter() -> Any:
    try:
        return import_module("rjieba")
    except ImportError:
        import logging

        jieba = import_module("jieba")
        jieba.setLogLevel(logging.WARNING)  # it writes to stderr while it loads
        return jieba
