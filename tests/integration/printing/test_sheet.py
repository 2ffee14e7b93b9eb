"""How a PDF goes on paper: upright, with room for the mark; read back with poppler, which had no part in it."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from counter import Bench, Pile

from markpipe.errors import OutputError
from markpipe.formats.pdf.sheet import BAND_MM, on_paper
from markpipe.printing.backend import Exit

A4 = (595, 842)
POINT = 72 / 25.4


@dataclass(frozen=True)
class Seen:
    """A page as poppler shows it: the box of each word, in points from the top left."""

    words: dict[str, tuple[float, float, float, float]]


def seen(data: bytes, tmp_path: Path) -> list[Seen]:
    path = tmp_path / "seen.pdf"
    path.write_bytes(data)
    text = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
    number = r'="([\d.-]+)"'
    pages = []
    for page in text.split("<page ")[1:]:
        found = re.findall(rf"<word xMin{number} yMin{number} xMax{number} yMax{number}>(.*?)<", page)
        pages.append(Seen({word: tuple(map(float, box)) for *box, word in found}))  # type: ignore[misc]
    return pages


def page(*words: str, way: int = 0, rotate: int = 0, size: tuple[int, int] = A4, top: float = 60) -> bytes:
    """A page whose lines run `way` degrees counterclockwise, as a filter that turns content leaves them."""
    document = pymupdf.open()
    here = document.new_page(width=size[0], height=size[1])
    corner = {0: (60, top), 90: (top, size[1] - 60), 180: (size[0] - 60, size[1] - top), 270: (size[0] - top, 60)}[way]
    step = {0: (0, 20), 90: (20, 0), 180: (0, -20), 270: (-20, 0)}[way]
    for row, word in enumerate(words):
        at = (corner[0] + row * step[0], corner[1] + row * step[1])
        here.insert_text(at, word, fontsize=12, rotate=way)
    here.set_rotation(rotate)
    return bytes(document.tobytes())


@pytest.mark.parametrize("way", [0, 90, 180, 270])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_text_runs_from_left_to_right_whatever_a_filter_turned(tmp_path: Path, way: int, rotate: int) -> None:
    words = ("first-line", "second-line", "third-line")
    (shown,) = seen(on_paper(page(*words, way=way, rotate=rotate), band=False), tmp_path)
    boxes = [shown.words[word] for word in words]
    assert all(box[2] - box[0] > box[3] - box[1] for box in boxes)
    assert boxes[0][1] < boxes[1][1] < boxes[2][1]


def test_a_page_that_says_nothing_stays_as_it_is() -> None:
    for data in (page(), page("a-word", way=0)):
        assert on_paper(data, band=False) == data
    document = pymupdf.open()
    here = document.new_page()
    here.insert_text((60, 60), "across")
    here.insert_text((60, 600), "upwards", rotate=90)
    both = bytes(document.tobytes())
    assert on_paper(both, band=False) == both


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_band_at_the_top_of_the_first_page_is_empty_and_nothing_is_lost(tmp_path: Path, rotate: int) -> None:
    way = rotate  # upright as displayed
    words = tuple(f"word-{row}" for row in range(20))
    crowded = page(*words, way=way, rotate=rotate, top=12)
    with pikepdf.open(io.BytesIO(crowded)) as pdf, pikepdf.open(io.BytesIO(page("second", top=12))) as more:
        pdf.pages.append(more.pages[0])
        out = io.BytesIO()
        pdf.save(out)
    first, second = seen(on_paper(out.getvalue(), band=True), tmp_path)
    assert first.words.keys() == set(words)
    assert min(box[1] for box in first.words.values()) > BAND_MM * POINT
    width, height = A4 if rotate in (0, 180) else A4[::-1]
    assert all(box[0] > 0 and box[2] < width and box[3] < height for box in first.words.values())
    assert second.words["second"][1] < 20


def test_what_cannot_be_made_smaller_is_refused() -> None:
    with pytest.raises(OutputError, match="太小"):
        on_paper(page("x", size=(100, 150)), band=True)
    document = pymupdf.open()
    document.new_page().add_text_annot((60, 60), "x")
    with pytest.raises(OutputError, match="批注"):
        on_paper(bytes(document.tobytes()), band=True)


def crowded(bench: Bench, name: str) -> tuple[bytes, str]:
    """A matter whose pages have text to the very top, as N-up leaves them."""

    def draft(name: str, pages: int = 1) -> Path:
        path = bench.drafts / name
        path.write_bytes(page(*(f"line-{row} of {name}" for row in range(30)), top=20))
        return path

    plain, bench.draft = bench.draft, draft  # type: ignore[method-assign]
    try:
        return bench.determined(name)
    finally:
        bench.draft = plain  # type: ignore[method-assign]


def test_a_page_without_room_for_the_mark_is_made_smaller_and_printed(bench: Bench, tmp_path: Path) -> None:
    data, number = crowded(bench, "crowded.pdf")
    pile = Pile()
    assert bench.job(pile, data, 2, "crowded") == (Exit.OK, "")
    for serial, (_, sheet) in enumerate(pile.sheets, 1):
        (shown,) = seen(sheet, tmp_path)
        assert f"{serial:06d}" in shown.words
        assert shown.words[f"{serial:06d}"][3] < shown.words["line-0"][1]
        assert {f"line-{row}" for row in range(30)} <= shown.words.keys()
    assert [state for _, state in bench.numbers(number)] == ["在库", "在库"]


def test_after_a_crash_the_rest_is_laid_out_in_the_same_way(bench: Bench, tmp_path: Path) -> None:
    data, _ = crowded(bench, "crowded-again.pdf")
    pile = Pile(away=True)
    assert bench.job(pile, data, 2, "crowded-again")[0] is Exit.RETRY
    pile.away = False
    assert bench.job(pile, data, 2, "crowded-again")[0] is Exit.OK
    places = [seen(sheet, tmp_path)[0].words["line-0"] for _, sheet in pile.sheets]
    assert places[0] == places[1]
