"""What stands in a release copy in the place of personal data: the site's policy, entry by entry.

No national rule fixes how many digits are hidden, so a site may say (`config.publication`); by default the middle of
numbers goes, and telephone, address and illness go wholly.  Does not look for personal data: `personal` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from markpipe.detect.personal import ENTRIES, NOTE
from markpipe.model.finding import Finding, Kind
from markpipe.model.publication import Mask

OMITTED = "【略】"


class Treatment(StrEnum):
    """What becomes of a value.  The value is how a policy file writes it."""

    KEEP = "保留"
    MIDDLE = "遮中间"
    REMOVE = "删去"
    SURNAME = "只留姓"


DEFAULTS: Mapping[str, Treatment] = {
    "personal-identity": Treatment.MIDDLE,
    "personal-passport": Treatment.MIDDLE,
    "personal-mobile": Treatment.REMOVE,
    "personal-landline": Treatment.REMOVE,
    "personal-bank-card": Treatment.MIDDLE,
    "personal-unit-code": Treatment.MIDDLE,
    "personal-plate": Treatment.MIDDLE,
    "personal-address": Treatment.REMOVE,
    "personal-email": Treatment.REMOVE,
    "personal-name": Treatment.SURNAME,
    "personal-illness": Treatment.REMOVE,
    "personal-position": Treatment.REMOVE,
}
_SHOWN = {"personal-identity": (6, 4), "personal-bank-card": (4, 4), "personal-plate": (2, 1)}
_SHOWN_ELSE = (2, 2)
_COMPOUND = 4
_TELLING = 6


@dataclass(frozen=True, slots=True)
class Policy:
    """How each entry is treated; entries that are not named are treated as `DEFAULTS` says."""

    treatments: Mapping[str, Treatment] = field(default_factory=dict)

    def of(self, entry: str) -> Treatment:
        """How values of an entry are treated."""
        return self.treatments.get(entry, DEFAULTS[entry])


def masks(findings: tuple[Finding, ...], policy: Policy) -> tuple[Mask, ...]:
    """What the policy takes out of a document: of the personal data that hold it up, all that it does not keep."""
    return tuple(
        Mask(finding.span, finding.text, _instead(finding, policy.of(finding.entry)), ENTRIES[finding.entry])
        for finding in findings
        if finding.kind is Kind.PERSONAL
        and finding.entry in ENTRIES
        and finding.confidence >= NOTE
        and policy.of(finding.entry) is not Treatment.KEEP
    )


def hidden_middle(mask: Mask) -> str:
    """The words to take out where a file cannot show asterisks: the hidden middle of a number, else all of it.

    What is taken out goes at every place of the file, so a middle of few characters, which may say something else
    elsewhere, does not do.
    """
    words, instead = mask.words, mask.replacement
    if len(words) != len(instead) or "*" not in instead:
        return words
    middle = words[instead.index("*") : instead.rindex("*") + 1]
    return middle if sum(map(str.isalnum, middle)) >= _TELLING else words


def rebuilt(mask: Mask) -> str:
    """What stands in the place of masked words in a file that is rebuilt without them (PDF, DOCX)."""
    return mask.words.replace(hidden_middle(mask), OMITTED, 1)


def _instead(finding: Finding, treatment: Treatment) -> str:
    if treatment is Treatment.REMOVE:
        return OMITTED
    text = finding.text
    if treatment is Treatment.SURNAME:
        surname = 2 if len(text) >= _COMPOUND else 1
        return text[:surname] + "某" * min(2, max(1, len(text) - surname))
    head, tail = _SHOWN.get(finding.entry, _SHOWN_ELSE)
    bare = [index for index, character in enumerate(text) if character.isalnum()]
    hidden = set(bare[head : max(head, len(bare) - tail)])
    return "".join("*" if index in hidden else character for index, character in enumerate(text))
