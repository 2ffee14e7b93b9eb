"""Numbers as documents write them, read as values: 五万, 5万, 拾年, 二〇二六; scales 1:5万 = 1∶50000 = 五万分之一.

Expects folded text (`fold`): digits and colons are half-width there.  Knows no units but 万, 亿 and 千; those of measures
belong to whoever asks (`detect.conditions`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = {
    **dict(zip("零〇○一二三四五六七八九", (0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖两", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True)),
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_HAN = "".join(_DIGITS) + "".join(_TENS)
HAN_NUMERAL = f"[{_HAN}万亿]+"
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# what may stand where a number stands: 50000, 5万, 2.5万, 五万, 一百二十
NUMBER = rf"(?:(?:{ARABIC})\s?[千万亿]?|[{_HAN}][{_HAN}万亿点]*)"
_SMALLEST = 100  # 百分之一 is a percentage
_NUMBER = re.compile(rf"(?P<arabic>{ARABIC})\s?(?P<unit>[千万亿]?)|(?P<han>[{_HAN}][{_HAN}万亿点]*)", re.ASCII)
_SCALE = re.compile(
    rf"(?:(?<![\d.])(?<!\d:)|(?<=[图表件]\d:))[1一]\s?[:比]\s?(?P<ratio>{NUMBER})(?!\s?:)(?![\d.])|(?P<fraction>{NUMBER}|万)分之一",
    re.ASCII,
)


def parse_chinese(text: str) -> int:
    """The value of a Chinese numeral, spelled with units (三百二十) or digit by digit (二〇二六); `ValueError` else."""
    if not text or not re.fullmatch(HAN_NUMERAL, text):
        raise ValueError(f"“{text}”不是中文数字")
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = 0
    digit: int | None = None
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character] if digit in (None, 0) else _two_digits(text)
        elif character in _TENS:
            section += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            section += digit or 0
            myriad = _MYRIADS[character]
            above = total // myriad * myriad  # 两亿三千万: 万 counts what stands behind 亿, 亿 all before it
            total = above + (total - above + section or 1) * myriad
            section, digit = 0, None
    return total + section + (digit or 0)


def _two_digits(text: str) -> int:
    raise ValueError(f"“{text}”不是完整的中文数字")


def parse_number(text: str) -> float:
    """The value of a number in any of these spellings; `ValueError` where it is none."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"“{text}”不是数字")
    if match["han"]:
        whole, point, rest = match["han"].partition("点")
        if not point:
            return float(parse_chinese(whole))
        unit = rest[-1:] if rest[-1:] in _MYRIADS else ""
        decimals = "".join(str(_DIGITS[character]) for character in rest.removesuffix(unit))
        return float(f"{parse_chinese(whole)}.{decimals}") * _MYRIADS.get(unit, 1)
    value = float(match["arabic"].replace(",", ""))
    return value * {"": 1, "千": 1000, **_MYRIADS}[match["unit"]]


@dataclass(frozen=True, slots=True)
class Scale:
    """A map scale found in folded text: 1 to `denominator`; `chinese` says that it was written in Chinese numerals."""

    start: int
    end: int
    denominator: float
    chinese: bool


def find_scales(folded: str, start: int = 0, end: int | None = None) -> Iterator[Scale]:
    """Every scale in a stretch of folded text, in order."""
    for match in _SCALE.finditer(folded, start, len(folded) if end is None else end):
        words = match["ratio"] or match["fraction"]
        try:
            value = parse_number("一万" if words == "万" else words)
        except (ValueError, KeyError):
            continue
        if value > _SMALLEST:
            yield Scale(match.start(), match.end(), value, not words[0].isdigit() or match["ratio"] is None)
