"""A trained opinion on findings: training a small text classifier, and asking one (or a unit's own spaCy pipeline).

Offline, on the processor, the same model from the same findings.  A model remembers words of what it learned from: it
is kept like the documents themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from markpipe.errors import ConfigurationError
from markpipe.scorers.installed import require

ACCEPTED, RETURNED = "采纳", "退回"
ROUNDS = 20
BATCH = 16
SEED = 7


def train(passages: Sequence[tuple[str, bool]]) -> Any:
    """A pipeline that learned from sentences and whether a person accepted the finding in each."""
    require("dictionary train")
    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed  # type: ignore[attr-defined]

    fix_random_seed(SEED)
    language = spacy.blank("zh")
    classifier: Any = language.add_pipe("textcat", config={"model": _bag_of_words()})
    for label in (ACCEPTED, RETURNED):
        classifier.add_label(label)
    examples = [
        Example.from_dict(language.make_doc(text), {"cats": {ACCEPTED: float(accepted), RETURNED: float(not accepted)}})
        for text, accepted in sorted(passages, key=_shuffled)
    ]
    optimizer = language.initialize(lambda: examples)
    for _ in range(ROUNDS):
        for low in range(0, len(examples), BATCH):
            language.update(examples[low : low + BATCH], sgd=optimizer)
    return language


def _shuffled(passage: tuple[str, bool]) -> bytes:
    """An order that mixes accepted and returned ones, the same every time."""
    return hashlib.sha256(passage[0].encode()).digest()


def _bag_of_words() -> dict[str, Any]:
    """Pairs and triples of characters: enough for the turns of phrase that tell findings apart."""
    return {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 3,
        "no_output_layer": False,
        "length": 65536,
    }


class TrainedScorer:
    """A spaCy pipeline in a folder, loaded with the first sentence.

    Its category 采纳 is the likelihood; a pipeline without that category but with entities says 1.0 where it finds
    one, and has no opinion elsewhere.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _pipeline(self) -> Any:
        require(f"模型 {self._folder}")
        import spacy

        try:
            return spacy.load(self._folder)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise ConfigurationError(
                f"模型 {self._folder} 无法读取（{reason}）",
                "用 markpipe dictionary train 重新训练，或核对 markpipe.toml",
            ) from error

    def likelihood(self, sentence: str) -> float | None:
        document = self._pipeline(sentence)
        if ACCEPTED in document.cats:
            return float(document.cats[ACCEPTED])
        return 1.0 if document.ents else None
