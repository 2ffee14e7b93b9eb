"""Tesseract's simplified Chinese model, called as a command, one picture at a time.

One thread (`OMP_THREAD_LIMIT=1`): that is faster a page and leaves the other processors to other files.  What a
picture said is kept in the work folder under the digest of its pixels, so that asking for boxes, or a second run
of the same process, costs nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np

from markpipe.model.document import UnreadReason
from markpipe.model.recognition import Mode, NotRecognisedError, Picture, Recognised, without_rules

LANGUAGE = "chi_sim"
_COMMAND = "tesseract"
_LEAST_CONFIDENCE = 0.0
_WORD_LEVEL = "5"
_NAN = float("nan")


class Tesseract:
    """A recogniser with a time budget (seconds, for all pictures together) and a cache folder."""

    def __init__(self, work: Path, mode: Mode = Mode.AUTO, seconds: float = 100.0) -> None:
        self.mode = mode
        self._cache = work / "ocr"
        self._deadline = time.monotonic() + seconds

    def recognise(self, picture: Picture) -> Recognised:
        """The text of a picture; single lines and blocks alike."""
        if self.mode is Mode.NEVER:
            raise NotRecognisedError(UnreadReason.OCR_OFF)
        image = _image(picture)
        kept = self._cache / hashlib.sha256(b"%d " % picture.dpi + image).hexdigest()
        if kept.is_file():
            return parse_tsv(kept.read_text(encoding="utf-8"))
        answer = self._run(image, picture.dpi)
        self._cache.mkdir(mode=0o700, exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(answer, encoding="utf-8")
        partial.replace(kept)
        return parse_tsv(answer)

    def _run(self, image: bytes, dpi: int) -> str:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise NotRecognisedError(UnreadReason.NO_TEXT, "文字识别的时间已用完，可放宽时限后重读")
        if not available():
            raise NotRecognisedError(UnreadReason.NO_TEXT, "没有安装文字识别程序（tesseract 及 chi_sim）")
        try:
            done = subprocess.run(
                [_COMMAND, "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(dpi), "--psm", "6", "tsv"],
                input=image,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
                timeout=left,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise NotRecognisedError(UnreadReason.NO_TEXT, "文字识别超时") from error
        except (OSError, subprocess.CalledProcessError) as error:
            raise NotRecognisedError(UnreadReason.NO_TEXT, "文字识别没有成功") from error
        return done.stdout.decode("utf-8", "replace")


def _image(picture: Picture) -> bytes:
    pixels = np.frombuffer(picture.samples, dtype=np.uint8).reshape(picture.height, picture.width)
    return b"P5 %d %d 255\n" % (picture.width, picture.height) + without_rules(pixels, picture.dpi).tobytes()


def available() -> bool:
    """Whether the command is there.  Whether it has the model shows when it is called."""
    return shutil.which(_COMMAND) is not None


def parse_tsv(table: str) -> Recognised:
    """Tesseract's table of words as text.  Words of a Chinese line stand together without spaces."""
    chars: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    confidences: list[float] = []
    line: tuple[str, ...] = ()
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != _WORD_LEVEL or float(cells[10]) < _LEAST_CONFIDENCE:
            continue
        word = "".join(cells[11].split())
        if not word:
            continue
        here = tuple(cells[1:5])
        if chars and here != line:
            chars.append("\n")
            boxes.append((_NAN,) * 4)
        elif chars and chars[-1].isascii() and chars[-1].isalnum() and word[0].isascii() and word[0].isalnum():
            chars.append(" ")
            boxes.append((_NAN,) * 4)
        line = here
        left, top, width, height = (float(cell) for cell in cells[6:10])
        step = width / len(word)
        for index, char in enumerate(word):
            chars.append(char)
            boxes.append((left + index * step, top, left + (index + 1) * step, top + height))
        confidences.append(float(cells[10]))
    if chars:
        chars.append("\n")
        boxes.append((_NAN,) * 4)
    mean = sum(confidences) / len(confidences) / 100 if confidences else 0.0
    return Recognised("".join(chars), np.array(boxes, dtype=np.float32).reshape(-1, 4), mean)
