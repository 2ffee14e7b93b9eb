"""All rules by id, and violations made from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from markpipe.classify.rulebook.carriers import CARRIERS
from markpipe.classify.rulebook.deciding import DECIDING
from markpipe.classify.rulebook.entry import Rule
from markpipe.model.decision import Violation

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in (*DECIDING, *CARRIERS)})


def violation(rule: str, message: str) -> Violation:
    """A violation of a rule of the table, with its article."""
    return Violation(rule, message, RULES[rule].article)
