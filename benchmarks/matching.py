"""Folding and matching beside what else could be used, in one run: `python benchmarks/matching.py`.

Over the same office text and the same random words: our folding against a plain loop, our matcher (daachorse over squeezed
text) at 1,000 to 100,000 words against ahocorasick_rs, pyahocorasick, spaCy's PhraseMatcher and jieba's cut with a set.
Rounds are interleaved and figures are the least of them, which other load disturbs least; exits 1 where a ratio that the documentation claims does not hold.
"""

from __future__ import annotations

import random
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping

import ahocorasick  # type: ignore[import-not-found]
import ahocorasick_rs
import rjieba
import spacy
from spacy.matcher import PhraseMatcher

from detection import document
from markpipe.config.resources import dictionaries_dir
from markpipe.detect.vocabulary import occurrences_in, prepared
from markpipe.model.document import TextMap
from markpipe.text.build_tables import DATA, read_pairs
from markpipe.text.fold import fold

LENGTH = 200_000
SIZES = (1_000, 10_000, 100_000)
ROUNDS = 5
CLAIMS = {"fold": 15.0, "ahocorasick_rs": 1.5, "pyahocorasick": 8.0}
GROWTH = 3.0


def main() -> int:
    """Print the table; 0 where every claim holds."""
    chance = random.Random(7)
    characters = _characters()
    text = document(chance) * (LENGTH // 10_000)
    return max(_folding(text), _matching(chance, characters, text))


def _characters() -> list[str]:
    """The Chinese characters that the built-in dictionaries are written with."""
    written = "".join(path.read_text(encoding="utf-8") for path in sorted(dictionaries_dir().glob("*.toml")))
    return sorted({character for character in written if "\u4e00" <= character <= "\u9fff"})


def _folding(text: str) -> int:
    variants = read_pairs(DATA / "variants.tsv")
    mapped = TextMap(text)

    def loop() -> object:
        folded, offsets = [], []
        for index, character in enumerate(mapped.text):
            for each in unicodedata.normalize("NFKC", character).casefold():
                folded.append(variants.get(each, each))
                offsets.append(index)
        return "".join(folded), offsets

    figures = _least({"fold": lambda: fold(mapped), "loop": loop})
    ratio = figures["loop"] / figures["fold"]
    print(
        f"fold {LENGTH} characters: {figures['fold'] * 1e3:.2f} ms; plain loop {ratio:.0f} x (claim {CLAIMS['fold']} x)"
    )
    return int(ratio < CLAIMS["fold"])


def _matching(chance: random.Random, characters: list[str], text: str) -> int:
    failed = 0
    ours: dict[int, float] = {}
    for size in SIZES:
        words = sorted({"".join(chance.choices(characters, k=chance.randint(3, 7))) for _ in range(size)})
        figures = _least(_matchers(words, text))
        ours[size] = figures["ours"]
        told = ", ".join(f"{name} {figure / ours[size]:.1f} x" for name, figure in figures.items() if name != "ours")
        print(f"match {LENGTH} characters, {len(words)} words: {ours[size] * 1e3:.2f} ms; {told}")
        if size == SIZES[-1]:
            failed = int(any(figures[name] / ours[size] < CLAIMS[name] for name in figures if name in CLAIMS))
    growth = ours[SIZES[-1]] / ours[SIZES[0]]
    print(f"{SIZES[0]} -> {SIZES[-1]} words: {growth:.2f} x (claim below {GROWTH} x)")
    return max(failed, int(growth >= GROWTH))


def _matchers(words: list[str], text: str) -> Mapping[str, Callable[[], object]]:
    """Each builds nothing while it is measured."""
    machine = prepared(words)
    rust = ahocorasick_rs.AhoCorasick(words)
    c = ahocorasick.Automaton()
    for number, word in enumerate(words):
        c.add_word(word, number)
    c.make_automaton()
    language = spacy.blank("zh")
    phrases = PhraseMatcher(language.vocab)
    phrases.add("words", [language.make_doc(word) for word in words[:10_000]])
    listed = set(words)
    return {
        "ours": lambda: occurrences_in(machine, text),
        "ahocorasick_rs": lambda: rust.find_matches_as_indexes(text, overlapping=True),
        "pyahocorasick": lambda: list(c.iter(text)),
        "spaCy PhraseMatcher (up to 10,000 words)": lambda: phrases(language.make_doc(text)),
        "jieba cut + set": lambda: [word for word in rjieba.cut(text) if word in listed],
    }


def _least(runs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    figures: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = time.perf_counter()
            run()
            figures[name].append(time.perf_counter() - started)
    return {name: min(times) for name, times in figures.items()}


if __name__ == "__main__":
    sys.exit(main())
