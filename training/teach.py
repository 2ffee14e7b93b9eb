"""Learn from the labelled passages how secret points are worded: `make lessons` writes detect/data/lessons.npz.

Linear models over runs of one to three characters (`markpipe.detect.ngrams`): one says how like a passage is to secret
points at all, some how like it is to each item, one which of its clauses are the point.  Taught with what `material`
reads.

The threshold is where `LOOK_ALIKES` of the look-alikes lie above it, as models judge that were not taught with them.
Same input, same numbers (but for a last digit, where threads add in another order): nothing here is left to chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from markpipe.detect.ngrams import NOTHING, ends_in, ngrams, points_of
from markpipe.text.fold import fold_term
from markpipe.text.squeeze import squeeze
from material import ROOT, Lesson, digest, read

OUTPUT = ROOT / "src" / "markpipe" / "detect" / "data" / "lessons.npz"
LOOK_ALIKES = 0.007
SELDOM = 0.001  # of the points over the threshold, so many have so low a gate that they are given up
NONE = ""  # the entry of what is harmless
FOLDS = 5
RARE = 3  # a run that fewer texts hold is not learned from
FLOOR = 6000.0  # of the squared length: about seventy characters
GENEROUS = 1.0  # rather a clause too many around a point than half of it
KEPT = 6000  # weights an item, the greatest
Matrix = Any  # a scipy.sparse.csr_matrix


def runs(text: str) -> NDArray[np.int64]:
    """The runs of a text, each once: what is said twice is not twice as secret."""
    points = points_of(squeeze(fold_term(text)).text)
    found = ngrams(points, ends_in(points)).ravel()
    return np.unique(found[found != NOTHING])


def count(texts: Sequence[str]) -> Matrix:
    """Which runs stand in each text."""
    found = [runs(text) for text in texts]
    rows = np.repeat(np.arange(len(found)), [len(each) for each in found])
    ones = np.ones(len(rows), np.float32)
    return csr_matrix((ones, (rows, np.concatenate(found))), shape=(len(texts), NOTHING))


def rarity(counts: Matrix) -> NDArray[np.float32]:
    """How rare each run is, as a factor; what no text holds is rarest."""
    factor: NDArray[np.float64] = np.log((1 + counts.shape[0]) / (1 + held_by(counts))) + 1
    return factor.astype(np.float16).astype(np.float32)


def held_by(counts: Matrix) -> NDArray[np.int64]:
    """How many texts hold each run."""
    return np.asarray((counts > 0).sum(axis=0)).ravel()


def scaled(counts: Matrix, rare: NDArray[np.float32], known: NDArray[np.bool_], floor: float = FLOOR) -> Matrix:
    """Rarity of the known runs, each row divided by the length of all its runs as `likeness.Reading` measures it."""
    squares = np.asarray(counts.multiply(rare**2).sum(axis=1)).ravel()
    return (diags(1 / np.sqrt(np.maximum(squares, floor))) @ counts.multiply(rare * known)).tocsr()


def taught(rows: Matrix, labels: NDArray[Any]) -> LinearSVC:
    """The model that tells each label from all others: secret or not (the gate), or the items and what is harmless."""
    return LinearSVC(C=1, class_weight="balanced", random_state=1).fit(rows, labels)


def threshold(rows: Matrix, lessons: Sequence[Lesson], entries: NDArray[np.str_]) -> tuple[float, float]:
    """The threshold, and below what gate hardly a point is over it, by models that were not taught with what they judge.

    Prints what that means for the points.
    """
    secret = entries != NONE
    gates, best = np.zeros(len(lessons)), np.zeros(len(lessons))
    for known, asked in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(rows, secret):
        gates[asked] = taught(rows[known], secret[known]).decision_function(rows[asked])
        model = taught(rows[known], entries[known])
        best[asked] = model.decision_function(rows[asked])[:, model.classes_ != NONE].max(axis=1)
    margins = gates + best
    prose = np.array([lesson.prose for lesson in lessons])
    harmless = margins[~secret & ~prose]
    level = float(np.quantile(harmless, 1 - LOOK_ALIKES))
    over = margins > level
    least = float(np.quantile(gates[secret & over], SELDOM))
    print(f"threshold {level:.2f}, gate {least:.2f}: {np.mean(over[secret]):.1%} of {secret.sum()} points,", end=" ")
    print(
        f"{np.mean(harmless > level):.1%} of {harmless.size} look-alikes, {over[prose].sum()} of {prose.sum()} paragraphs"
    )
    return level, least


def clauses(lessons: Sequence[Lesson], rare: NDArray[np.float32]) -> dict[str, Any]:
    """The weights that tell, in a secret passage, the clauses of the point from those around it."""
    told = [clause for lesson in lessons for clause in lesson.clauses()]
    counts = count([text for text, _ in told])
    known = held_by(counts) >= 2
    model = LogisticRegression(C=3, max_iter=2000).fit(scaled(counts, rare, known, 1.0), [inside for _, inside in told])
    return {
        "clause": np.append(model.coef_[0] * rare * known, 0).astype(np.float16),
        "clause_bias": np.float32(model.intercept_[0] + GENEROUS),
    }


def items(rows: Matrix, entries: NDArray[np.str_]) -> dict[str, Any]:
    """The weights of each item, the greatest of them, in steps of 1/127 of the greatest."""
    model = taught(rows, entries)
    real = model.classes_ != NONE
    weights: NDArray[np.float64] = model.coef_[real]
    least = np.partition(np.abs(weights), -KEPT, axis=1)[:, -KEPT]
    weights = np.where(np.abs(weights) >= least[:, None], weights, 0)
    scales = np.abs(weights).max(axis=1) / 127
    steps = np.rint(weights / scales[:, None]).astype(np.int8)
    held, which = np.nonzero(steps.T)
    return {
        "entries": np.array(model.classes_[real], dtype=str),
        "offsets": model.intercept_[real].astype(np.float32),
        "scales": scales.astype(np.float32),
        "counts": np.bincount(held, minlength=NOTHING + 1).astype(np.uint8),
        "items": which.astype(np.uint8),
        "weights": steps.T[held, which],
    }


def main() -> None:
    """Teach, say what came of it, and write the file."""
    lessons = read()
    counts = count([lesson.text for lesson in lessons])
    rare = rarity(counts)
    known = held_by(counts) >= RARE
    rows = scaled(counts, rare, known)
    entries = np.array([lesson.entry for lesson in lessons])
    level, least = threshold(rows, lessons, entries)
    model = taught(rows, entries != NONE)
    learned = items(rows, entries) | clauses([lesson for lesson in lessons if lesson.entry], rare)
    np.savez_compressed(
        OUTPUT,
        gate=np.append(model.coef_[0] * rare * known, 0).astype(np.float16),
        rarity=np.append(rare, 0).astype(np.float16),
        floor=np.float32(FLOOR),
        bias=np.float32(model.intercept_[0]),
        threshold=np.float32(level),
        least=np.float32(least),
        taught=np.array(digest()),
        **learned,
    )
    print(f"{len(lessons)} lessons, {len(learned['entries'])} items, {OUTPUT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
