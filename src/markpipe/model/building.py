"""Putting a `TextMap` together part by part, as a reader goes through a file."""

from __future__ import annotations

import numpy as np

from markpipe.model.document import Offsets, Part, PartKind, TextMap


class TextMapBuilder:
    """Collects parts in reading order; what a reader appends is the text, never a copy of it elsewhere."""

    def __init__(self) -> None:
        self._chunks: list[str] = []
        self._length = 0
        self._parts: list[Part] = []
        self._joins: list[int] = []
        self._gaps: list[int] = []
        self._open: tuple[str, PartKind, bool, int | None, bool] | None = None
        self._start = 0

    def begin(
        self,
        name: str,
        kind: PartKind,
        *,
        visible: bool = True,
        page: int | None = None,
        recognised: bool = False,
        continues: bool = False,
    ) -> None:
        """Start a part; the one before it ends here, with a gap unless this one `continues` its text."""
        self._close(last=continues)
        self._open = (name, kind, visible, page, recognised)
        self._start = self._length

    def add(self, text: str) -> None:
        """Append text to the open part."""
        if self._open is None:
            raise ValueError("text before the first part")
        self._chunks.append(text)
        self._length += len(text)

    def add_lines(self, text: str, joins: Offsets, gaps: Offsets) -> None:
        """Append text whose line ends are sorted already: `joins` and `gaps` count from its start."""
        self._joins.extend((joins + self._length).tolist())
        self._gaps.extend((gaps + self._length).tolist())
        self.add(text)

    def join(self, separator: str = "\n") -> None:
        """Append a line end that only wraps a line: matching may look through it."""
        self._joins.extend(range(self._length, self._length + len(separator)))
        self.add(separator)

    def gap(self, separator: str = "\n") -> None:
        """Append a separator that no match may cross: a paragraph or cell end."""
        self._gaps.extend(range(self._length, self._length + len(separator)))
        self.add(separator)

    def build(self) -> TextMap:
        """The finished map; parts without text are left out, and each part but the last ends with a gap."""
        self._close(last=True)
        return TextMap(
            "".join(self._chunks),
            tuple(self._parts),
            np.array(self._joins, dtype=np.int64),
            np.array(self._gaps, dtype=np.int64),
        )

    def _close(self, *, last: bool = False) -> None:
        if self._open is None or self._length == self._start:
            self._open = None
            return
        name, kind, visible, page, recognised = self._open
        if not last and (not self._gaps or self._gaps[-1] != self._length - 1):
            self.gap()
        self._parts.append(Part(name, kind, self._start, self._length, visible, page, recognised))
        self._open = None
