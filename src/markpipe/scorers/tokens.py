"""Token rules by spaCy's matcher over `spacy.blank("zh")`, which makes each character a token.

Loaded with the first sentence in which everything else of a pattern holds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from markpipe.errors import ConfigurationError
from markpipe.scorers.installed import require


class SpacyTokenRules:
    """Token patterns as spaCy writes them: https://spacy.io/api/matcher."""

    def find(self, rules: Sequence[str], sentence: str) -> Sequence[tuple[int, int]]:
        language, matcher = _matcher(tuple(rules))
        found = []
        for span in matcher(language.make_doc(sentence), as_spans=True):
            found.append((span.start_char, span.end_char))
        return sorted(found)


@cache
def _language() -> Any:
    require("token_pattern")
    import spacy

    return spacy.blank("zh")


@cache
def _matcher(rules: tuple[str, ...]) -> tuple[Any, Any]:
    language = _language()
    from spacy.matcher import Matcher

    matcher = Matcher(language.vocab)
    try:
        matcher.add("rule", [json.loads(rule) for rule in rules])
    except ValueError as error:
        raise ConfigurationError(
            f"词典里的 token_pattern 不是 spaCy 认得的写法（{str(error).splitlines()[0]}）",
            "写法见 docs/dictionaries.md",
        ) from error
    return language, matcher
