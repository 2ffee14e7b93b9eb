"""Takes words out of the stories of a Word document, however they are split over runs, cells, boxes and symbols.

A story is read as one run of characters in document order, then once more without its text boxes and box by box.  The
placeholder stands once for each gap; nothing tells its length unless the exact gap was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from markpipe.formats.docx.names import M, w
from markpipe.redaction.needles import Needles
from markpipe.redaction.policy import LABEL, Gap

_TEXT = (w("t"), f"{{{M}}}t")
_MARKS = {w("tab"): " ", w("br"): " ", w("cr"): " ", w("softHyphen"): "\u00ad", w("noBreakHyphen"): "-"}
_BLOCK = "■"


@dataclass(slots=True, eq=False)
class Atom:
    """One character (or a tab, break, hyphen, symbol) of a story: its node and place in the node's text."""

    node: etree._Element
    place: int
    text: str
    boxed: int


def atoms(root: etree._Element) -> list[Atom]:
    """The characters of a story in document order; `boxed` numbers the text box that one stands in (0: none)."""
    found: list[Atom] = []
    boxes: dict[int, int] = {}
    for node in root.iter():
        if node.tag in _TEXT:
            box = _box(node, boxes)
            found.extend(Atom(node, place, char, box) for place, char in enumerate(node.text or ""))
        elif node.tag in _MARKS:
            found.append(Atom(node, -1, _MARKS[node.tag], _box(node, boxes)))
        elif node.tag == w("sym"):
            found.append(Atom(node, -1, _symbol(node), _box(node, boxes)))
    return found


def _box(node: etree._Element, boxes: dict[int, int]) -> int:
    for above in node.iterancestors(w("txbxContent")):
        return boxes.setdefault(id(above), len(boxes) + 1)
    return 0


def _symbol(node: etree._Element) -> str:
    try:
        code = int(node.get(w("char"), ""), 16)
    except ValueError:
        return ""
    return chr(code - 0xF000 if code >= 0xF000 else code)


def remove(root: etree._Element, needles: Needles, gap: Gap) -> tuple[int, int]:
    """Take the words out of a story; how many characters went, and from how many places."""
    everything = atoms(root)
    views: list[list[Atom]] = [everything]
    groups = sorted({atom.boxed for atom in everything})
    if len(groups) > 1:
        views += [[atom for atom in everything if atom.boxed == group] for group in groups]
    gone: set[int] = set()
    for view in views:
        for hit in needles.find([atom.text for atom in view]):
            gone.update(id(view[place]) for place in range(hit.first, hit.last + 1))
    if not gone:
        return 0, 0
    return len(gone), _cut(everything, gone, gap)


def _cut(everything: Sequence[Atom], gone: set[int], gap: Gap) -> int:
    """Rewrite the nodes; the first of each gap gets the placeholder."""
    gaps = 0
    inside = False
    texts: dict[int, list[str]] = {}
    nodes: dict[int, etree._Element] = {}
    paragraph: etree._Element | None = None
    for atom in everything:
        key = id(atom.node)
        nodes[key] = atom.node
        pieces = texts.setdefault(key, [])
        here = next(atom.node.iterancestors(w("p")), None)
        if id(atom) not in gone:
            inside = inside and not atom.text.strip() and here is paragraph
            pieces.append(atom.text if atom.place >= 0 else "keep")
            continue
        if not inside or here is not paragraph:
            gaps += 1
            label = LABEL if gap is not Gap.EXACT else ""
        else:
            label = ""
        inside, paragraph = True, here
        if atom.place >= 0:
            pieces.append(label + (_BLOCK if gap is Gap.EXACT and atom.text.strip() else ""))
        elif label:
            _put_before(atom.node, label)
    for key, pieces in texts.items():
        node = nodes[key]
        if node.tag in _TEXT:
            node.text = "".join(pieces)
            node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        elif not any(pieces):
            _drop(node)
    _drop_empty(nodes.values())
    return gaps


def _put_before(node: etree._Element, label: str) -> None:
    text = etree.Element(w("t"))
    text.text = label
    node.addprevious(text)


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _drop_empty(nodes: Iterable[etree._Element]) -> None:
    """Texts that say nothing any more, and runs that hold nothing but their looks."""
    for node in list(nodes):
        if node.tag not in _TEXT or node.text:
            continue
        run = node.getparent()
        _drop(node)
        if run is not None and run.tag == w("r") and all(child.tag == w("rPr") for child in run):
            _drop(run)
