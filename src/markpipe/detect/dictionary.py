"""Reading a catalogue from TOML data; `docs/dictionaries.md` is this module's contract with those who write one.

Everything that could silently match nothing is an error: unknown keys, empty lists, one-character words, unknown word
lists, bounds without a measure.  Knows no file: `config.dictionaries` adds the file and the line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from markpipe.detect.catalogue import (
    SENTENCE,
    Bound,
    Catalogue,
    CatalogueItem,
    Group,
    Measure,
    Pattern,
    Place,
    Reach,
    Scope,
    Status,
    TimeRule,
)
from markpipe.model.classification import Level
from markpipe.model.finding import Kind
from markpipe.text.fold import fold_term
from markpipe.text.squeeze import squeeze

__all__ = ["Catalogue", "CatalogueItem", "DictionaryError", "parse_catalogue", "parse_words"]

SCHEMA = 1
FARTHEST = 500
COMING = "~"
Key = str | int
KINDS = (Kind.STATE_SECRET, Kind.WORK_SECRET, Kind.TRADE_SECRET, Kind.STATUTORY)


class DictionaryError(ValueError):
    """A catalogue is wrong.  `path` leads to the value in the data; the message never repeats the words of a list."""

    def __init__(self, message: str, path: tuple[Key, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


def parse_words(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The `[words]` of a file that is shared by others."""
    return _Words({}, _Node(data, ())).all()


def parse_catalogue(
    data: Mapping[str, Any], name: str, shared: Mapping[str, tuple[str, ...]] | None = None
) -> Catalogue:
    """Read one catalogue; `name` is what messages call it, `shared` the word lists that it may use besides its own."""
    root = _Node(data, ())
    if root.integer("schema") != SCHEMA:
        root.fail("schema", f"{name} 应写 schema = {SCHEMA}")
    words = _Words(shared or {}, root)
    head = root.node("catalogue")
    status = Status(head.choice("status", Status, required=True))
    catalogue = Catalogue(
        id=head.identifier("id"),
        title=head.text("title", required=True),
        document=head.text("document"),
        kind=Kind(head.choice("kind", KINDS, required=True)),
        status=status,
        source=head.text("source", required=True),
        items=(),
        covers=words.listed(head, "covers"),
        note=head.text("note"),
    )
    head.finish()
    items = tuple(_item(node, catalogue, words) for node in root.nodes("item"))
    root.finish("words")
    _unique(items)
    _combining(items)
    return Catalogue(
        catalogue.id,
        catalogue.title,
        catalogue.document,
        catalogue.kind,
        catalogue.status,
        catalogue.source,
        items,
        catalogue.covers,
        catalogue.note,
    )


def _unique(items: Sequence[CatalogueItem]) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item.id in seen:
            raise DictionaryError(f"事项编号 {item.id} 重复", ("item", index, "id"))
        seen.add(item.id)


def _combining(items: Sequence[CatalogueItem]) -> None:
    """What an item combines must be there, and be found by itself."""
    found = {item.id for item in items if item.patterns}
    for index, item in enumerate(items):
        for number, part in enumerate(item.of):
            if part not in found:
                raise DictionaryError(
                    f"{item.id} 的 of：没有事项 {part}，或它没有匹配方式", ("item", index, "of", number)
                )


def _item(node: _Node, catalogue: Catalogue, words: _Words) -> CatalogueItem:
    kind = Kind(node.choice("kind", KINDS, default=catalogue.kind))
    label, rule = node.text("level"), node.text("level_rule")
    level = None
    if label:
        try:
            level = Level.from_label(label)
        except ValueError as error:
            node.fail("level", str(error))
    if kind is not Kind.STATE_SECRET and level is not None:
        node.fail("level", f"{kind.value}没有密级，只有国家秘密有（保密法第二十二条）")
    if kind is Kind.STATE_SECRET and level is None and not rule:
        node.fail("level", "国家秘密事项应写 level，密级不固定的写 level_rule")
    basis = node.text("basis")
    item = CatalogueItem(
        id=f"{catalogue.id}.{node.identifier('id')}",
        kind=kind,
        item=node.text("item", required=True),
        level=level,
        level_rule=rule,
        term=node.text("term") or None,
        audience=node.text("audience"),
        basis=f"{catalogue.document or catalogue.title}{basis}",
        source=node.text("source") or catalogue.source,
        status=Status(node.choice("status", Status, default=catalogue.status)),
        patterns=tuple(_pattern(each, words) for each in node.nodes("pattern")),
        aggregate=node.integer("aggregate", 0),
        note=node.text("note"),
        of=tuple(f"{catalogue.id}.{each}" for each in node.texts("of")),
    )
    if item.of and (item.aggregate < 2 or item.patterns):
        node.fail("of", "与 aggregate（至少 2）一起写，且不另写 pattern")
    node.finish()
    return item


