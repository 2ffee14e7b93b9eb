"""Whether a page's operators can hide nothing at all, asked of every page and so asked cheaply: one pattern for a page.

The pattern is the grammar of a plain page as programs write it: text of the size of print, filled, in a colour that is
seen on paper; clips as large as the page; lines and thin bars; shaded rectangles only before the first text.  `True`
is a promise that `hints.hints` finds nothing either (a property test holds them together); `False` only means that
`hints` has to look.
"""

from __future__ import annotations

import re
from functools import lru_cache

from markpipe.formats.pdf.hints import Features

_WHOLE = 0.95
_GAP = r"[\s\x00]++"
_NUMBER = rf"[-+]?[\d.]++{_GAP}"
_NAME = r"/[^\s()<>\[\]{}/%\x00]++"
_STRING = r"(?:<[0-9A-Fa-f\s]*+>|\((?:[^\\()]++|\\.|\((?:[^\\()]++|\\.)*+\))*+\))"
_SHOW = rf"(?:\[(?:[-+.\d\s]++|{_STRING})*+\]\s*+TJ|{_STRING}\s*+(?:Tj|'))"
_FONT = rf"{_NAME}{_GAP}(?:[3-9]|[1-9]\d)[\d.]*+{_GAP}Tf"
_PLACE = rf"1{_GAP}0{_GAP}0{_GAP}1{_GAP}{_NUMBER}{_NUMBER}(?:Tm|cm)"
_MOVE = rf"{_NUMBER}{_NUMBER}(?:Td|TD)"
_STATE = rf"BT|ET|[qQ]|T\*|EMC|{_NUMBER}(?:T[cwLs]|[wJjMiG])|0{_GAP}Tr|100{_GAP}Tz|(?:{_NUMBER}){{3,4}}(?:RG|K)"
_DASHES = rf"\[[-+.\d\s]*+\]{_GAP}{_NUMBER}d"
_TAG = rf"(?!/OC\b){_NAME}\s*+(?:{_NAME}{_GAP}|<<(?:[^<>]++|<[0-9A-Fa-f]*+>)*+>>\s*+)?(?:BMC|BDC)"
_LOW = rf"(?:0(?:\.(?:[0-8]\d*+)?)?|\.[0-8]\d*+){_GAP}"
_MUCH = rf"(?:1|0?\.[2-9]\d*+){_GAP}"
_DARK = (
    rf"(?:{_LOW}g|{_LOW}{_NUMBER}{_NUMBER}rg|{_NUMBER}(?:{_LOW}{_NUMBER}|{_NUMBER}{_LOW})rg"
    rf"|{_NUMBER}{_NUMBER}{_NUMBER}{_MUCH}k)"
)
_THIN = rf"-?(?:[0-2]?\.\d++|[0-3]){_GAP}"
_BAR = rf"(?:{_NUMBER}{_NUMBER}(?:{_NUMBER}{_THIN}|{_THIN}{_NUMBER})re{_GAP})++f\*?"
_STROKE = rf"(?:{_NUMBER}{_NUMBER}m{_GAP}(?:{_NUMBER}{_NUMBER}l{_GAP})++(?:h{_GAP})?|(?:{_NUMBER}){{4}}re{_GAP})[Ss]"
_ANY = rf"(?:{_NUMBER}g|(?:{_NUMBER}){{3}}rg){_GAP}"
_UNUSED = rf"{_ANY}(?={_DARK})"
_SHADE = rf"{_ANY}(?:(?:{_NUMBER}){{4}}re{_GAP}f\*?{_GAP})++(?={_DARK})"
_END = r"(?=[\s\x00<(\[/]|\Z)"


def plainly(content: bytes, width: float, height: float, features: Features) -> bool:
    """Whether all text that a page's own content shows is surely seen, and nothing else is drawn but thin rules.

    `width` and `height` are those of the unrotated page in points.
    """
    return _pattern(int(width), int(height), features.transparency).fullmatch(content) is not None


@lru_cache(maxsize=64)
def _pattern(width: int, height: int, transparency: bool) -> re.Pattern[bytes]:
    """The pattern of a page of that size; a graphics state may make text transparent where the file has any that does."""
    across, down = (rf"(?:{'|'.join(_nearly(side))})(?:\.\d*+)?{_GAP}" for side in (width, height))
    clip = rf"{_NUMBER}{_NUMBER}{across}{down}re{_GAP}W\*?{_GAP}n"
    state = _STATE if transparency else rf"{_STATE}|{_NAME}{_GAP}gs"
    # the frequent ones first
    rest = rf"{_FONT}|{_PLACE}|{_BAR}|{_MOVE}|{state}|{_DARK}|{clip}|{_STROKE}|{_TAG}|{_DASHES}"
    before = rf"(?:(?:{rest}){_END}\s*+|{_UNUSED}|{_SHADE})*+"
    text = rf"(?:(?:{_SHOW}|{rest}){_END}\s*+|{_UNUSED})*+"
    return re.compile(rf"\s*+{before}{text}".encode("ascii"), re.DOTALL)


def _nearly(side: int) -> list[str]:
    """The whole numbers that a clip as long as a side of the page may begin with: programs round, or leave a hair."""
    return [str(length) for length in range(side - 3, side + 2) if length >= _WHOLE * (side + 1)]
