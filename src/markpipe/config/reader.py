"""Reading a TOML file table by table: every value is checked, and every message names file, line and what is allowed.

Knows types and spelling, not what a setting means.
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from markpipe.config.lines import Key, Lines
from markpipe.errors import ConfigurationError
from markpipe.model.classification import Level


class Table:
    """One table of a TOML file.  Each reader method takes a key and a default; `finish` complains about the others."""

    def __init__(self, file: Path, lines: Lines, data: Mapping[str, Any], path: tuple[Key, ...] = ()) -> None:
        self._file = file
        self._lines = lines
        self._data = data
        self._path = path
        self._asked: dict[str, None] = {}

    @property
    def label(self) -> str:
        """How the file writes this table's header: [agency], [[people]]."""
        names = ".".join(str(part) for part in self._path if isinstance(part, str))
        listed = any(isinstance(part, int) for part in self._path)
        return f"[[{names}]]" if listed else f"[{names}]" if names else "文件开头"

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def is_text(self, key: str) -> bool:
        """Whether a value is a text: some settings may be a text or a table."""
        return isinstance(self._data.get(key), str)

    def where(self, key: str = "") -> str:
        """File and line of a value, as messages and `doctor` name it."""
        path = (*self._path, key) if key else self._path
        return f"{self._file.name} 第{self._lines.of(*path)}行"

    def fail(self, key: str, problem: str, remedy: str = "") -> NoReturn:
        """Raise `ConfigurationError` about a value of this table."""
        path = (*self._path, key) if key else self._path
        raise ConfigurationError(
            f"{self._file} 第{self._lines.of(*path)}行：{self.label} {key} {problem}".replace("  ", " "), remedy
        )

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        value = self._take(key, str, "文字", default, required=required)
        if required and not value.strip():
            self.fail(key, "不能为空")
        return str(value)

    def boolean(self, key: str, default: bool = False) -> bool:
        return bool(self._take(key, bool, "true 或 false", default))

    def positive(self, key: str, default: int) -> int:
        value = self._take(key, int, "正整数", default)
        if isinstance(value, bool) or value <= 0:
            self.fail(key, f"应是正整数，现在是 {value!r}")
        return int(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one."""
        value = self._take(key, (str, list), "文字的列表", [])
        items = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) and item.strip() for item in items):
            self.fail(key, '应是文字的列表，如 ["甲", "乙"]')
        return tuple(items)

    def choice(self, key: str, allowed: Iterable[str], default: str = "") -> str:
        value = self.text(key, default)
        choices = tuple(allowed)
        if value not in choices and key in self._data:
            self.fail(key, f"应是{'、'.join(choices)}之一，现在是“{value}”")
        return value

    def levels(self, key: str) -> frozenset[Level]:
        """密级 by name."""
        try:
            return frozenset(Level.from_label(label) for label in self.texts(key))
        except ValueError as error:
            self.fail(key, str(error))

    def date(self, key: str) -> dt.date | None:
        """A day, as TOML writes it or as text in the same form."""
        value = self._take(key, (dt.date, str), "日期，如 2026-05-10", None)
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        try:
            return dt.date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fail(key, f"应是日期，如 2026-05-10，现在是“{value}”")

    def table(self, key: str) -> Table:
        """A table below this one; an empty one where the file has none."""
        value = self._take(key, dict, f"一节，写作 [{key}]", {})
        return Table(self._file, self._lines, value, (*self._path, key))

    def tables(self, key: str) -> tuple[Table, ...]:
        """The tables of an array: [[people]]."""
        value = self._take(key, list, f"一条或多条，写作 [[{key}]]", [])
        if not all(isinstance(item, dict) for item in value):
            self.fail(key, f"应写作 [[{key}]]")
        return tuple(Table(self._file, self._lines, item, (*self._path, key, n)) for n, item in enumerate(value))

    def finish(self, *also: str) -> None:
        """Complain about keys that nobody asked for: a mistyped setting must not be silently without effect."""
        allowed = [*self._asked, *also]
        for key in self._data:
            if key not in allowed:
                close = difflib.get_close_matches(key, allowed, 1)
                self.fail(
                    key,
                    "不是已知的设置" + (f"，是否指 {close[0]}" if close else ""),
                    f"此处可用：{'、'.join(allowed)}",
                )

    def _take(
        self, key: str, types: type | tuple[type, ...], wanted: str, default: Any, *, required: bool = False
    ) -> Any:
        self._asked[key] = None
        if key not in self._data:
            if required:
                self.fail(key, "没有填写")
            return default
        value = self._data[key]
        if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
            self.fail(key, f"应是{wanted}，现在是 {value!r}")
        return value


def read_table(path: Path) -> Table:
    """The root table of a TOML file; `ConfigurationError` names the line where it is not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"找不到配置文件 {path}", "核对路径；新站点运行 markpipe init 生成") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"配置文件 {path} 不是 UTF-8 编码", "请另存为 UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"配置文件 {path} 无法读取（{error.strerror}）", "核对路径和权限") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path} 不是有效的 TOML：{_in_chinese(str(error))}", "核对该行的引号、括号和等号"
        ) from None
    return Table(path, Lines(text), data)


def _in_chinese(message: str) -> str:
    """tomllib's words end with (at line N, column M), which is what a person needs."""
    reason, _, place = message.rpartition(" (at ")
    line, _, column = place.rstrip(")").removeprefix("line ").partition(", column ")
    return f"第{line}行第{column}列（{reason}）" if column else message
