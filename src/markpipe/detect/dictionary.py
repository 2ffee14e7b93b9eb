"""Reading a catalogue from TOML data; `docs/dictionaries.md` is this module's contract with those who write one.

Everything that could silently match nothing is an error: unknown keys, empty lists, one-character words, unknown word
lists, bounds without a measure.  Knows no file: `config.dictionaries` adds the file and the line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from markpipe.detect.catalogue import (
    SENTENCE,
    Bound,
    Catalogue,
    CatalogueItem,
    Group,
    Measure,
    Pattern,
    Place,
    Scope,
    Status,
    TimeRule,
)
from markpipe.detect.forms import COMING, FORM, PART, form_pattern, is_form, plain
from markpipe.detect.node import DictionaryError, Key, Node
from markpipe.model.agency import Tier
from markpipe.model.classification import Level
from markpipe.model.finding import Kind

__all__ = ["Catalogue", "CatalogueItem", "DictionaryError", "parse_catalogue", "parse_words"]

SCHEMA = 1
KINDS = (Kind.STATE_SECRET, Kind.WORK_SECRET, Kind.TRADE_SECRET, Kind.STATUTORY)


def parse_words(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The `[words]` of a file that is shared by others."""
    return _Words({}, Node(data, ())).all()


def parse_catalogue(
    data: Mapping[str, Any], name: str, shared: Mapping[str, tuple[str, ...]] | None = None
) -> Catalogue:
    """Read one catalogue; `name` is what messages call it, `shared` the word lists that it may use besides its own."""
    root = Node(data, ())
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


def _item(node: Node, catalogue: Catalogue, words: _Words) -> CatalogueItem:
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
        produced_at=tuple(_produced_at(node)),
    )
    if item.of and (item.aggregate < 2 or item.patterns):
        node.fail("of", "与 aggregate（至少 2）一起写，且不另写 pattern")
    node.finish()
    return item


def _produced_at(node: Node) -> Iterator[str]:
    """产生层级 (produced_at), by the names of the tiers."""
    for tier in node.texts("produced_at"):
        if tier not in tuple(Tier):
            node.fail("produced_at", f"“{tier}”不是层级，可用：{'、'.join(Tier)}")
        yield tier


def _pattern(node: Node, words: _Words) -> Pattern:
    scope = node.scope("within", SENTENCE)
    groups = [
        _group(words.each(node, group, ("all", n), coming=True, forms=True), scope)
        for n, group in enumerate(node.lists("all"))
    ]
    if any_words := words.listed(node, "any", coming=True):
        groups.append(_group(any_words, scope))
    for near in node.nodes("near"):
        groups.append(_group(words.listed(near, "words", required=True, coming=True), near.scope("within", scope)))
        near.finish()
    unless = []
    if against := words.listed(node, "unless", forms=True):
        unless.append(_group(against, node.scope("unless_within", scope)))
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
        tokens=node.token_rules("token_pattern"),
    )
    node.finish("unless_within")
    return pattern


def _group(listed: Sequence[str], scope: Scope) -> Group:
    words, coming, forms = [], [], []
    for word in listed:
        if word.startswith(FORM):
            forms.append(word[1:])
        elif word.startswith(COMING):
            coming.append(word[1:])
        else:
            words.append(word)
    return Group(tuple(words), scope, tuple(coming), tuple(forms))


def _bound(node: Node, scope: Scope) -> Bound:
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


def _time(node: Node, words: _Words, scope: Scope, *, before: bool) -> TimeRule:
    rule = TimeRule(words.listed(node, "events", required=True), before, node.scope("within", scope))
    node.finish()
    return rule


class _Words:
    """Word lists by name, and the reading of lists that may refer to them as "@name"."""

    def __init__(self, shared: Mapping[str, tuple[str, ...]], root: Node) -> None:
        self._own = root.node("words")
        self._known = {name: words for name, words in shared.items() if name not in self._own}
        self._resolving: list[str] = []
        for name in self._own.names():
            self._resolve(name)

    def all(self) -> dict[str, tuple[str, ...]]:
        return dict(self._known)

    def listed(
        self, node: Node, key: str, *, required: bool = False, coming: bool = False, forms: bool = False
    ) -> tuple[str, ...]:
        """The words of a list, references resolved, each once; an empty list where the key is absent."""
        texts = node.texts(key)
        if not texts and (required or key in node):
            node.fail(key, "不能为空")
        return self.each(node, texts, (key,), coming=coming, forms=coming or forms) if texts else ()

    def each(
        self, node: Node, texts: Iterable[str], path: tuple[Key, ...], *, coming: bool, forms: bool
    ) -> tuple[str, ...]:
        """The words that some texts stand for; `coming` allows the sign of words that must be still to come.

        A form of speech comes out as its regular expression behind `FORM`.
        """
        found: dict[str, None] = {}
        for text in texts:
            sign = COMING if text.startswith(COMING) else ""
            word = text.removeprefix(COMING).strip()
            if word.startswith("@") and not is_form(word):
                listed = self._resolve(word[1:], node, path)
                found.update(
                    dict.fromkeys(each if each.startswith(FORM) else sign + each.removeprefix(sign) for each in listed)
                )
            elif is_form(word):
                found[self._form(word, node, path)] = None
            elif len(plain(word)) < 2:
                node.fail_at(path, "有空白或单字的词条；单字会处处命中，不收（至少两个字）")
            else:
                found[sign + word] = None
        if not found:
            node.fail_at(path, "不能为空")
        if not coming and any(word.startswith(COMING) for word in found):
            node.fail_at(path, f"“{COMING}”（尚未发生）只用于 all、any、near")
        if not forms and any(word.startswith((FORM, PART)) for word in found):
            node.fail_at(path, "句式（含“…”或花括号）只用于 all、any、near、unless")
        if node is not self._own and any(word.startswith(PART) for word in found):
            node.fail_at(path, "句式至少要有两个字")
        return tuple(found)

    def _form(self, form: str, node: Node, path: tuple[Key, ...]) -> str:
        try:
            return form_pattern(form, lambda name: self._resolve(name, node, path))
        except ValueError as error:
            if isinstance(error, DictionaryError):
                raise
            node.fail_at(path, str(error))

    def _resolve(self, name: str, node: Node | None = None, path: tuple[Key, ...] = ()) -> tuple[str, ...]:
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
