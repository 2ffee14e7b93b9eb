"""Words of one kind from a member of a package: what readers of workbooks and presentations answer with."""

from __future__ import annotations

from dataclasses import dataclass

from markpipe.model.document import PartKind


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of one kind: `rows` of cells, or a row a word."""

    name: str
    kind: PartKind
    rows: tuple[tuple[str, ...], ...]

    @property
    def visible(self) -> bool:
        """Whether a reader of the file sees it."""
        return self.kind is PartKind.BODY
