"""How the built-in dictionaries do on the labelled set: `python benchmarks/labelled.py [--wrong] [--words] [FILE…]`.

Files are those of `tests/detection` (default: all, those kept apart by themselves).  `--wrong` tells each miss, but of
the files kept apart only the figures: whoever reads those can no longer measure with them.  `--words`: by the words of
dictionaries alone, without likeness.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "resources"))

from detection_set import LINE_BREAK, NOISE, SET, Tally, disturbed, read, tally

from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.likeness import lessons
from markpipe.detect.trial import Trial


def main(names: list[str], *, wrong: bool, words_only: bool) -> None:
    """Print the figures of each file, and of each kind of noise over the passages that may be looked at."""
    trial = Trial(load_catalogues(), learned=None if words_only else lessons())
    for name in names or sorted(path.name for path in SET.glob("*.jsonl")):
        counts = tally(trial, read(name))
        _tell(name, counts)
        if wrong and "apart" not in name:
            print(*(f"  {line}" for line in counts.wrong), sep="\n")
    if names:
        return
    passages = read("passages.jsonl")
    for noise in (*NOISE, LINE_BREAK):
        _tell(f"passages, {noise}", tally(trial, list(disturbed(passages, noise))))


def _tell(name: str, counts: Tally) -> None:
    shares = (
        ("points found", counts.found, counts.points),
        ("half covered", counts.covered, counts.points),
        ("level right", counts.level_right, counts.levelled),
        ("no level, rightly", counts.null_right, counts.without),
        ("harmless flagged", counts.flagged, counts.harmless),
    )
    told = (f"{words} {part}/{whole} ({part / whole:.1%})" for words, part, whole in shares if whole)
    print(f"{name}: {'; '.join(told)}")


if __name__ == "__main__":
    main(
        [argument for argument in sys.argv[1:] if not argument.startswith("--")],
        wrong="--wrong" in sys.argv,
        words_only="--words" in sys.argv,
    )
