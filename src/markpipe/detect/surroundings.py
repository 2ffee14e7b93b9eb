"""Where sentences, table rows, paragraphs and titles of a folded text lie: the scopes that conditions are looked for in.

::

    folded   表头⏎试题⏎启用前⏎绝密⏎二、要求。另…⏎
                  └ cell ends ┘   └ paragraph end
    unit     |------ one row ------|--a-----|-b-|     a unit is a sentence, or a whole table row

A cell end stops a match but not a condition: what stands in one row belongs together.  Knows no dictionary.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from markpipe.detect.catalogue import Place, Reach, Scope
from markpipe.model.document import PartKind, TextMap
from markpipe.text.fold import Folded
from markpipe.text.lines import sentence_spans

_CELL_END = "\t"
_TITLE_LONGEST = 60
_TITLE_LINES = 4
_TITLE = re.compile(
    r"(?:通知|方案|报告|请示|批复|意见|函|纪要|计划|名单|清单|一览表|目录|汇总表|统计表|细则|预案|安排|说明|台账|登记表|总结|分析|规划|试题|试卷|图|表)(?:[(（].*[)）])?$"
)
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rows:
    """Stretches in order, with a look-up of the one that an offset stands in."""

    starts: tuple[int, ...]
    stretches: tuple[Stretch, ...]

    @classmethod
    def of(cls, stretches: list[Stretch]) -> Rows:
        return cls(tuple(start for start, _ in stretches), tuple(stretches))

    def index(self, offset: int) -> int:
        """The number of the stretch that an offset stands in, or of the last one before it (-1: before the first)."""
        return bisect_right(self.starts, offset) - 1

    def at(self, offset: int) -> Stretch:
        """The stretch that an offset stands in; an empty one where it stands between two."""
        index = self.index(offset)
        if index < 0 or offset >= self.stretches[index][1]:
            return offset, offset
        return self.stretches[index]


class Surroundings:
    """The scopes of one document, found once; all offsets are folded ones."""

    def __init__(self, text_map: TextMap, folded: Folded) -> None:
        self._map = text_map
        self._folded = folded
        self.text = folded.text
        cells, paragraphs = self._split()
        self.paragraphs = Rows.of(paragraphs)
        self._table_rows = {self.paragraphs.at(cell) for cell in cells}
        self.units = Rows.of(self._units())
        self.title = self._title()
        self._columns = self._column_heads()

    def stretches(self, scope: Scope, start: int) -> tuple[Stretch, ...]:
        """Where a condition is looked for, for an anchor at `start`; its unit comes first."""
        unit = self.units.at(start)
        match scope.reach:
            case Reach.PARAGRAPH:
                return unit, self.paragraphs.at(start)
            case Reach.TITLE:
                return unit, *self.title
            case Reach.DOCUMENT:
                return unit, (0, len(self.text))
            case Reach.CHARACTERS:
                return (self.paragraphs.at(start),)  # how far in there, who looks must measure: a word has a length
            case _:
                return (unit,)

    def stands(self, place: Place, start: int) -> bool:
        """Whether an anchor stands in a title, a page header, the head of a column, or a table at all."""
        if place is Place.TITLE:
            return any(low <= start < high for low, high in self.title)
        if place is Place.HEADER:
            return self._map.part_at(int(self._folded.offsets[start])).kind is PartKind.HEADER
        row = self.paragraphs.at(start)
        return row in (self._columns if place is Place.COLUMN else self._table_rows)

    def _split(self) -> tuple[list[int], list[Stretch]]:
        """Cell ends, and paragraphs: what lies between line ends that end no cell."""
        cells: list[int] = []
        paragraphs: list[Stretch] = []
        start = 0
        for match in re.finditer("\n", self.text):
            at = match.start()
            if self._folded.raw[int(self._folded.offsets[at])] == _CELL_END:
                cells.append(at)
                continue
            if at > start:
                paragraphs.append((start, at))
            start = at + 1
        if len(self.text) > start:
            paragraphs.append((start, len(self.text)))
        return cells, paragraphs

    def _units(self) -> list[Stretch]:
        units: list[Stretch] = []
        for start, end in self.paragraphs.stretches:
            if (start, end) in self._table_rows:
                units.append((start, end))
            else:
                units.extend((start + low, start + high) for low, high in sentence_spans(self.text[start:end]))
        return units

    def _title(self) -> tuple[Stretch, ...]:
        """The first lines of the text, as long as they are short and end no sentence: marks, heading, subtitle."""
        found: list[Stretch] = []
        for start, end in self.paragraphs.stretches[:_TITLE_LINES]:
            line = self.text[start:end].strip()
            if len(line) > _TITLE_LONGEST or line.endswith(("。", ":", ";", ",", "!", "?")):
                break
            found.append((start, end))
            if _TITLE.search(line):
                break
        return tuple(found)

    def _column_heads(self) -> set[Stretch]:
        """The first row of each table."""
        heads: set[Stretch] = set()
        previous: Stretch | None = None
        for paragraph in self.paragraphs.stretches:
            if paragraph in self._table_rows and previous not in self._table_rows:
                heads.add(paragraph)
            previous = paragraph
        return heads
