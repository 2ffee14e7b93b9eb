"""The PPD of a marking queue: PDF comes in after the filters, copies are left to the backend, sizes and sides are told.

`cupsManualCopies: False` keeps the filters from multiplying pages (each of n copies would have n times its pages), and
the one filter line makes everything a finished PDF with page ranges and N-up applied.
"""

from __future__ import annotations

from collections.abc import Sequence

FILTER = '*cupsFilter2: "application/vnd.cups-pdf application/pdf 0 -"'
COPIES = "*cupsManualCopies: False"
_SIZES = {"A4": (595, 842), "A3": (842, 1191), "A5": (420, 595), "B5": (516, 729), "Letter": (612, 792)}
_SIDES = ("None", "DuplexNoTumble", "DuplexTumble")


def lacking(text: str) -> tuple[str, ...]:
    """What of a queue's PPD would print other pages than were asked for, in Chinese.

    With manual copies the filters multiply pages, and each of n copies would have n times as many; a second filter may
    number or mark by itself.
    """
    lacks = [f"没有 {line}" for line in (COPIES, FILTER) if line not in text]
    others = text.count("*cupsFilter") - text.count(FILTER)
    return (*lacks, *([f"另有 {others} 条过滤程序"] if others else []))


def ppd(name: str) -> str:
    """The file for a queue."""
    sizes = list(_SIZES)
    lines = [
        '*PPD-Adobe: "4.3"',
        '*FormatVersion: "4.3"',
        '*FileVersion: "1.0"',
        "*LanguageVersion: English",
        "*LanguageEncoding: ISOLatin1",
        '*PCFileName: "MARKPIPE.PPD"',
        '*Manufacturer: "markpipe"',
        '*Product: "(markpipe)"',
        f'*ModelName: "markpipe {name}"',
        '*ShortNickName: "markpipe"',
        f'*NickName: "markpipe {name}"',
        '*PSVersion: "(3010.000) 0"',
        '*LanguageLevel: "3"',
        "*ColorDevice: True",
        "*DefaultColorSpace: RGB",
        "*FileSystem: False",
        "*cupsVersion: 2.2",
        COPIES,
        FILTER,
        *_choice("PageSize", "Media Size", 10, sizes),
        *_choice("PageRegion", "Media Size", 10, sizes),
        "*DefaultImageableArea: A4",
        *(f'*ImageableArea {size}: "0 0 {width} {height}"' for size, (width, height) in _SIZES.items()),
        "*DefaultPaperDimension: A4",
        *(f'*PaperDimension {size}: "{width} {height}"' for size, (width, height) in _SIZES.items()),
        *_choice("Duplex", "2-Sided Printing", 20, _SIDES),
    ]
    return "\n".join(lines) + "\n"


def _choice(key: str, words: str, order: int, values: Sequence[str]) -> list[str]:
    return [
        f"*OpenUI *{key}/{words}: PickOne",
        f"*OrderDependency: {order} AnySetup *{key}",
        f"*Default{key}: {values[0]}",
        *(f'*{key} {value}/{value}: ""' for value in values),
        f"*CloseUI: *{key}",
    ]
