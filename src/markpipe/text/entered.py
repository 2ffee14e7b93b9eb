"""What people type and keep in tables, in one spelling: names, 文号, 份号.

李　四 is 李四, 省厅发[2026]3号 is 省厅发〔2026〕3号, ０００１１７ is 117.  Brackets in a name stay as they are: they tell two
people of one name apart.  Decides nothing; dates are read in `dates`, marks by `model.classification.parse_mark`.
"""

from __future__ import annotations

import re
import unicodedata

from markpipe.model.carrier import SERIAL_DIGITS

_HAN = "[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")
_YEAR = re.compile(r"\s*[\[(【〔﹝]\s*((?:19|20)\d{2})\s*[\])】〕﹞]\s*")
_BETWEEN = re.compile(r"[、,;\s]+")
_DASH = re.compile(r"[-–—~至]")


def plain_name(text: str) -> str:
    """A person's or unit's name without the blanks that only space it out."""
    seen = _UNSEEN.sub("", text)
    return " ".join(_BETWEEN_HAN.sub("", seen).split())


def plain_document_number(text: str) -> str:
    """A 发文字号 with its year in 〔〕 and ordinary digits (GB/T 9704 7.2.5)."""
    folded = unicodedata.normalize("NFKC", plain_name(text))
    return _YEAR.sub(r"〔\1〕", folded)


def plain_number(text: str) -> str:
    """Digits and signs in their ordinary width, without blanks around them."""
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).strip()


def serial_numbers(text: str) -> tuple[int, ...]:
    """份号 as `117`, `000117、000118` or `101-105`, in their order; `ValueError` in Chinese for anything else."""
    found: list[int] = []
    for part in (part for part in _BETWEEN.split(plain_number(text)) if part):
        ends = _DASH.split(part, maxsplit=1)
        if not all(end.isascii() and end.isdecimal() and len(end) <= SERIAL_DIGITS for end in ends):
            raise ValueError(f"“{part}”不是六位以内的份号或号段，写作 117 或 101-105")
        low, high = int(ends[0]), int(ends[-1])
        if not 0 < low <= high:
            raise ValueError(f"“{part}”不是号段，从小到大写作 101-105，份号从 1 起")
        found += range(low, high + 1)
    if not found:
        raise ValueError("没有写份号")
    if len(set(found)) < len(found):
        raise ValueError(f"“{text.strip()}”里有重复的份号")
    return tuple(found)
