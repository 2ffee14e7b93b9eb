"""Whether text that one PDF page has and another has not could be seen on the first: asked of Poppler alone.

::

    pdftotext -bbox   words and boxes of both pages ──▶ words of the source that lost characters
    pdftoppm          both pages as pictures        ──▶ alike, outside the words that were to be removed?
                                                        a lost word's box alike, and blank or all other words' ink?

A pixel is alike where the pixels around it in the other picture have about its shade: smoothing differs where outlines
were written anew.  Note icons may go, so the source counts with and without annotations.  Nothing of the product is used.
"""

from __future__ import annotations

import html
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_DPI = 250
_NEAR = 3
_RIM = 2
_UNLIKE, _UNLIKE_IN_WORD = 170, 60  # hairlines come out black or grey
_BLANK = 24
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', re.DOTALL)
Grey = NDArray[np.uint8]
Normal = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its box in pixels: left, top, right, bottom."""

    text: str
    box: tuple[int, int, int, int]

    def part(self, rim: int = 0) -> tuple[slice, slice]:
        left, top, right, bottom = self.box
        return slice(max(0, top - rim), max(0, bottom + rim)), slice(max(0, left - rim), max(0, right + rim))

    def meets(self, other: Word) -> bool:
        """Whether the boxes share more than half of the lesser width and height: neighbours touch."""
        one, two = self.box, other.box
        return all(
            2 * (min(one[n + 2], two[n + 2]) - max(one[n], two[n])) > min(one[n + 2] - one[n], two[n + 2] - two[n])
            for n in (0, 1)
        )


def words(path: Path, page: int) -> list[Word]:
    """The words of a page by pdftotext, in its order."""
    command = ["pdftotext", "-bbox", "-cropbox", "-f", str(page), "-l", str(page), str(path), "-"]
    said = subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace")
    found = []
    for *corners, text in _WORD.findall(said):
        left, top, right, bottom = (float(corner) * _DPI / 72 for corner in corners)
        found.append(Word(html.unescape(text), (int(left), int(top), int(right) + 1, int(bottom) + 1)))
    return found


def drawn(path: Path, page: int, *options: str) -> Grey:
    """A page in grey, shape (height, width), by pdftoppm; empty where it cannot be drawn."""
    command = ["pdftoppm", "-cropbox", "-r", str(_DPI), "-gray", *options, "-f", str(page), "-l", str(page), str(path)]
    data = subprocess.run(command, capture_output=True, check=False).stdout
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    if head is None:
        return np.zeros((0, 0), np.uint8)
    width, height = int(head[1]), int(head[2])
    return np.frombuffer(data, np.uint8, width * height, head.end()).reshape(height, width)


def touched(found: list[Word], gone: re.Pattern[str], normal: Normal) -> list[Word]:
    """The words that a removal reaches: a match may run on from one to the next."""
    texts = [normal(word.text) for word in found]
    owner = [place for place, text in enumerate(texts) for _ in text]
    places = {owner[at] for match in gone.finditer("".join(texts)) for at in range(*match.span())}
    return [found[place] for place in sorted(places)]


def unlike(one: Grey, other: Grey, shades: int) -> NDArray[np.bool_]:
    """Where two pictures differ; everywhere when their sizes do."""
    if one.shape != other.shape or not one.size:
        return np.ones((1, 1), np.bool_)
    return _beyond(one, other, shades) | _beyond(other, one, shades)


def _beyond(one: Grey, other: Grey, shades: int) -> NDArray[np.bool_]:
    """Pixels that are darker or lighter than all around them in the other picture."""
    height, width = other.shape
    wide = np.pad(other, _NEAR, mode="edge").astype(np.int16)
    steps = range(2 * _NEAR + 1)
    around = [wide[y : y + height, x : x + width] for y in steps for x in steps]
    found: NDArray[np.bool_] = (one < np.minimum.reduce(around) - shades) | (one > np.maximum.reduce(around) + shades)
    return found


def looks_alike(source: Path, out: Path, page: int, aside: list[Word], shades: int = _UNLIKE) -> NDArray[np.bool_]:
    """Where (height, width) a page looks as it did, with its annotations or without; places that are set `aside` do."""
    after = drawn(out, page)
    differs = unlike(drawn(source, page), after, shades)
    if differs.any():
        differs &= unlike(drawn(source, page, "-hide-annotations"), after, shades)
    for word in aside:
        differs[word.part(_RIM + (word.box[3] - word.box[1]) // 4)] = False
    return ~differs


def why_unseen(source: Path, out: Path, page: int, gone: re.Pattern[str], normal: Normal) -> str:
    """What stands where words were lost of a page that looks as it did; an empty answer where it does not.

    `gone` matches what was to be removed, `normal` folds text before characters are compared.
    """
    before, after = words(source, page), words(out, page)
    aside = touched(before, gone, normal)
    if not looks_alike(source, out, page, aside).all():
        return ""
    alike, picture = looks_alike(source, out, page, aside, _UNLIKE_IN_WORD), drawn(out, page)
    answers = set()
    for word in before:
        here = [other for other in after if word.meets(other)]
        said = Counter(normal("".join(other.text for other in here)))
        lost = Counter(normal(word.text)) - said
        if word in aside or not lost:
            continue
        if not alike[word.part()].all():
            return ""
        answers.add(_standing(word, here, picture))
    return ", ".join(sorted(answers))


def _standing(word: Word, here: list[Word], picture: Grey) -> str:
    """What is to be seen where a lost word is said to be, in the picture of the page without it."""
    own = np.zeros(picture.shape, np.bool_)
    own[word.part()] = True
    for other in here:
        own[other.part(1)] = False
    ink = picture[own]
    if not ink.size or int(ink.max()) - int(ink.min()) <= _BLANK:
        return "other words" if here else "blank"
    return "a picture or rules"
