"""Text on its way into parts: pieces that say what stands between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, Flag, auto

from markpipe.model.building import TextMapBuilder
from markpipe.model.document import PartKind


class Role(Enum):
    """What a piece of text is: words, a line end that only wraps, or a separator that no match crosses."""

    TEXT = auto()
    JOIN = auto()
    GAP = auto()


class State(Flag):
    """What is special about a run."""

    PLAIN = 0
    INSERTED = auto()
    DELETED = auto()
    UNSEEN = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, what it is, and what is special about it."""

    text: str
    role: Role = Role.TEXT
    state: State = State.PLAIN


@dataclass(slots=True)
class Flow:
    """Pieces in reading order."""

    pieces: list[Piece] = field(default_factory=list)

    def add(self, piece: Piece) -> None:
        """Append a piece."""
        if piece.text:
            self.pieces.append(piece)

    def gap(self, separator: str = "\n") -> None:
        """End a paragraph or a cell."""
        self.pieces.append(Piece(separator, Role.GAP))

    def turn_last_gap(self, separator: str) -> None:
        """Let the last separator be another one: the last paragraph of a cell ends with the cell."""
        if self.pieces and self.pieces[-1].role is Role.GAP:
            self.pieces[-1] = Piece(separator, Role.GAP)
        else:
            self.gap(separator)

    @property
    def has_words(self) -> bool:
        """Whether anything but separators is in it."""
        return any(piece.role is Role.TEXT and piece.text.strip() for piece in self.pieces)

    def write(self, builder: TextMapBuilder, name: str, kind: PartKind, *, visible: bool) -> None:
        """Put the flow into the text map: one part, or several of one name where insertions have a kind of their own.

        An insertion goes on where the text before it ends, so that a match can run through both.
        """
        if not self.has_words:
            return
        current: PartKind | None = None
        for piece in self.pieces:
            wanted = PartKind.INSERTION if State.INSERTED in piece.state and kind is PartKind.BODY else kind
            if wanted is not current and (current is None or piece.role is Role.TEXT):
                builder.begin(name, wanted, visible=visible, continues=current is not None)
                current = wanted
            match piece.role:
                case Role.TEXT:
                    builder.add(piece.text)
                case Role.JOIN:
                    builder.join(piece.text)
                case Role.GAP:
                    builder.gap(piece.text)
