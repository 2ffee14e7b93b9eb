"""Loading stamps: the layouts that come with the program and a unit's own, TOML with SVG artwork beside it.

Artwork is lines and surfaces only: words come from the layout, and nothing in a drawing may refer to anything outside
it.  What a layout means is `marking.stamp`'s.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from markpipe.config.lines import Lines
from markpipe.config.resources import stamps_dir
from markpipe.errors import ConfigurationError
from markpipe.marking.stamp import StampError, StampLayout
from markpipe.marking.stamp_table import parse_stamp

_ARTWORK_LONGEST = 262_144
_FORBIDDEN = re.compile(
    r"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|<\s*(?:\w+:)?(?:script|text|image|use|foreignObject|style|a)\b|href|url\s*\(",
    re.IGNORECASE,
)


def load_stamps(paths: Sequence[Path] = ()) -> Mapping[str, StampLayout]:
    """The built-in layouts and those of the given files and folders, by id in order of their files' names.

    A unit's layout takes the place of a built-in one of the same id.  `ConfigurationError` names file and line.
    """
    layouts: dict[str, StampLayout] = {}
    sources: dict[str, Path] = {}
    for folder in (stamps_dir(), *paths):
        for file in _files(folder):
            layout = _load(file)
            if layout.id in sources and sources[layout.id].parent == file.parent:
                raise ConfigurationError(
                    f"{file}：编号 {layout.id} 与 {sources[layout.id].name} 重复", "请改用另一个 id"
                )
            layouts[layout.id], sources[layout.id] = layout, file
    return layouts


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix == ".toml" and not file.name.startswith("."))
    if not path.exists():
        raise ConfigurationError(f"找不到印章 {path}", "核对 markpipe.toml 中 stamps 的路径")
    return [path]


def _load(file: Path) -> StampLayout:
    text = _text(file)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise ConfigurationError(f"{file} 第{line}行：不是有效的 TOML", "核对该行的引号、括号和等号") from None
    name = data.get("artwork", "")
    try:
        return parse_stamp(data, _artwork(file, name) if isinstance(name, str) and name else {})
    except StampError as error:
        line = Lines(text).of(*error.path)
        raise ConfigurationError(f"{file} 第{line}行：{error.message}", "写法见 docs/stamps.md") from None


def _artwork(file: Path, name: str) -> dict[str, str]:
    """The drawing beside a layout; nothing when it is not there, which the parser then says."""
    if Path(name).name != name or not name.endswith(".svg"):
        raise ConfigurationError(f"{file}：图样 {name} 应是同一文件夹中的 .svg 文件", "请把图样放在 TOML 旁边")
    path = file.with_name(name)
    if not path.is_file():
        return {}
    drawing = _text(path)
    if len(drawing) > _ARTWORK_LONGEST or "<svg" not in drawing:
        raise ConfigurationError(f"{path}：不是 SVG 图样，或过大", "请用画图程序另存为简单的 SVG")
    if _FORBIDDEN.search(drawing):
        raise ConfigurationError(
            f"{path}：图样里只能有线条和色块，不能有文字、脚本、样式或外部引用", "文字写在 TOML 的 [[line]] 里"
        )
    return {name: drawing}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}：不是 UTF-8 编码", "请另存为 UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"{path} 无法读取（{error.strerror}）", "核对路径和权限") from None
