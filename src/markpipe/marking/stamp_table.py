"""Reading a stamp's layout from the table of a TOML file, with errors that lead to the value that is wrong.

Knows no file: `config.stamps` does.  A layout that may not say what it says, or whose own sample does not fill it in,
is no layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markpipe.marking.plan import POINTS_PER_MM, FontRole, Ink, ItemKind
from markpipe.marking.positions import POSITIONS
from markpipe.marking.stamp import FIELD, FIELDS, LEVEL_WORDS, NOT_SECRET, StampError, StampLayout, StampLine, preview

SCHEMA = 1
_LAYOUT_KEYS = frozenset(
    {"schema", "id", "title", "kind", "about", "basis", "ink", "width_mm", "height_mm", "padding_mm", "frame_pt"}
    | {"artwork", "position", "line", "sample"}
)
_LINE_KEYS = frozenset({"text", "font", "size_pt", "step_mm", "align", "optional"})
_ID = re.compile(r"[a-z][a-z0-9-]{0,40}")


def parse_stamp(data: Mapping[str, Any], artwork: Mapping[str, str]) -> StampLayout:
    """A layout from the table of a TOML file; `artwork` are the SVG texts beside it by file name.

    `StampError` says what is wrong and where.
    """
    _only(data, _LAYOUT_KEYS, ())
    if data.get("schema") != SCHEMA:
        raise StampError(f"schema 应为 {SCHEMA}", ("schema",))
    identity = _text(data, "id")
    if not _ID.fullmatch(identity):
        raise StampError("id 只用小写字母、数字和连字符，以字母开头", ("id",))
    kind = _one_of(data, "kind", ItemKind)
    lines = tuple(_line(one, number) for number, one in enumerate(_tables(data, "line")))
    if not lines:
        raise StampError("至少要有一个 [[line]]", ("line",))
    position = _text(data, "position")
    if position not in POSITIONS:
        raise StampError(f"position 应为 {'、'.join(POSITIONS)} 之一", ("position",))
    drawing = data.get("artwork", "")
    if drawing and drawing not in artwork:
        raise StampError(f"找不到图样 {drawing}", ("artwork",))
    layout = StampLayout(
        identity,
        _text(data, "title"),
        kind,
        lines,
        position,
        width_mm=_number(data, "width_mm", 0.0, 400.0, 0.0),
        height_mm=_number(data, "height_mm", 0.0, 400.0, 0.0),
        padding_mm=_number(data, "padding_mm", 0.0, 50.0, 0.0),
        frame_pt=_number(data, "frame_pt", 0.0, 10.0, 0.0),
        ink=_one_of(data, "ink", Ink, Ink.BLACK),
        about=_text(data, "about", ""),
        basis=_text(data, "basis", ""),
        artwork=artwork.get(drawing, ""),
        sample=tuple((key, str(value)) for key, value in data.get("sample", {}).items()),
    )
    _guard(layout)
    return layout


def _guard(layout: StampLayout) -> None:
    """What no layout may do: bear a state secret's words, or a sample that does not fill it in."""
    if layout.kind in NOT_SECRET:
        for number, line in enumerate(layout.lines):
            if LEVEL_WORDS.search(line.text) or {"level", "mark", "term"} & {*line.fields} - {"term"}:
                raise StampError("不是国家秘密的，不得使用★和绝密、机密、秘密字样", ("line", number, "text"))
    try:
        preview(layout)
    except StampError as error:
        raise StampError(f"用 [sample] 试填不成：{error.message}", ("sample",)) from None


def _line(data: Mapping[str, Any], number: int) -> StampLine:
    path = ("line", number)
    _only(data, _LINE_KEYS, path)
    text = _text(data, "text", path=path)
    for field in FIELD.findall(text):
        if field not in FIELDS:
            raise StampError(f"没有名为 {field} 的栏目，可用的有 {'、'.join(FIELDS)}", (*path, "text"))
    size = _number(data, "size_pt", 4.0, 72.0, 11.0, path)
    return StampLine(
        text,
        _one_of(data, "font", FontRole, FontRole.FANGSONG, path),
        size,
        _number(data, "step_mm", 1.0, 100.0, round(size / POINTS_PER_MM * 1.35, 1), path),
        _text(data, "align", "left", path) == "center",
        bool(data.get("optional", False)),
    )


def _only(data: Mapping[str, Any], known: frozenset[str], path: tuple[str | int, ...]) -> None:
    for key in data:
        if key not in known:
            raise StampError(f"没有 {key} 这一项", (*path, key))


def _tables(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise StampError(f"{key} 应写作 [[{key}]]", (key,))
    return value


def _text(data: Mapping[str, Any], key: str, default: str | None = None, path: tuple[str | int, ...] = ()) -> str:
    value = data.get(key, default)
    if not isinstance(value, str) or (default is None and not value):
        raise StampError(f"{key} 应为一段文字", (*path, key))
    return value


def _number(
    data: Mapping[str, Any],
    key: str,
    least: float,
    most: float,
    default: float,
    path: tuple[str | int, ...] = (),
) -> float:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise StampError(f"{key} 应为 {least:g} 到 {most:g} 之间的数", (*path, key))
    return float(value)


def _one_of(data: Mapping[str, Any], key: str, kind: Any, default: Any = None, path: tuple[str | int, ...] = ()) -> Any:
    value = data.get(key, default)
    try:
        return kind(value)
    except ValueError:
        raise StampError(f"{key} 应为 {'、'.join(one.value for one in kind)} 之一", (*path, key)) from None
