"""One story of a Word document (body, header, notes, comments …) walked element by element.

::

    w:p ── runs ──▶ main      what a reader sees, insertions in place
              ├──▶ deleted    the paragraph as it was before: with its deletions, without its insertions
              └──▶ unseen     the paragraph with its hidden, white or tiny runs in place
    w:txbxContent ──▶ boxes   (Fallback only where it says something else)
    w:instrText   ──▶ fields

Elements this module does not know are walked like any other, and text that stands directly in them is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from markpipe.formats.docx.flow import Flow, Piece, Role, State
from markpipe.formats.docx.names import MC, M, V, W, w
from markpipe.formats.docx.styles import PLAIN, Looks, Styles, dark, looks

_SYMBOL_BASE = 0xF000
_SILENT = frozenset(
    {"rPr", "pPr", "tblPr", "tblGrid", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "numPr", "rubyPr", "tblPrEx"}
)
_FIXED = {
    w("tab"): Piece("\t"),
    w("ptab"): Piece("\t"),
    w("cr"): Piece("\n", Role.JOIN),
    w("softHyphen"): Piece("\u00ad"),
    w("noBreakHyphen"): Piece("\u2011"),
}


class Story:
    """The flows of one story.  `walk` it once."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.main = Flow()
        self.deleted = Flow()
        self.unseen = Flow()
        self.boxes = Flow()
        self.fallback = Flow()
        self.fields = Flow()
        self.ruby = Flow()
        self._target = self.main
        self._runs: list[Piece] = []
        self._state = State.PLAIN
        self._shaded = False
        self._paragraph_looks = PLAIN
        self._handlers: dict[str, Callable[[etree._Element], None]] = {
            w("p"): self._paragraph,
            w("r"): self._run,
            w("tbl"): self._table,
            w("ins"): self._inserted,
            w("moveTo"): self._inserted,
            w("del"): self._deleted,
            w("moveFrom"): self._deleted,
            w("t"): self._text,
            w("delText"): self._text,
            f"{{{M}}}t": self._text,
            w("br"): self._break,
            w("sym"): self._symbol,
            w("instrText"): self._instruction,
            w("delInstrText"): self._instruction,
            w("ruby"): self._ruby,
            w("txbxContent"): self._text_box,
            f"{{{MC}}}AlternateContent": self._alternatives,
            f"{{{V}}}textpath": self._word_art,
        }

    def walk(self, element: etree._Element) -> None:
        """Take in an element and everything below it."""
        if not isinstance(element.tag, str):
            return  # comments and instructions are read as residue
        handler = self._handlers.get(element.tag)
        if handler is not None:
            handler(element)
        elif (fixed := _FIXED.get(element.tag)) is not None:
            self._add(fixed)
        elif etree.QName(element).localname not in _SILENT:
            self._children(element)

    def finish(self) -> None:
        """End what stands outside any paragraph."""
        self._flush()

    def _children(self, element: etree._Element) -> None:
        """Walk the children; bare text in an element that has no reader of its own is kept."""
        if element.text and element.text.strip():
            self._add(Piece(element.text))
        for child in element:
            self.walk(child)
            if child.tail and child.tail.strip():
                self._add(Piece(child.tail))

    def _add(self, piece: Piece) -> None:
        self._runs.append(Piece(piece.text, piece.role, piece.state | self._state))

    def _paragraph(self, element: etree._Element) -> None:
        self._flush(end=False)
        properties = element.find(w("pPr"))
        before = self._paragraph_looks, self._shaded
        if properties is not None:
            style = properties.find(w("pStyle"))
            self._paragraph_looks = self._styles.of(None if style is None else style.get(w("val")))
            shade = properties.find(w("shd"))
            self._shaded = self._shaded or (shade is not None and dark(shade))
        else:
            self._paragraph_looks = PLAIN
        self._children(element)
        self._flush(end=True)
        self._paragraph_looks, self._shaded = before

    def _flush(self, *, end: bool = False) -> None:
        """Give the collected runs to the flows that they belong to."""
        runs, self._runs = self._runs, []
        if not runs and not end:
            return
        gone, unseen = State.DELETED, State.UNSEEN
        for piece in runs:
            if not piece.state & (gone | unseen):
                self._target.add(piece)
        self._target.gap()
        if any(gone in piece.state for piece in runs):
            for piece in runs:
                if State.INSERTED not in piece.state or gone in piece.state:
                    self.deleted.add(Piece(piece.text, piece.role))
            self.deleted.gap()
        if any(unseen in piece.state and gone not in piece.state for piece in runs):
            for piece in runs:
                if gone not in piece.state:
                    self.unseen.add(Piece(piece.text, piece.role))
            self.unseen.gap()

    def _run(self, element: etree._Element) -> None:
        if self._looks(element.find(w("rPr"))).unseen:
            self._with_state(State.UNSEEN, element)
        else:
            self._children(element)

    def _looks(self, properties: etree._Element | None) -> Looks:
        style = None if properties is None else properties.find(w("rStyle"))
        named = self._styles.of(None if style is None else style.get(w("val")))
        found = looks(properties).over(named).over(self._paragraph_looks).over(self._styles.default)
        return found.over(Looks(shaded=self._shaded or None))

    def _inserted(self, element: etree._Element) -> None:
        self._with_state(State.INSERTED, element)

    def _deleted(self, element: etree._Element) -> None:
        self._with_state(State.DELETED, element)

    def _with_state(self, state: State, element: etree._Element) -> None:
        before = self._state
        self._state = before | state
        self._children(element)
        self._state = before

    def _text(self, element: etree._Element) -> None:
        self._add(Piece(words_of(element)))

    def _break(self, element: etree._Element) -> None:
        self._add(Piece("\n", Role.GAP if element.get(w("type")) in ("page", "column") else Role.JOIN))

    def _symbol(self, element: etree._Element) -> None:
        try:
            code = int(element.get(w("char"), ""), 16)
        except ValueError:
            return
        if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and code:
            self._add(Piece(chr(code)))

    def _instruction(self, element: etree._Element) -> None:
        self.fields.add(Piece(words_of(element)))
        self.fields.gap()

    def _ruby(self, element: etree._Element) -> None:
        """The base stands in the line; what is printed above it is read apart."""
        for part in element:
            if part.tag == w("rt"):
                self.ruby.add(Piece(words_of(part)))
                self.ruby.gap()
            else:
                self.walk(part)

    def _table(self, element: etree._Element) -> None:
        self._flush()
        for row in element:
            if row.tag == w("tr"):
                self._row(row)
            else:
                self.walk(row)

    def _row(self, row: etree._Element) -> None:
        """Cells end with a tab, the last one with a line feed; the cells of a deleted row are deleted text."""
        properties = row.find(w("trPr"))
        before = self._state
        if properties is not None and properties.find(w("del")) is not None:
            self._state |= State.DELETED
        elif properties is not None and properties.find(w("ins")) is not None:
            self._state |= State.INSERTED
        cells = [child for child in row if child.tag != w("trPr")]
        for cell in cells:
            shaded = self._shaded
            shade = cell.find(f"{w('tcPr')}/{w('shd')}")
            self._shaded = shaded or (shade is not None and dark(shade))
            self.walk(cell)
            self._shaded = shaded
            if isinstance(cell.tag, str):
                self._flush()
                self._target.turn_last_gap("\n" if cell is cells[-1] else "\t")
        self._state = before

    def _text_box(self, element: etree._Element) -> None:
        """A text box is a story in the story."""
        runs, self._runs = self._runs, []
        target = self._target
        if target is not self.fallback:
            self._target = self.boxes
        self._children(element)
        self._flush()
        self._target, self._runs = target, runs

    def _alternatives(self, element: etree._Element) -> None:
        """All choices, then the fallback, which readers of the choices never see: into a flow of its own."""
        runs, self._runs = self._runs, []
        target = self._target
        for branch in element:
            if branch.tag == f"{{{MC}}}Fallback":
                self._flush()
                self._target = self.fallback
                self._children(branch)
                self._flush()
                self._target = target
            else:
                self._runs, runs = runs, self._runs
                self.walk(branch)
                self._runs, runs = runs, self._runs
        self._flush()
        self._runs = runs

    def _word_art(self, element: etree._Element) -> None:
        self.boxes.add(Piece(element.get("string", "")))
        self.boxes.gap()


def words_of(element: etree._Element) -> str:
    """All text below an element."""
    return "".join(str(text) for text in element.itertext())


MAIN_ROOTS = frozenset(
    f"{{{W}}}{name}" for name in ("document", "hdr", "ftr", "footnotes", "endnotes", "comments", "glossaryDocument")
)
