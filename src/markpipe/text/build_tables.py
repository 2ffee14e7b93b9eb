"""Builds `data/fold.npz`, the folding tables that the program loads.

    python -c "from markpipe.text.build_tables import main; main()"

Sources: Unicode's own data as this Python has it (`unicodedata`), `data/radicals.tsv` (Equivalent_Unified_Ideograph:
NFKC knows two of the 115 characters of CJK Radicals Supplement) and `data/variants.tsv` (traditional and variant
characters).  Nothing at run time imports this module: building takes a second, loading a few milliseconds.

A character folds by repeating: compatibility form, radical, case, simplified form, until nothing changes.  Every
character of the result therefore folds to itself, and folding a text twice is the same as folding it once.
"""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import numpy as np

from markpipe.text.tables import Change, CharClass

DATA = Path(__file__).with_name("data")
LAST = 0x110000

_SPACES = dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " ") | {chr(c): " " for c in range(0x2000, 0x200B)}
_LINE_ENDS = dict.fromkeys("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n")
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-")
_STARS = dict.fromkeys("☆✩✪✫✬✭✮✯✰⭐⛤", "★")
_SIGNS = {"\u2236": ":", "\ufe55": ":", "\ua789": ":", "\u301c": "~", "\uff61": "。", "\ufe52": "。", "\u02d7": "-"}
SAME_SIGN = _SPACES | _LINE_ENDS | _DASHES | _STARS | _SIGNS
# shown as nothing, though not of category Cf: variation selectors, fillers, the grapheme joiner, old vowel signs
_ALSO_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\uffa0"
    + "".join(chr(point) for point in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_SENTENCE_ENDS = frozenset("。!?？！")
_CLAUSE_SIGNS = frozenset(",、;:，；：\t")


def read_pairs(path: Path) -> dict[str, str]:
    """A table of one character and what it folds to a line, tab between them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("# "))


class _Folder:
    def __init__(self) -> None:
        self._radicals = read_pairs(DATA / "radicals.tsv")
        self._variants = read_pairs(DATA / "variants.tsv")

    def fold(self, character: str) -> tuple[str, Change]:
        """What one character becomes, and which kinds of change that takes."""
        text, change = character, Change.NONE
        for _ in range(8):
            step, kinds = "", Change.NONE
            for each in text:
                piece, kind = self._step(each)
                step, kinds = step + piece, kinds | kind
            change |= kinds
            if step == text:
                return text, change
            text = step
        raise ValueError(f"U+{ord(character):04X} does not come to rest")

    def _step(self, c: str) -> tuple[str, Change]:
        if c in SAME_SIGN:
            return SAME_SIGN[c], Change.NONE
        if _invisible(c):
            return "", Change.INVISIBLE
        if c in self._radicals:
            return self._radicals[c], Change.RADICAL
        compatible = unicodedata.normalize("NFKC", c)
        if compatible != c:
            return compatible, _compatibility(c, compatible)
        lower = c.casefold()
        if lower != c:
            return lower, Change.CASE
        if c in self._variants:
            return self._variants[c], Change.TRADITIONAL
        return c, Change.NONE


def _invisible(c: str) -> bool:
    return c in _ALSO_INVISIBLE or (unicodedata.category(c) in ("Cf", "Cc") and c not in "\n\t")


def _compatibility(c: str, result: str) -> Change:
    """Full-width signs are how Chinese is punctuated: only letters and digits count as a change worth reporting."""
    if unicodedata.decomposition(c).startswith(("<wide>", "<narrow>")):
        return Change.WIDTH if result.isalnum() else Change.NONE
    return Change.COMPATIBILITY


def char_class(c: str) -> CharClass:
    """What a folded character means to matching; see `CharClass`."""
    if c == "\n":
        return CharClass.BARRIER
    if c in _SENTENCE_ENDS:
        return CharClass.SENTENCE_END
    if c in _CLAUSE_SIGNS:
        return CharClass.CLAUSE
    category = unicodedata.category(c)
    skipped = category[0] in "ZPS" or category in ("Mn", "Me")
    return CharClass.NOISE if skipped else CharClass.WORD


def build() -> dict[str, np.ndarray]:
    """The arrays of `data/fold.npz` (see `tables.Tables.load`)."""
    folder = _Folder()
    points: list[int] = []
    first: list[int] = []
    length: list[int] = []
    change: list[int] = []
    pool: list[int] = []
    class_points: list[int] = []
    classes: list[int] = []
    for point in range(LAST):
        c = chr(point)
        if unicodedata.category(c) in ("Cn", "Co", "Cs"):
            continue
        text, kinds = folder.fold(c)
        if text != c:
            points.append(point)
            first.append(ord(text[0]) if text else 0)
            length.append(len(text))
            change.append(int(kinds))
            if len(text) > 1:
                pool.extend(ord(each) for each in text)
        elif (kind := char_class(c)) is not CharClass.WORD:
            class_points.append(point)
            classes.append(int(kind))
    return {
        "points": np.array(points, np.uint32),
        "first": np.array(first, np.uint32),
        "length": np.array(length, np.uint8),
        "change": np.array(change, np.uint8),
        "pool": np.array(pool, np.uint32),
        "class_points": np.array(class_points, np.uint32),
        "classes": np.array(classes, np.uint8),
        "unicode": np.array([int(part) for part in unicodedata.unidata_version.split(".")], np.uint8),
    }


def main(folder: Path = DATA) -> None:
    """Write the tables beside their sources, or into another folder."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **build())
    (folder / "fold.npz").write_bytes(buffer.getvalue())
