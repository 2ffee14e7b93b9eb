"""份号 and mark at their place on many page geometries: from words (pdftotext) and from ink (Poppler, Ghostscript).

    python benchmarks/soak_marks.py [--keep FOLDER]

Prints one line a geometry and the worst distance from the place; exits 1 when any is over 0.5 mm or the check of the
program finds a problem.  With --keep the marked files stay, for a contact sheet.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pymupdf

from markpipe.formats.pdf.mark import mark
from markpipe.marking.layout import determined
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Origin
from markpipe.proof.marks import check_marks

PLACES = {"000007": (28.0, 37.0), "机密★10年": (28.0, 37.0 + 225 / 22)}
TOLERANCE_MM = 0.5
DPI = 150
A4, A3, LETTER, WIDE = (595.28, 841.89), (841.89, 1190.55), (612.0, 792.0), (841.89, 595.28)


@dataclass(frozen=True)
class Geometry:
    """A page: MediaBox size and origin, crop margins (left, bottom, right, top), rotation, UserUnit, what precedes."""

    name: str
    size: tuple[float, float]
    rotation: int = 0
    origin: tuple[float, float] = (0, 0)
    crop: tuple[float, float, float, float] = (0, 0, 0, 0)
    unit: float = 1
    before: bytes = b""


def geometries() -> Iterator[Geometry]:
    sizes = {"A4": A4, "A4横": WIDE, "A3": A3, "Letter": LETTER}
    boxes = {
        "": {},
        "负原点": {"origin": (-100.0, -50.0)},
        "裁切": {"crop": (30.0, 42.0, 18.0, 25.0)},
    }
    for (size, points), (box, options), rotation in itertools.product(sizes.items(), boxes.items(), (0, 90, 180, 270)):
        yield Geometry(f"{size} {box} {rotation}°", points, rotation, **options)  # type: ignore[arg-type]
    for rotation in (0, 90, 180, 270):
        yield Geometry(f"UserUnit 2 {rotation}°", (A4[0] / 2, A4[1] / 2), rotation, unit=2)
        yield Geometry(f"UserUnit 0.5 {rotation}°", (A4[0] * 2, A4[1] * 2), rotation, unit=0.5)
    for name, before in (("多余的q", b"q 0.4 0 0 0.4 9 9 cm q "), ("多余的Q", b"Q Q "), ("未闭合的标记", b"/S BMC ")):
        yield Geometry(name, A4, before=before)


def build(geometry: Geometry) -> bytes:
    """A page without text where marks go: a line near its middle, whatever way it is turned."""
    with pymupdf.open() as document:
        page = document.new_page(width=geometry.size[0], height=geometry.size[1])
        page.insert_text((geometry.size[0] * 0.42, geometry.size[1] * 0.55), "body text", fontsize=10)
        (x, y), (width, height), crop = geometry.origin, geometry.size, geometry.crop
        box = (x + crop[0], y + crop[1], x + width - crop[2], y + height - crop[3])
        document.xref_set_key(page.xref, "MediaBox", f"[{x} {y} {x + width} {y + height}]")
        document.xref_set_key(page.xref, "CropBox", f"[{' '.join(map(str, box))}]")
        if geometry.unit != 1:
            document.xref_set_key(page.xref, "UserUnit", str(geometry.unit))
        if geometry.before:
            stream = page.get_contents()[0]
            document.update_stream(stream, geometry.before + document.xref_stream(stream))
        page.set_rotation(geometry.rotation)
        return bytes(document.tobytes())


def word_distance(path: Path, unit: float) -> float:
    """The farthest that pdftotext sees a line from its place, in mm."""
    output = subprocess.run(["pdftotext", "-bbox", "-cropbox", path, "-"], capture_output=True, check=True, text=True)
    found = re.findall(r'xMin="([-\d.]+)" yMin="([-\d.]+)"[^>]*>([^<]*)<', output.stdout)
    at = {text: (float(x) * 25.4 / 72 * unit, float(y) * 25.4 / 72 * unit) for x, y, text in found}
    return max(max(abs(a - b) for a, b in zip(at[text], place, strict=True)) for text, place in PLACES.items())


def ink_corner(pixels: np.ndarray, scale: float) -> tuple[float, float]:
    """The left and top of the ink at the head, in mm."""
    top, left = int(32 * scale), int(20 * scale)
    rows, columns = np.nonzero(pixels[top : int(55 * scale), left : int(80 * scale)] < 128)
    return 20 + columns.min() / scale, 32 + rows.min() / scale


def render(path: Path, folder: Path, unit: float) -> dict[str, tuple[float, float]]:
    """Where each renderer puts the ink of the head."""
    subprocess.run(["pdftoppm", "-gray", "-cropbox", "-r", str(DPI), path, folder / "poppler"], check=True)
    (poppler,) = folder.glob("poppler*.pgm")
    corners = {"Poppler": ink_corner(_pixels(poppler), DPI / 25.4 / unit)}
    if shutil.which("gs"):
        options = ["-dBATCH", "-dNOPAUSE", "-q", "-dSAFER", "-sDEVICE=pgmraw", "-dUseCropBox", "-dTextAlphaBits=4"]
        subprocess.run(["gs", *options, f"-r{DPI}", f"-sOutputFile={folder / 'gs.pgm'}", path], check=True)
        corners["Ghostscript"] = ink_corner(_pixels(folder / "gs.pgm"), DPI / 25.4)
    return corners


def _pixels(path: Path) -> np.ndarray:
    data = path.read_bytes()
    head = re.match(rb"P5\s+(?:#[^\n]*\s+)?(\d+)\s+(\d+)\s+255\s", data)
    assert head
    return np.frombuffer(data, np.uint8, offset=head.end()).reshape(int(head[2]), int(head[1]))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=Path)
    keep = parser.parse_args().keep
    day = dt.date(2026, 5, 10)
    decided = Determination(
        "D2026-0001", "0" * 64, "稿", parse_mark("机密★10年"), Origin.ORIGINAL, "张三", "李四", day, day
    )
    plan = determined(decided, 7)
    reference: dict[str, tuple[float, float]] = {}
    worst: dict[str, float] = {}
    problems = count = 0
    for geometry in geometries():
        count += 1
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = folder / "稿.pdf"
            path.write_bytes(mark(build(geometry), plan).data)
            found = check_marks(path, plan)
            distances = {"pdftotext": word_distance(path, geometry.unit)}
            for renderer, corner in render(path, folder, geometry.unit).items():
                # The ink of 0 and 机 begins a little inside the em box: the first page says how much, for all renderers.
                base = reference.setdefault("ink", corner)
                distances[renderer] = max(abs(a - b) for a, b in zip(corner, base, strict=True))
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, keep / f"{count:02d}.pdf")
        for who, distance in distances.items():
            worst[who] = max(worst.get(who, 0.0), distance)
        bad = bool(found) or max(distances.values()) > TOLERANCE_MM
        problems += bad
        shown = "  ".join(f"{who} {distance:.2f}" for who, distance in distances.items())
        print(f"{'坏' if bad else '好'}  {geometry.name:<16}{shown}  {'；'.join(found)}")
    print(
        f"{count} 种版面，{problems} 种有问题；首页墨迹左上角 {reference['ink'][0]:.2f}, {reference['ink'][1]:.2f} 毫米"
    )
    print("最大偏差（毫米）：" + "，".join(f"{who} {distance:.2f}" for who, distance in worst.items()))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
