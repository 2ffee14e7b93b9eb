"""Text in drawings that no page shows: unused forms, hidden appearances, removed pages, orphan content, layers off.

A drawing can only be read by drawing it, so a copy of the file is made in memory in which each of them has a page of
its own.  This runs only for files that have such drawings.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

from markpipe.formats.pdf.opening import opened
from markpipe.formats.pdf.pages import all_text
from markpipe.formats.pdf.printed import Printed
from markpipe.formats.pdf.syntax import REFERENCE
from markpipe.model.document import PartKind

_FORM = re.compile(r"/Subtype/Form\b|/PatternType 1\b")
_PAGE = re.compile(r"/Type/Page(?![A-Za-z])")
_DO = re.compile(rb"/([^\s()<>\[\]{}/%]+)\s+Do\b|/([^\s()<>\[\]{}/%]+)\s+(?:scn|SCN)\b")
_HIDDEN_FLAGS = 2 | 32
_WIDE = 14400
_MOST = 500


@dataclass(frozen=True, slots=True)
class Undrawn:
    """What has to be drawn apart: object numbers, and streams that are no objects any more."""

    forms: tuple[int, ...] = ()
    pages: tuple[int, ...] = ()
    contents: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.forms or self.pages or self.contents)


def candidates(document: Any, printed: Printed, orphans: Sequence[bytes]) -> Undrawn:
    """Forms and patterns that nothing draws, pages outside the page tree, and the given orphan streams."""
    forms = printed.having(_FORM)
    live = set(printed.pages)
    pages = [number for number in printed.having(_PAGE) if number not in live]
    unused = tuple(sorted(set(forms) - _drawn(document, printed))) if forms else ()
    return Undrawn(unused, tuple(pages), tuple(orphans))


def texts(data: bytes, undrawn: Undrawn) -> Iterator[tuple[str, PartKind, str]]:
    """Name, kind and text of each drawing that says something."""
    copy, labels = _drawn_apart(data, undrawn)
    with opened(copy) as document:
        for number, (name, kind) in enumerate(labels):
            text = all_text(document[number])
            if text.strip():
                yield name, kind, text


def layers_off(data: bytes, shown: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Page (counted from 0) and text that appears only when every layer is on; `shown` is each page's text."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        del pdf.Root.OCProperties
        pdf.save(out, static_id=True)
    with opened(out.getvalue()) as document:
        for number in range(min(document.page_count, len(shown))):
            known = set(shown[number].splitlines())
            lines = all_text(document[number]).splitlines()
            if more := [line for line in lines if line.strip() and line not in known]:
                yield number, "\n".join(more) + "\n"


def _drawn(document: Any, printed: Printed) -> set[int]:
    """Numbers of the forms and patterns that pages draw, directly or through each other."""
    drawn: set[int] = set()
    open_ends: list[tuple[str, bytes]] = []
    for page, number in enumerate(printed.pages):
        content = document[page].read_contents()
        open_ends.append((_inherited(printed, number), content))
        for reference, flags, text in _annotations(printed, number):
            if not flags & _HIDDEN_FLAGS:
                drawn.update(_appearance(printed, text))
            drawn.discard(reference)
    seen = set(drawn)
    queue = [*drawn]
    while open_ends or queue:
        if queue:
            number = queue.pop()
            text = printed.get(number)
            content = _stream(document, number)
        else:
            text, content = open_ends.pop()
        for number in _used(printed, text, content):
            if number not in seen:
                seen.add(number)
                drawn.add(number)
                queue.append(number)
    return drawn


def _used(printed: Printed, owner: str, content: bytes) -> Iterator[int]:
    """Objects that a content stream names in Do and scn, looked up in its owner's resources."""
    names = {(match[1] or match[2]).decode("latin-1") for match in _DO.finditer(content)}
    if not names:
        return
    resources = printed.entry(owner, "Resources")
    for category in ("XObject", "Pattern"):
        table = printed.entry(resources, category)
        for match in re.finditer(r"/([^\s()<>\[\]{}/%]+) (\d+) \d+ R", table):
            if match[1] in names:
                yield int(match[2])
    if "/Font" in resources:  # glyphs of Type 3 fonts may draw forms too; their resources count as drawn
        for reference in REFERENCE.findall(printed.entry(resources, "Font")):
            font = printed.get(int(reference))
            if "/Type3" in font:
                yield from (int(each) for each in REFERENCE.findall(printed.entry(font, "Resources")))


