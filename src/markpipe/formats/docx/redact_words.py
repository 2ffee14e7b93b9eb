"""Takes words out of the stories of a Word document, however they are split over runs, cells, boxes and symbols.

A story is read as one run of characters in document order, then once more without its text boxes and box by box.  The
placeholder stands once for each gap; nothing tells its length unless the exact gap was asked for.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from markpipe.formats.docx.names import M, w
from markpipe.redaction.needles import Needles
from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap

_TEXT = (w("t"), f"{{{M}}}t")
_MARKS = {w("tab"): " ", w("br"): " ", w("cr"): " ", w("softHyphen"): "\u00ad", w("noBreakHyphen"): "-"}
_BLOCK = "■"
_HYPHEN = w("noBreakHyphen")
_HERE = "\ufdd0"
_KEPT_LOOKS = (w("rFonts"), w("sz"), w("szCs"))


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


def remove(root: etree._Element, needles: Needles, removal: Removal) -> tuple[int, int]:
    """Take the words out of a story; how many characters went, and from how many places."""
    everything = atoms(root)
    views: list[list[Atom]] = [everything]
    groups = sorted({atom.boxed for atom in everything})
    if len(groups) > 1:
        views += [[atom for atom in everything if atom.boxed == group] for group in groups]
    gone: dict[int, int] = {}
    for view in views:
        said = [atom.text for atom in view]
        closed = ["" if atom.node.tag == _HYPHEN else atom.text for atom in view]
        for hit in (*needles.find(said), *(needles.find(closed) if closed != said else ())):
            for place in range(hit.first, hit.last + 1):
                gone.setdefault(id(view[place]), hit.needle)
    if not gone:
        return 0, 0
    labels = {key: removal.reason(needle).label for key, needle in gone.items()}
    gaps = _cut(everything, labels, removal.gap)
    for paragraph in root.iter(w("p")):
        _join_runs(paragraph)
    return len(gone), gaps


def _cut(everything: Sequence[Atom], gone: Mapping[int, str], gap: Gap) -> int:
    """Rewrite the nodes; the first of each gap gets the placeholder, which shows nothing of how the words were set."""
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
            label = f"{_HERE}{gone[id(atom)]}{_HERE}" if gap is not Gap.EXACT else ""
        else:
            label = ""
        inside, paragraph = True, here
        if atom.place >= 0:
            pieces.append(label + (_BLOCK if gap is Gap.EXACT and atom.text.strip() else ""))
        elif label:
            _put_before(atom.node, label.strip(_HERE))
    for key, pieces in texts.items():
        node = nodes[key]
        if node.tag in _TEXT:
            _say(node, "".join(pieces))
        elif not any(pieces):
            _drop(node)
    _drop_empty(nodes.values())
    return gaps


def _say(node: etree._Element, text: str) -> None:
    """Give a node its new text; each placeholder becomes a run of its own where the node stands in one."""
    run = node.getparent()
    if run is None or run.tag != w("r") or _HERE not in text:
        _set(node, text.replace(_HERE, ""))
        return
    before, *others = text.split(_HERE)  # label, text, label, text …
    first = etree.Element(run.tag)
    properties = run.find(w("rPr"))
    for child in list(run):
        if child is node:
            break
        first.append(copy.deepcopy(child) if child is properties else child)
    _set(etree.SubElement(first, node.tag), before)
    run.addprevious(first)
    for number, piece in enumerate(others[:-1]):
        run.addprevious(_run(properties, piece) if number % 2 else _label_run(properties, piece))
    _set(node, others[-1])


def _set(node: etree._Element, text: str) -> None:
    node.text = text
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _run(properties: etree._Element | None, text: str) -> etree._Element:
    run = etree.Element(w("r"))
    if properties is not None:
        run.append(copy.deepcopy(properties))
    _set(etree.SubElement(run, w("t")), text)
    return run


def _label_run(properties: etree._Element | None, label: str) -> etree._Element:
    """The placeholder in the font and size of the place, without weight, colour and the like."""
    run = _run(properties, label)
    for child in list(run[0]) if properties is not None else ():
        if child.tag not in _KEPT_LOOKS:
            run[0].remove(child)
    return run


def _join_runs(paragraph: etree._Element) -> None:
    """Join neighbours that look alike and leave out empty ones: how a text is cut into runs tells what stood between."""
    last: etree._Element | None = None
    for run in list(paragraph):
        if run.tag != w("r"):
            last = None
            continue
        properties = run.find(w("rPr"))
        if properties is not None and not len(properties):
            run.remove(properties)
        texts = [child for child in run if child.tag != w("rPr")]
        if any(child.tag != w("t") for child in texts):
            last = None
            continue
        said = "".join(child.text or "" for child in texts)
        if not said:
            _drop(run)
        elif last is not None and _looks(last) == _looks(run):
            _set(last[-1], (last[-1].text or "") + said)
            _drop(run)
        else:
            for child in texts[1:]:
                run.remove(child)
            _set(texts[0], said)
            last = run


def _looks(run: etree._Element) -> bytes:
    """The properties of a run, for comparing."""
    properties = run.find(w("rPr"))
    return b"" if properties is None or not len(properties) else etree.tostring(properties, method="c14n")


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