def _pattern(node: _Node, words: _Words) -> Pattern:
    scope = node.scope("within", SENTENCE)
    groups = [
        _group(words.each(node, group, ("all", n), coming=True), scope) for n, group in enumerate(node.lists("all"))
    ]
    if any_words := words.listed(node, "any", coming=True):
        groups.append(_group(any_words, scope))
    for near in node.nodes("near"):
        groups.append(_group(words.listed(near, "words", required=True, coming=True), near.scope("within", scope)))
        near.finish()
    unless = []
    if against := words.listed(node, "unless"):
        unless.append(Group(against, node.scope("unless_within", scope)))
    pattern = Pattern(
        terms=words.listed(node, "terms", required=True),
        groups=tuple(groups),
        numbers=tuple(_bound(each, scope) for each in node.nodes("number")),
        times=tuple(
            _time(each, words, scope, before=before)
            for key, before in (("before", True), ("after", False))
            for each in node.nodes(key)
        ),
        unless=tuple(unless),
        places=frozenset(Place(place) for place in node.choices("place", Place)),
        confidence=node.fraction("confidence", 0.7),
        general=node.boolean("general"),
    )
    node.finish("unless_within")
    return pattern


def _group(words: tuple[str, ...], scope: Scope) -> Group:
    plain = tuple(word for word in words if not word.startswith(COMING))
    return Group(plain, scope, tuple(word[1:] for word in words if word.startswith(COMING)))


def _bound(node: _Node, scope: Scope) -> Bound:
    measure = Measure(node.choice("measure", Measure, required=True))
    above, at_least = node.number("above"), node.number("at_least")
    below, at_most = node.number("below"), node.number("at_most")
    if above is not None and at_least is not None:
        node.fail("above", "与 at_least 只写一个")
    if below is not None and at_most is not None:
        node.fail("below", "与 at_most 只写一个")
    least = above if at_least is None else at_least
    most = below if at_most is None else at_most
    if least is None and most is None:
        node.fail("measure", "应写界限：above、at_least、below、at_most 至少一个")
    if least is not None and most is not None and least > most:
        node.fail("measure", "下限大于上限，不可能满足")
    bound = Bound(measure, least, most, above is None, below is None, node.scope("within", scope))
    node.finish()
    return bound


def _time(node: _Node, words: _Words, scope: Scope, *, before: bool) -> TimeRule:
    rule = TimeRule(words.listed(node, "events", required=True), before, node.scope("within", scope))
    node.finish()
    return rule


class _Words:
    """Word lists by name, and the reading of lists that may refer to them as "@name"."""

    def __init__(self, shared: Mapping[str, tuple[str, ...]], root: _Node) -> None:
        self._own = root.node("words")
        self._known = {name: words for name, words in shared.items() if name not in self._own}
        self._resolving: list[str] = []
        for name in self._own.names():
            self._resolve(name)

    def all(self) -> dict[str, tuple[str, ...]]:
        return dict(self._known)

    def listed(self, node: _Node, key: str, *, required: bool = False, coming: bool = False) -> tuple[str, ...]:
        """The words of a list, references resolved, each once; an empty list where the key is absent."""
        texts = node.texts(key)
        if not texts and (required or key in node):
            node.fail(key, "不能为空")
        return self.each(node, texts, (key,), coming=coming) if texts else ()

    def each(self, node: _Node, texts: Iterable[str], path: tuple[Key, ...], *, coming: bool) -> tuple[str, ...]:
        """The words that some texts stand for; `coming` allows the sign of words that must be still to come."""
        found: dict[str, None] = {}
        for text in texts:
            sign = COMING if text.startswith(COMING) else ""
            word = text.removeprefix(COMING).strip()
            if word.startswith("@"):
                listed = self._resolve(word[1:], node, path)
                found.update(dict.fromkeys(sign + each.removeprefix(sign) for each in listed))
                continue
            if len(squeeze(fold_term(word)).text) < 2:
                node.fail_at(path, "有空白或单字的词条；单字会处处命中，不收（至少两个字）")
            found[sign + word] = None
        if not found:
            node.fail_at(path, "不能为空")
        if not coming and any(word.startswith(COMING) for word in found):
            node.fail_at(path, f"“{COMING}”（尚未发生）只用于 all、any、near")
        return tuple(found)

    def _resolve(self, name: str, node: _Node | None = None, path: tuple[Key, ...] = ()) -> tuple[str, ...]:
        if name in self._own and name not in self._known:
            if name in self._resolving:
                self._own.fail(name, "词表互相引用，成了循环")
            self._resolving.append(name)
            self._known[name] = self.listed(self._own, name, required=True, coming=True)
            self._resolving.pop()
        if name not in self._known:
            close = difflib.get_close_matches(name, self._known, 1)
            (node or self._own).fail_at(path, f"没有名为 @{name} 的词表" + (f"，是否指 @{close[0]}" if close else ""))
        return self._known[name]


class _Node:
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

    def node(self, key: str) -> _Node:
        return _Node(self._take(key, dict, f"一节，写作 [{key}]", {}), (*self._path, key), self._owner)

    def nodes(self, key: str) -> tuple[_Node, ...]:
        """The tables of an array; one table alone counts as an array of one."""
        value = self._take(key, (list, dict), f"一条或多条，写作 [[{key}]]", [])
        items = [value] if isinstance(value, dict) else value
        if not all(isinstance(item, dict) for item in items):
            self.fail(key, f"应写作 [[{key}]]")
        return tuple(_Node(item, (*self._path, key, index), self._owner) for index, item in enumerate(items))

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
