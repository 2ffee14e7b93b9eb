"""Whether a page's operators can hide nothing at all, asked of every page and so asked cheaply: one pattern for a page.

The pattern is the grammar of a plain page as programs write it: text of the size of print, filled, in a colour that is
seen on paper; clips as large as the page; lines and thin bars; shaded rectangles only before the first text.  `True`
is a promise that `hints.hints` finds nothing either (a property test holds them together); `False` only means that
`hints` has to look.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache

from markpipe.formats.pdf.features import Features
from markpipe.formats.pdf.hints import TINY

_WHOLE = 0.95
_GAP = r"[ \t-\r\x00]++"
_NUMBER = rf"[-+]?[0-9.]++{_GAP}"
_LOOSE = rf"[-+.0-9]++{_GAP}"  # a number that matters to nothing
_NAME = r"/[^ \t-\r()<>\[\]{}/%\x00]++"
_STRING = r"(?:<(?!<)[^>]*+>|\((?:[^\\()]++|\\.|\((?:[^\\()]++|\\.)*+\))*+\))"
_SHOW = rf"(?:{_STRING}[ \t-\r]*+(?:Tj|')|\[(?:[-+.0-9 \t-\r]++|{_STRING})*+\][ \t-\r]*+TJ)"
_PLACE = rf"1{_GAP}0{_GAP}0{_GAP}-?1{_GAP}{_NUMBER}{_NUMBER}(?:Tm|cm)"
_STATE = rf"BT|ET|[qQ]|T\*|EMC|0{_GAP}Tr|100{_GAP}Tz"
_DASHES = rf"\[[-+.0-9 \t-\r]*+\]{_GAP}{_NUMBER}d"
_TAG = rf"(?!/OC\b){_NAME}[ \t-\r]*+(?:{_NAME}{_GAP}|<<(?:[^<>]++|<[0-9A-Fa-f]*+>)*+>>[ \t-\r]*+)?(?:BMC|BDC)"
_LOW = rf"(?:0(?:\.(?:[0-8][0-9]*+)?)?|\.[0-8][0-9]*+){_GAP}"
_MUCH = rf"(?:1|0?\.[2-9][0-9]*+){_GAP}"
_DARK = (
    rf"(?:{_LOW}(?:g|{_NUMBER}{_NUMBER}rg)|{_NUMBER}(?:{_LOW}{_NUMBER}|{_NUMBER}{_LOW})rg"
    rf"|{_NUMBER}{_NUMBER}{_NUMBER}{_MUCH}k)"
)
_THIN = rf"-?(?:[0-2]?\.[0-9]++|[0-3]){_GAP}"
_FILL = rf"re{_GAP}f\*?"
_PATH = rf"m{_GAP}(?:(?:{_LOOSE})++[lm]{_GAP}|h{_GAP})*+[Ss]"
# Operators whose numbers hide nothing, thin bars, and paths that are only stroked, by how many numbers come first.
_MEASURES = (
    rf"{_LOOSE}(?:T[cwLs]|[wJjMiG]|{_LOOSE}(?:T[dD]|{_PATH}|{_THIN}{_LOOSE}{_FILL}"
    rf"|{_LOOSE}(?:RG|{_THIN}{_FILL}|{_LOOSE}(?:K|re{_GAP}[Ss]))))"
)
_ANY = rf"(?:{_NUMBER}g|(?:{_NUMBER}){{3}}rg){_GAP}"
_UNUSED = rf"{_ANY}(?={_DARK})"
_END = r"(?:[ \t-\r\x00]++|(?=[<(\[/])|\Z)"
# Runs of rules, and what a kept state begins with: nothing that the operators above do not allow, but told in one go.
_RULE = rf"m{_GAP}(?:{_LOOSE}{_LOOSE}l{_GAP})++[Ss]|(?:{_THIN}{_LOOSE}|{_LOOSE}{_THIN}){_FILL}"
_RULES = rf"(?=[-+.0-9])(?:{_LOOSE}{_LOOSE}(?:{_RULE}){_END})++"
_KEPT = rf"q{_GAP}(?:(?:[.0-9]++{_GAP}[wjJ]{_GAP})++|{_DARK}{_GAP})?+"


def plainly(content: bytes, width: float, height: float, features: Callable[[], Features], scale: float = 1.0) -> bool:
    """Whether all text that a page's own content shows is surely seen, and nothing else is drawn but thin rules.

    `width` and `height` are those of the unrotated page in points; `scale` (at most 1) is how long the content's unit
    of length is in points.  `features` are asked for only where the content chooses a graphics state.
    """
    size, least = (int(width / scale), int(height / scale)), math.ceil(TINY / scale)
    if least > 9:
        return False
    found = _pattern(size, least).fullmatch(content)
    if found is None or found.lastindex is None:
        return found is not None
    asked = features()
    if asked.transparency or not asked.faint:
        return not asked.transparency
    return _pattern(size, least, asked.faint).fullmatch(content) is not None


@lru_cache(maxsize=64)
def _pattern(size: tuple[int, int], least: int, faint: frozenset[str] = frozenset()) -> re.Pattern[bytes]:
    """The pattern of a page of that size; of the graphics states, those named in `faint` may make text transparent.

    Its one group has matched where a graphics state is chosen.
    """
    across, down = (rf"(?:{'|'.join(_nearly(side))})(?:\.[0-9]*+)?{_GAP}" for side in size)
    clip = rf"{_NUMBER}{_NUMBER}{across}{down}re{_GAP}W\*?{_GAP}n"
    font = rf"{_NAME}{_GAP}(?:[{least}-9]|[1-9][0-9])[0-9.]*+{_GAP}Tf"
    unlike = rf"(?!(?:{'|'.join(map(re.escape, sorted(faint)))})[ \t-\r\x00]|[^ \t-\r]*#)" if faint else ""
    state = rf"/{unlike}{_NAME[1:]}{_GAP}(gs)"
    rest = rf"{_STATE}|{_PLACE}|{font}|{_MEASURES}|{_DARK}|{clip}|{_TAG}|{state}|{_DASHES}"
    # any colour may fill rectangles before there is text, if another one is chosen right after
    shade = rf"{_ANY}(?:(?:(?:{_NUMBER}){{4}}{_FILL}|{_TAG}|EMC|(?:{_NUMBER}){{3}}RG|{_NUMBER}G|{state}){_GAP})++(?={_DARK})"
    before = rf"(?:[qQ]{_END}|{_RULES}|(?:{rest}){_END}|{_UNUSED}|{shade})*+"
    # most text objects are a font, a place and a string: told in one go
    place = rf"(?:{_PLACE}|{_LOOSE}{_LOOSE}Td){_GAP}"
    line = rf"BT{_GAP}(?:(?:{font}{_END})?+{place}(?:{font}{_END})?+{_SHOW}{_END})++(?:ET{_END})?+"
    tagged = rf"{_TAG}{_END}(?:{line}(?:EMC{_END})?+)?+"
    # the frequent ones first
    text = rf"(?:{_KEPT}|Q{_END}|{line}|{tagged}|EMC{_END}|{_RULES}|(?:{rest}|{_SHOW}){_END}|{_UNUSED})*+"
    return re.compile(rf"[ \t-\r]*+{before}{text}".encode("latin-1"), re.DOTALL)


def _nearly(side: int) -> list[str]:
    """The whole numbers that a clip as long as a side of the page may begin with: programs round, or leave a hair."""
    return [str(length) for length in range(side - 3, side + 2) if length >= _WHOLE * (side + 1)]
