"""The fonts that marks are drawn with: TrueType files of the system by role, with the one built into MuPDF behind them.

Only TrueType outlines are taken: subsets of CFF fonts come out blank in some viewers.  A character that the role's
font lacks (rare names) is drawn from the next font that has it; one that none has is an error, never an empty box.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pymupdf

from markpipe.errors import OutputError
from markpipe.marking.plan import FontRole

_FOLDERS = tuple(
    Path(folder)
    for folder in (
        "/usr/share/fonts/truetype",
        "/usr/share/fonts/chinese",
        "/usr/share/fonts",
        "/usr/local/share/fonts",
    )
)
_FILES = {
    FontRole.FANGSONG: ("simfang.ttf", "FangSong.ttf", "STFANGSO.TTF", "fangsong/simfang.ttf"),
    FontRole.HEITI: (
        "simhei.ttf",
        "SimHei.ttf",
        "wqy/wqy-zenhei.ttc",
        "wqy/wqy-microhei.ttc",
        "wqy-zenhei/wqy-zenhei.ttc",
    ),
    FontRole.KAITI: ("simkai.ttf", "KaiTi.ttf", "lxgw-wenkai/LXGWWenKai-Regular.ttf", "arphic/ukai.ttc"),
    FontRole.SONGTI: ("simsun.ttc", "SimSun.ttc", "arphic/uming.ttc"),
}
_TRUETYPE = (b"\x00\x01\x00\x00", b"true", b"ttcf")


def runs(text: str, role: FontRole) -> Iterator[tuple[str, pymupdf.Font]]:
    """The text cut into stretches that one font can draw; `OutputError` names a character that no font has."""
    stretch, current = "", None
    for character in text:
        font = _font_for(character, role)
        if current is not None and font is not current:
            yield stretch, current
            stretch = ""
        stretch, current = stretch + character, font
    if current is not None:
        yield stretch, current


def _font_for(character: str, role: FontRole) -> pymupdf.Font:
    for font in _fonts(role):
        if font.has_glyph(ord(character)):
            return font
    raise OutputError(
        f"没有字体能显示标志中的“{character}”（U+{ord(character):04X}）", "请安装含该字的 TrueType 中文字体后重试"
    )


@functools.cache
def _fonts(role: FontRole) -> tuple[pymupdf.Font, ...]:
    """The role's own font first, then MuPDF's own (has ★ and GB 2312), then the other roles' for rare characters."""
    others = [other for other in FontRole if other is not role]
    found = [_system(role), _builtin(), *(_system(other) for other in others)]
    unique = {id(font): font for font in found if font is not None}
    return tuple(unique.values())


@functools.cache
def _builtin() -> pymupdf.Font:
    return pymupdf.Font("china-s")


@functools.cache
def _system(role: FontRole) -> pymupdf.Font | None:
    path = _find(role)
    return None if path is None else pymupdf.Font(fontfile=str(path))


def _find(role: FontRole) -> Path | None:
    candidates = (folder / name for name in _FILES[role] for folder in _FOLDERS)
    return next((path for path in candidates if path.is_file() and _is_truetype(path)), None)


def _is_truetype(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _TRUETYPE