def _inherited(printed: Printed, number: int) -> str:
    """A page's dictionary, or that of the node above it that has its resources."""
    text = printed.get(number)
    for _ in range(50):
        if "/Resources" in text:
            return text
        parent = re.search(r"/Parent (\d+) \d+ R", text)
        if parent is None:
            return ""
        text = printed.get(int(parent[1]))
    return ""


def _annotations(printed: Printed, number: int) -> Iterator[tuple[int, int, str]]:
    """Number, flags and dictionary of each annotation of a page."""
    annotations = printed.entry(printed.get(number), "Annots")
    for reference in REFERENCE.findall(annotations):
        text = printed.get(int(reference))
        flags = re.search(r"/F (\d+)", text)
        yield int(reference), int(flags[1]) if flags else 0, text


def _appearance(printed: Printed, annotation: str) -> list[int]:
    """The normal appearance that is shown."""
    table = printed.entry(annotation, "AP")
    direct = re.search(r"/N (\d+) \d+ R", table)
    if direct:
        number = int(direct[1])
        if "/Subtype/Form" in printed.get(number):
            return [number]
        table = printed.get(number)
    state = re.search(r"/AS/([^\s()<>\[\]{}/%]+)", annotation)
    if state is None:
        return []
    found = re.search(rf"/{re.escape(state[1])} (\d+) \d+ R", table)
    return [int(found[1])] if found else []


def _stream(document: Any, number: int) -> bytes:
    try:
        return document.xref_stream(number) or b""
    except (RuntimeError, ValueError):
        return b""


def _drawn_apart(data: bytes, undrawn: Undrawn) -> tuple[bytes, list[tuple[str, PartKind]]]:
    """A copy of the file whose first pages show the drawings, and what each of these pages shows."""
    labels: list[tuple[str, PartKind]] = []
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = []
        resources = pdf.pages[0].resources if len(pdf.pages) else pikepdf.Dictionary()
        for number in undrawn.forms[:_MOST]:
            form = pdf.get_object(number, 0)
            form.Subtype = pikepdf.Name.Form
            form.BBox = pikepdf.Array([-_WIDE, -_WIDE, _WIDE, _WIDE])
            if "/OC" in form:
                del form.OC
            table = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X1=form))
            pages.append(_blank(pdf, b"/X1 Do", table))
            labels.append((f"object:{number}", PartKind.HIDDEN))
        for content in undrawn.contents[:_MOST]:
            pages.append(_blank(pdf, content, resources))
            labels.append((f"content:{len(labels) + 1}", PartKind.RESIDUE))
        for number in undrawn.pages[:_MOST]:
            page = pdf.get_object(number, 0)
            if "/Parent" in page and "/Resources" not in page:
                page.Resources = pikepdf.Page(page).resources
            pages.append(page)
            labels.append((f"object:{number}", PartKind.REVISION))
        del pdf.pages[:]
        for page in pages:
            pdf.pages.append(pikepdf.Page(page))
        if "/OCProperties" in pdf.Root:
            del pdf.Root.OCProperties
        pdf.save(out, static_id=True)
    return out.getvalue(), labels


def _blank(pdf: Any, content: bytes, resources: Any) -> Any:
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[-_WIDE // 2, -_WIDE // 2, _WIDE // 2, _WIDE // 2],
            Contents=pdf.make_stream(content),
            Resources=resources,
        )
    )
