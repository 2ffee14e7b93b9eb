"""How long folding and flagging take: `python benchmarks/detection.py`.  Trust the ratios, not the absolute figures.

Folding against a plain loop over the same characters, one automaton against its size, and a whole document of 10,000
characters with the built-in dictionaries.  All rounds are interleaved; figures are medians.
"""

from __future__ import annotations

import random
import statistics
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pymupdf

from honest import FILES
from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.likeness import lessons
from markpipe.detect.marks import find_citations, find_marks
from markpipe.detect.match import Matcher
from markpipe.detect.vocabulary import Vocabulary
from markpipe.formats.pdf.read import read
from markpipe.formats.plain import text_map
from markpipe.model.document import TextMap
from markpipe.model.limits import Limits
from markpipe.text.build_tables import DATA, read_pairs
from markpipe.text.fold import fold

ROOT = Path(__file__).parents[1]
ROUNDS = 15
LENGTH = 10_000
_SENTENCES = (
    "各区县教育局要认真组织实施，确保各项工作落实到位。",
    "会议研究了下半年重点工作安排，听取了有关部门的汇报。",
    "按照《关于进一步加強管理的通知》要求，現將有关事项通知如下：",
    "一、提高认识，加强领导。二、明确责任，分工协作。",
    "本次考试共设考点１２个，考场３６０个，考生10,800人。",
    "项目总投资2.5亿元，建设期为36个月，由某某公司承建。",
    "联系人：办公室，电话：0000-0000000。",
)
_CHARACTERS = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


def main() -> None:
    """Print the tables."""
    chance = random.Random(7)
    text = document(chance)
    _folding(text)
    _automata(chance, text)
    _whole(text)
    _beside_reading()


def document(chance: random.Random) -> str:
    """Sentences as offices write them, `LENGTH` characters."""
    text = ""
    while len(text) < LENGTH:
        text += "".join(chance.choice(_SENTENCES) for _ in range(4)) + "\n"
    return text[:LENGTH]


def _folding(document: str) -> None:
    variants = read_pairs(DATA / "variants.tsv")
    mapped = TextMap(document * 20)

    def loop() -> object:
        folded, offsets = [], []
        for index, character in enumerate(mapped.text):
            for each in unicodedata.normalize("NFKC", character).casefold():
                folded.append(variants.get(each, each))
                offsets.append(index)
        return "".join(folded), offsets

    quick, plain = _medians(lambda: fold(mapped), loop)
    print(
        f"fold {len(mapped.text)} characters: {quick * 1e3:.1f} ms; plain loop {plain * 1e3:.0f} ms; {plain / quick:.0f} x"
    )


def _automata(chance: random.Random, document: str) -> None:
    folded = fold(TextMap(document * 20))
    runs: dict[int, Callable[[], object]] = {}
    for size in (1_000, 10_000, 100_000):
        vocabulary = Vocabulary()
        while len(vocabulary) < size:
            vocabulary.add("".join(chance.choices(_CHARACTERS, k=chance.randint(3, 7))))
        vocabulary.seen(folded)
        runs[size] = lambda vocabulary=vocabulary: vocabulary.hits(vocabulary.seen(folded))  # type: ignore[misc]
    figures = dict(zip(runs, _medians(*runs.values()), strict=True))
    for size, figure in figures.items():
        print(f"match {len(folded.text)} characters, {size} words: {figure * 1e3:.1f} ms")
    print(f"1,000 -> 100,000 words: {figures[100_000] / figures[1_000]:.2f} x")


def _whole(document: str) -> None:
    catalogues = load_catalogues()
    started = time.perf_counter()
    matcher = Matcher(catalogues, learned=lessons())
    matcher.find(TextMap("试题"), fold(TextMap("试题")))
    print(f"build the automaton of the built-in dictionaries: {(time.perf_counter() - started) * 1e3:.0f} ms")
    mapped = text_map(document)
    folded = fold(mapped)
    steps = {
        "line ends": lambda: text_map(document),
        "fold": lambda: fold(mapped),
        "match": lambda: matcher.find(mapped, folded),
        "marks": lambda: find_marks(mapped, folded),
        "citations": lambda: find_citations(mapped, folded),
    }
    for name, figure in zip(steps, _medians(*steps.values()), strict=True):
        print(f"{LENGTH} characters, {name}: {figure * 1e3:.2f} ms")


def _beside_reading() -> None:
    """Folding, matching, marks and citations against reading, over born-digital files that hide nothing.

    Prose of no interest, ordinary prose in which every paragraph is about something else, a draft with a point on every
    page.
    """
    matcher = Matcher(load_catalogues(), learned=lessons())
    for name, make in (*FILES.items(), ("a hundred subjects", _varied), ("draft with points", _draft)):
        data = make()
        text = read(data, Limits()).text_map

        def detect(text: TextMap = text) -> None:
            folded = fold(text)
            matcher.find(text, folded)
            find_marks(text, folded)
            find_citations(text, folded)

        reading, detecting = _medians(lambda data=data: read(data, Limits()), detect)  # type: ignore[misc]
        share = f"{detecting / reading:.0%}"
        print(f"{name}, {len(text.text)} characters: reading {reading * 1e3:.0f} ms, detecting {share} of that")


def _varied() -> bytes:
    paragraphs = (ROOT / "training" / "prose.txt").read_text(encoding="utf-8").splitlines()[:400]
    document = pymupdf.open()
    for start in range(0, len(paragraphs), 5):
        text = "\n".join(paragraphs[start : start + 5])
        document.new_page().insert_textbox((40, 40, 555, 800), text, fontname="china-s", fontsize=10.5, lineheight=1.3)
    return bytes(document.tobytes(garbage=3, deflate=True))


def _draft() -> bytes:
    document = pymupdf.open()
    for number in range(20):
        page = document.new_page()
        text = "".join(_SENTENCES * 4) + f"第{number}号省统考试题尚未启用，存保密室，不得拍照。"
        page.insert_textbox((72, 72, 523, 760), text, fontname="china-s", fontsize=12, lineheight=1.5)
    return bytes(document.tobytes(garbage=3, deflate=True))


def _medians(*runs: Callable[[], object]) -> list[float]:
    figures: list[list[float]] = [[] for _ in runs]
    for run in runs:
        run()
    for _ in range(ROUNDS):
        for run, times in zip(runs, figures, strict=True):
            started = time.perf_counter()
            run()
            times.append(time.perf_counter() - started)
    return [statistics.median(times) for times in figures]


if __name__ == "__main__":
    main()
