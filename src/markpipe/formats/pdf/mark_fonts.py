"""The fonts that marks are drawn with: TrueType files of the system by role, then the ones that come with the program.

::

    仿宋   system 仿宋 → system 宋体, 楷体 → shipped 楷体      no free 仿宋 for simplified characters was found
    黑体   system 黑体 → shipped 黑体
    楷体   system 楷体 → shipped 楷体

MuPDF's own font (has ★ and GBK) stands behind them.  A character that a font lacks (rare names) is drawn from the next
one that has it; one that none has is an error, never an empty box.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pymupdf

from markpipe.errors import OutputError
from markpipe.formats.pdf.truetype import NotTrueTypeError, TrueType
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
    FontRole.HEITI: ("simhei.ttf", "SimHei.ttf", "wqy/wqy-zenhei.ttc", "wqy/wqy-microhei.ttc"),
    FontRole.KAITI: ("simkai.ttf", "KaiTi.ttf", "lxgw-wenkai/LXGWWenKai-Regular.ttf", "arphic/ukai.ttc"),
    FontRole.SONGTI: ("simsun.ttc", "SimSun.ttc", "arphic/uming.ttc"),
}
_DATA = Path(__file__).with_name("data")
_SHIPPED = {FontRole.HEITI: "heiti.ttf", FontRole.KAITI: "kaiti.ttf"}
_KIN = {
    FontRole.FANGSONG: (FontRole.SONGTI, FontRole.KAITI),
    FontRole.KAITI: (FontRole.FANGSONG, FontRole.SONGTI),
    FontRole.SONGTI: (FontRole.FANGSONG,),
    FontRole.HEITI: (),
}


def runs(text: str, role: FontRole) -> Iterator[tuple[str, TrueType]]:
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


def face_of(role: FontRole) -> str:
    """The file name of the font that draws a role here; a person should know when it is not the one that is named."""
    return _fonts(role)[0].name


def of_system(role: FontRole) -> bool:
    """Whether the system has the very font of a role."""
    return _system(role) is not None


def _font_for(character: str, role: FontRole) -> TrueType:
    for font in _fonts(role):
        if font.glyph(character):
            return font
    raise OutputError(
        f"没有字体能显示标志中的“{character}”（U+{ord(character):04X}）", "请安装含该字的 TrueType 中文字体后重试"
    )


@functools.cache
def _fonts(role: FontRole) -> tuple[TrueType, ...]:
    """The role's own font, then those that look most like it, MuPDF's own, and the rest for rare words."""
    kin = _KIN[role]
    rest = [other for other in FontRole if other is not role and other not in kin]
    found = [_system(role), _shipped(role), *map(_system, kin), *map(_shipped, kin), _builtin()]
    found += [font for other in rest for font in (_system(other), _shipped(other))]
    return tuple({id(font): font for font in found if font is not None}.values())


@functools.cache
def _shipped(role: FontRole) -> TrueType | None:
    """The font of the program for a role; None for the roles that have none."""
    name = _SHIPPED.get(role)
    return TrueType.open(_DATA / name) if name else None


@functools.cache
def _builtin() -> TrueType:
    return TrueType(pymupdf.Font("china-s").buffer, "DroidSansFallback")


@functools.cache
def _system(role: FontRole) -> TrueType | None:
    """The first usable file for a role.  One that is there but cannot be read is passed over: another will do."""
    for path in (folder / name for name in _FILES[role] for folder in _FOLDERS):
        if path.is_file():
            try:
                return TrueType.open(path)
            except (NotTrueTypeError, OSError):
                continue
    return None
