"""One table of a dictionary's data: typed access, errors that say where, and complaints about keys nobody asked for.

Knows no key by itself; `dictionary` asks for them.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from markpipe.detect.catalogue import Reach, Scope

FARTHEST = 500
Key = str | int


class DictionaryError(ValueError):
    """A catalogue is wrong.  `path` leads to the value in the data; the message never repeats the words of a list."""

    def __init__(self, message: str, path: tuple[Key, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class Node:
    """One table of the data; remembers what was asked for, so that a mistyped key is an error."""

    def __init__(self, data: Mapping[str, Any], path: tuple[Key, ...], owner: str = "") -> None:
        self._data = data
        self._path = path
        known = data.get("id")
        self._owner = f"{known} 的 " if isinstance(known, str) and known else owner
        self._asked: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def fail(self, key: str, message: str) -> NoReturn:
        self.fail_at((key,), message)

    def fail_at(self, path: tuple[Key, ...], message: str) -> NoReturn:
        where = ".".join(str(part) if isinstance(part, str) else f"{part + 1}" for part in path)
        raise DictionaryError(f"{self._owner}{where}：{message}", (*self._path, *path))

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        value = self._take(key, str, "文字", default)
        if required and not value.strip():
            self.fail(key, "没有填写")
        return str(value).strip()

    def identifier(self, key: str) -> str:
        value = self.text(key, required=True)
        if not value.isascii() or not all(part.isalnum() or part in "-_" for part in value):
            self.fail(key, "编号只用英文字母、数字、- 和 _")
        return value

    def integer(self, key: str, default: int = -1) -> int:
        value = self._take(key, int, "整数", default)
        if isinstance(value, bool) or (value < 0 and key in self._data):
            self.fail(key, "应是整数，不小于 0")
        return int(value)

    def boolean(self, key: str) -> bool:
        return bool(self._take(key, bool, "true 或 false", False))

    def number(self, key: str) -> float | None:
        value = self._take(key, (int, float), "数字", None)
        return None if value is None else float(value)

    def fraction(self, key: str, default: float) -> float:
        value = self.number(key)
        if value is not None and not 0 < value <= 1:
            self.fail(key, "应大于 0，不大于 1")
        return default if value is None else value

    def choice(self, key: str, allowed: Iterable[str], default: str = "", *, required: bool = False) -> str:
        value = self.text(key, default, required=required)
        choices = [str(each) for each in allowed]
        if value not in choices:
            self.fail(key, f"应是{'、'.join(choices)}之一，现在是“{value}”")
        return value

    def choices(self, key: str, allowed: Iterable[str]) -> tuple[str, ...]:
        choices = [str(each) for each in allowed]
        values = self.texts(key)
        for value in values:
            if value not in choices:
                self.fail(key, f"应是{'、'.join(choices)}之一，现在是“{value}”")
        return values

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key, (str, list), "文字的列表", [])
        items = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) for item in items):
            self.fail(key, '应是文字的列表，如 ["甲乙", "丙丁"]')
        return tuple(items)

    def lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts; a text in it counts as a list of one."""
        groups = []
        for index, item in enumerate(self._take(key, list, "列表的列表", [])):
            group = [item] if isinstance(item, str) else item
            if not isinstance(group, list) or not all(isinstance(word, str) for word in group):
                self.fail_at((key, index), '应是文字的列表，如 ["甲乙", "丙丁"]')
            groups.append(tuple(group))
        return tuple(groups)

    def token_rules(self, key: str) -> tuple[str, ...]:
        """Lists of token descriptions, each list as JSON; one list alone counts as a list of one."""
        value = self._take(key, list, "词语规则的列表", [])
        rules = [value] if value and isinstance(value[0], dict) else value
        for index, rule in enumerate(rules):
            if not isinstance(rule, list) or not rule or not all(isinstance(token, dict) for token in rule):
                self.fail_at((key, index), '应是词语描述的列表，如 [{ TEXT = "第" }, { IS_DIGIT = true, OP = "+" }]')
        return tuple(json.dumps(rule, ensure_ascii=False, sort_keys=True) for rule in rules)

    def scope(self, key: str, default: Scope) -> Scope:
        """`"sentence"`, `"paragraph"`, `"title"`, `"document"`, or a number of characters."""
        value = self._take(key, (str, int), "sentence、paragraph、title、document 或字数", None)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool):
            if not 0 < value <= FARTHEST:
                self.fail(key, f"字数应在 1 与 {FARTHEST} 之间")
            return Scope(Reach.CHARACTERS, value)
        named = [reach.value for reach in Reach if reach is not Reach.CHARACTERS]
        if value not in named:
            self.fail(key, f"应是{'、'.join(named)}之一或字数")
        return Scope(Reach(value))

    def node(self, key: str) -> Node:
        return Node(self._take(key, dict, f"一节，写作 [{key}]", {}), (*self._path, key), self._owner)

    def nodes(self, key: str) -> tuple[Node, ...]:
        """The tables of an array; one table alone counts as an array of one."""
        value = self._take(key, (list, dict), f"一条或多条，写作 [[{key}]]", [])
        items = [value] if isinstance(value, dict) else value
        if not all(isinstance(item, dict) for item in items):
            self.fail(key, f"应写作 [[{key}]]")
        return tuple(Node(item, (*self._path, key, index), self._owner) for index, item in enumerate(items))

    def finish(self, *also: str) -> None:
        """Complain about keys that nobody asked for."""
        allowed = [*self._asked, *also]
        for key in self._data:
            if key not in allowed:
                close = difflib.get_close_matches(key, allowed, 1)
                self.fail(key, "不是已知的项" + (f"，是否指 {close[0]}" if close else f"，可用：{'、'.join(allowed)}"))

    def _take(self, key: str, types: type | tuple[type, ...], wanted: str, default: Any) -> Any:
        self._asked[key] = None
        value = self._data.get(key, default)
        if key in self._data and (not isinstance(value, types) or (isinstance(value, bool) and types is not bool)):
            self.fail(key, f"应是{wanted}")
        return value
