"""The title of a DOCX: the paragraph, or the last of several, that a mark 标题下方 stands under.

By style (Title, 标题, Heading 1) among the first paragraphs with words, else the largest centred ones that are larger
than what follows.  A title in a text box or a table is not seen, and the answer then is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from markpipe.formats.docx.mark_package import Package, parse
from markpipe.formats.docx.names import w

_FIRST = 20
_TITLES = frozenset({"title", "标题", "heading 1", "公文标题"})
_DEFAULT_HALF_POINTS = 21
_LARGER = 1.15


@dataclass(frozen=True, slots=True)
class _Paragraph:
    words: str
    style: str
    centred: bool
    size: int


def title_words(data: bytes) -> str:
    """The words of the title's last paragraph without white space, empty where none was recognised."""
    package = Package.read(data)
    styles = _styles(package)
    body = parse(package.parts[package.main]).find(w("body"))
    paragraphs = [] if body is None else [_look(one, styles) for one in body.iterchildren(w("p"))]
    spoken = [one for one in paragraphs if one.words][:_FIRST]
    sizes = sorted(one.size for one in spoken)
    large = (
        max(sizes[len(sizes) // 2] * _LARGER, max((one.size for one in spoken if one.centred), default=0))
        if spoken
        else 0
    )
    for title in (
        [one.style in _TITLES for one in spoken],
        [one.centred and one.size >= large for one in spoken],
    ):
        if True in title:
            start = title.index(True)
            end = title.index(False, start) if False in title[start:] else len(title)
            return spoken[end - 1].words
    return ""


def _styles(package: Package) -> dict[str, etree._Element]:
    name = f"{package.main.rpartition('/')[0]}/styles.xml"
    if name not in package.parts:
        return {}
    return {one.get(w("styleId"), ""): one for one in parse(package.parts[name]).iter(w("style"))}


def _look(paragraph: etree._Element, styles: dict[str, etree._Element]) -> _Paragraph:
    words = "".join("".join((one.text or "").split()) for one in paragraph.iter(w("t")))
    style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
    chain = list(_chain("" if style is None else style.get(w("val"), ""), styles))
    name = None if not chain else chain[0].find(w("name"))
    own = [int(one.get(w("val"), 0)) for one in paragraph.iterfind(f"{w('r')}/{w('rPr')}/{w('sz')}")]
    aligned = [one for part in (paragraph, *chain) if (one := part.find(f"{w('pPr')}/{w('jc')}")) is not None]
    sized = [one for part in chain if (one := part.find(f"{w('rPr')}/{w('sz')}")) is not None]
    return _Paragraph(
        words,
        "" if name is None else name.get(w("val"), "").lower(),
        bool(aligned) and aligned[0].get(w("val")) == "center",
        max(own) if own else int(sized[0].get(w("val"), 0)) if sized else _DEFAULT_HALF_POINTS,
    )


def _chain(identity: str, styles: dict[str, etree._Element]) -> Iterator[etree._Element]:
    """A style and those that it is based on."""
    met: set[str] = set()
    while identity in styles and identity not in met:
        met.add(identity)
        yield styles[identity]
        base = styles[identity].find(w("basedOn"))
        identity = "" if base is None else base.get(w("val"), "")
