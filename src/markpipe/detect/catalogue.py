"""What a dictionary says, as values: catalogues of items, each with patterns that find it in a text.

::

    Catalogue  教育工作国家秘密范围（考试）        status: may it be a basis?
      └ CatalogueItem  全国统一考试启用前的试题    level, term, basis: what a finding proposes
          └ Pattern    terms  试题|试卷|副题        where a finding is anchored (any of them)
                       groups 高考|研考 · 命题|印制  one of each must stand in its scope
                       numbers, before, unless     numbers with units, time, what speaks against it

`dictionary` reads these from TOML data and `match` looks for them.  A value in here knows no file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from markpipe.model.classification import Level
from markpipe.model.finding import Kind


class Status(StrEnum):
    """Whether a catalogue or item is in force; only what is in force, or not known not to be, can be a basis."""

    CURRENT = "现行"
    SUPERSEDED = "已废止"
    UNVERIFIED = "须核实"


class Reach(StrEnum):
    """How far from an anchor a condition is looked for.  Every reach includes the sentence (or table row) itself."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    TITLE = "title"
    DOCUMENT = "document"
    CHARACTERS = "characters"

    @property
    def label(self) -> str:
        """The Chinese name, as `why` words it."""
        return _REACH_LABELS[self]


_REACH_LABELS = {
    Reach.SENTENCE: "同句",
    Reach.PARAGRAPH: "同段",
    Reach.TITLE: "标题或同句",
    Reach.DOCUMENT: "同一文件",
    Reach.CHARACTERS: "近旁",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """A reach; `characters` counts folded characters either side, never beyond the paragraph."""

    reach: Reach = Reach.SENTENCE
    characters: int = 0

    @property
    def label(self) -> str:
        return f"{self.characters}字以内" if self.reach is Reach.CHARACTERS else self.reach.label


SENTENCE = Scope()


@dataclass(frozen=True, slots=True)
class Group:
    """Words of which one must (or, as `unless`, must not) stand in the scope.

    Those in `coming` count only where they are spoken of as still to come or forbidden: 尚未公布, 公布前, 不得公布;
    `forms` are regular expressions of forms of speech (`detect.forms`).
    """

    words: tuple[str, ...]
    scope: Scope = SENTENCE
    coming: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


class Measure(StrEnum):
    """Quantities that a numeric condition compares, each in its base unit."""

    SCALE = "比例尺"
    AREA = "面积"
    LENGTH = "长度"
    INTERVAL = "等高距"
    GRAVITY = "重力精度"
    ARC = "角度"
    MONEY = "金额"

    @property
    def unit(self) -> str:
        """The base unit that bounds are given in."""
        return _UNITS[self]


_UNITS = {
    Measure.SCALE: "分母",
    Measure.AREA: "平方千米",
    Measure.LENGTH: "米",
    Measure.INTERVAL: "米",
    Measure.GRAVITY: "毫伽",
    Measure.ARC: "角分",
    Measure.MONEY: "万元",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A numeric condition: some number of that measure in the scope lies between the bounds."""

    measure: Measure
    least: float | None = None
    most: float | None = None
    least_included: bool = True
    most_included: bool = True
    scope: Scope = SENTENCE

    def holds(self, value: float) -> bool:
        """Whether a value in the base unit lies between the bounds."""
        if self.least is not None and not (value > self.least or (self.least_included and value == self.least)):
            return False
        return self.most is None or value < self.most or (self.most_included and value == self.most)

    @property
    def label(self) -> str:
        """The condition in Chinese: 面积大于25平方千米."""
        words = []
        if self.least is not None:
            words.append(f"{'不小于' if self.least_included else '大于'}{self.least:g}")
        if self.most is not None:
            words.append(f"{'不大于' if self.most_included else '小于'}{self.most:g}")
        return f"{self.measure.value}{'、'.join(words)}{self.measure.unit}"


@dataclass(frozen=True, slots=True)
class TimeRule:
    """A time condition: one of the events is still to come (`before`) or is over, as the words in the scope say."""

    events: tuple[str, ...]
    before: bool
    scope: Scope = SENTENCE


class Place(StrEnum):
    """Where an anchor must stand."""

    TITLE = "title"
    HEADER = "header"
    COLUMN = "column"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which an item shows in a text; `confidence` is what a plain match of it is worth.

    `tokens` are spaCy token patterns, each as JSON, of which one must hold in the sentence.
    """

    terms: tuple[str, ...]
    groups: tuple[Group, ...] = ()
    numbers: tuple[Bound, ...] = ()
    times: tuple[TimeRule, ...] = ()
    unless: tuple[Group, ...] = ()
    places: frozenset[Place] = frozenset()
    confidence: float = 0.7
    general: bool = False
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One 保密事项.  `id` is unique over all catalogues; `level_rule` says how the level is found where none is fixed.

    `aggregate`: so many places together make the matter, of its own patterns or of the items that `of` names.
    `produced_at`: the tiers that produce it (产生层级); none where the list does not say.
    """

    id: str
    kind: Kind
    item: str
    level: Level | None
    level_rule: str
    term: str | None
    audience: str
    basis: str
    source: str
    status: Status
    patterns: tuple[Pattern, ...]
    aggregate: int = 0
    note: str = ""
    of: tuple[str, ...] = ()
    produced_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A 保密事项范围, 一览表 or list.  `covers` are longer, harmless words that hide a term inside them."""

    id: str
    title: str
    document: str
    kind: Kind
    status: Status
    source: str
    items: tuple[CatalogueItem, ...]
    covers: tuple[str, ...] = ()
    note: str = ""

    def words(self) -> Iterator[str]:
        """Every word that the catalogue looks for, as it spells it; many come more than once."""
        yield from self.covers
        for item in self.items:
            for pattern in item.patterns:
                yield from pattern.terms
                for group in (*pattern.groups, *pattern.unless):
                    yield from group.words
                    yield from group.coming
                for rule in pattern.times:
                    yield from rule.events
