"""What a look for bad redactions answers: a code of the `covered-` or `residue-` family, where, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Blot(StrEnum):
    """A way in which something is still there though it was meant to be gone.  The value is the stable code."""

    BOX = "covered-box"
    HATCHING = "covered-hatching"
    IMAGE = "covered-image"
    TRANSLUCENT = "covered-translucent"
    HIGHLIGHT = "covered-highlight"
    ANNOTATION = "covered-annotation"
    UNAPPLIED = "covered-unapplied"
    PICTURE = "covered-picture"
    CROPPED = "covered-cropped"
    MOSAIC = "covered-mosaic"
    BLUR = "covered-blur"
    CHARSET = "residue-charset"

    @property
    def message(self) -> str:
        """What it is, in Chinese, without its number."""
        return _MESSAGES[self]


_MESSAGES = {
    Blot.BOX: "色块下面还有文字，可以选中复制",
    Blot.HATCHING: "线条涂划下面还有文字，可以选中复制",
    Blot.IMAGE: "图片下面还有文字，可以选中复制",
    Blot.TRANSLUCENT: "半透明色块下面还有文字，可以选中复制",
    Blot.HIGHLIGHT: "深色突出显示下面还有文字，可以选中复制",
    Blot.ANNOTATION: "注释遮住的文字还在，删去注释即可看到",
    Blot.UNAPPLIED: "密文标记没有应用，标记下的内容还在",
    Blot.PICTURE: "色块下面的图片内容还在",
    Blot.CROPPED: "图片被裁去的部分还在文件里",
    Blot.MOSAIC: "图片用马赛克遮挡，可能被还原",
    Blot.BLUR: "图片用模糊遮挡，可能被还原",
    Blot.CHARSET: "字体里留有页面没有用到的字，可能是被删去的字",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One find: `page` counts from 1 (0: the whole file), `count` characters or pictures."""

    blot: Blot
    page: int
    count: int
