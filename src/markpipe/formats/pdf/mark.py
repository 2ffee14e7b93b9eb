"""Set a plan on a PDF: each page's ink once, as one form XObject over what the page already shows.

::

    Contents  [ "q" … | the page's own streams, untouched | "Q" … /MpMark0 Do ]

What the page draws is closed off first, however unbalanced it is, and the matrix undoes rotation, crop origin and
UserUnit, so that a plan's millimetres are those of the page as displayed.  Streams and pages of ours carry the key
/Markpipe: marking again replaces them, and `strip` takes them away.

This module does not check its own work (`proof.marks` does) and never writes a file.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pikepdf
import pymupdf
from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream, String

from markpipe.errors import OutputError
from markpipe.formats.pdf.claims import settle
from markpipe.formats.pdf.ink import Pen
from markpipe.formats.pdf.place import Placed, appended_size, find_places
from markpipe.formats.pdf.signed import UNSIGNED, is_signed, unsign
from markpipe.formats.pdf.xmp import restore_claims
from markpipe.marking.plan import POINTS_PER_MM, Ink, ItemKind, Marked, MarkPlan

_APPENDED_TITLES = {True: "定密情况", False: "拟定情况"}
_ID = re.compile(rb"/ID \[<[0-9a-f]*><([0-9a-f]{32})>\]")
_BROKEN = (
    *(pikepdf.PdfError, pymupdf.mupdf.FzErrorBase),
    *(KeyError, IndexError, TypeError, ValueError, AttributeError, RuntimeError, ArithmeticError),
)
_OPENING = {b"BMC", b"BDC"}


@dataclass(frozen=True, slots=True)
class Layer:
    """Ink that is set and taken off together: the key that its streams and pages bear, and its form's name on a page."""

    key: str
    xobject: str


MARKS = Layer("/Markpipe", "/MpMark0")


def mark(data: bytes, plan: MarkPlan, *, signed: bool = False) -> Marked:
    """The PDF with the plan on it, and notes on places that differ from the standard's; the same bytes each time.

    Marks that this program set before are replaced.  `OutputError` for an encrypted or unreadable file, where there is
    no room, and for a signed one unless `signed` asks for a copy that is signed no longer.
    """
    with open_pdf(data, signed=signed) as pdf, broken_structure():
        unsigned = signed and unsign(pdf)
        stripped = strip(pdf) or unsigned
        base = save(pdf) if stripped else data
        placed, sizes, count = _look(base, plan)
        titles = {index: _APPENDED_TITLES[plan.formal] for index in sizes if index >= count}
        drawn = tuple(one for one in placed if one.drawn or one.item.struck)
        _apply(pdf, drawn, sizes, titles)
        coloured = any(one.item.ink is not Ink.BLACK or one.item.artwork for one in drawn)
        notes = (*_notes(placed, count), *settle(pdf, MARKS.key, coloured=coloured), *([UNSIGNED] if unsigned else []))
        if "/ID" not in pdf.trailer:
            first = String(hashlib.sha256(data).digest()[:16])
            pdf.trailer.ID = Array([first, first])
        return Marked(with_id(save(pdf), data, plan), notes)


@contextmanager
def broken_structure() -> Iterator[None]:
    """What libraries raise over a file whose objects are not what they should be, as one thing that a person can mend."""
    try:
        yield
    except _BROKEN as error:
        raise OutputError("PDF 的内部结构不正常，不能加盖标志", "请重新导出（如打印为 PDF）后提交") from error


def unmark(data: bytes) -> bytes:
    """The PDF without the marks that this program set; the same bytes when there are none.

    Taking a formal mark off needs a decision, which the caller has to hold.  `OutputError` as for `mark`.
    """
    with open_pdf(data) as pdf, broken_structure():
        return save(pdf) if strip(pdf) else data


def with_id(marked: bytes, data: bytes, plan: MarkPlan) -> bytes:
    """The file with the second half of its /ID (which names a state of a file) made from the input and the plan."""
    return with_identity(marked, data, repr(plan))


def with_identity(marked: bytes, data: bytes, what: str) -> bytes:
    """The same for anything that was put on a file."""
    identity = hashlib.sha256(hashlib.sha256(data).digest() + what.encode()).hexdigest()[:32].encode()
    at = marked.rfind(b"/ID [<")
    found = _ID.match(marked, at) if at >= 0 else None
    return marked if found is None else marked[: found.start(1)] + identity + marked[found.end(1) :]


def _look(data: bytes, plan: MarkPlan) -> tuple[tuple[Placed, ...], dict[int, tuple[float, float]], int]:
    """Places for the plan, the size in mm of every page that gets ink, and the number of pages."""
    try:
        with pymupdf.open(stream=data, filetype="pdf") as document:
            if not document.page_count:
                raise OutputError("PDF 没有页面，不能加盖标志", "请重新导出后提交")
            placed = find_places(document, plan)
            return placed, _sizes(document, placed), document.page_count
    except pymupdf.FileDataError as error:
        raise OutputError("PDF 已损坏或不完整，不能加盖标志", "请重新导出后提交") from error


def open_pdf(data: bytes, *, signed: bool = False) -> Pdf:
    """A PDF that may be written on; `OutputError` for an encrypted or damaged one, and for a signed one unless `signed`."""
    try:
        pdf = Pdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise OutputError("PDF 已加密，不能加盖标志", "请去除口令后重新提交") from error
    except pikepdf.PdfError as error:
        raise OutputError("PDF 已损坏或不完整，不能加盖标志", "请重新导出后提交") from error
    if pdf.is_encrypted:
        pdf.close()
        raise OutputError("PDF 设有权限口令（已加密），不能加盖标志", "请去除口令后重新提交")
    try:
        with broken_structure():
            if not signed and is_signed(pdf):
                raise OutputError(
                    "PDF 带有电子签名或签章，加盖标志会使签名失效",
                    "请在签名之前加盖标志，或另附书面通知；只要一份加盖标志的副本的，用 stamp --signed-copy",
                )
    except OutputError:
        pdf.close()
        raise
    return pdf


def strip(pdf: Pdf, layer: Layer = MARKS) -> bool:
    """Take off everything of a layer that this program set; whether there was any."""
    found = False
    for index in reversed(range(len(pdf.pages))):
        page = pdf.pages[index]
        if layer.key in page.obj:
            del pdf.pages[index]
            found = True
        else:
            found |= _strip_page(page, layer)
    if found:
        restore_claims(pdf, layer.key)
    return found


def _strip_page(page: Page, layer: Layer) -> bool:
    contents = page.obj.get("/Contents")
    if not isinstance(contents, Array) or len(contents) < 2:
        return False
    kept = [stream for stream in contents if not (isinstance(stream, Stream) and layer.key in stream)]
    if len(kept) == len(contents):
        return False
    page.obj.Contents = Array(kept) if len(kept) != 1 else kept[0]
    resources = _own_resources(page)
    del resources.XObject[layer.xobject]
    if not resources.XObject.keys():
        del resources["/XObject"]
    return True


def _sizes(document: pymupdf.Document, placed: tuple[Placed, ...]) -> dict[int, tuple[float, float]]:
    sizes = {}
    for index in {one.page for one in placed if one.drawn or one.item.struck}:
        rect = document[min(index, document.page_count - 1)].rect
        if index == document.page_count:
            rect = document[0].rect
        size = (rect.width / POINTS_PER_MM, rect.height / POINTS_PER_MM)
        sizes[index] = appended_size(size) if index == document.page_count else size
    return sizes


def _apply(pdf: Pdf, placed: tuple[Placed, ...], sizes: dict[int, tuple[float, float]], titles: dict[int, str]) -> None:
    """Draw the items of each page and put them on it; a page behind the last is made first."""
    pen = Pen(pdf)
    for index in sorted(sizes):
        here = tuple(one for one in placed if one.page == index)
        form = pen.form(here, sizes[index], titles.get(index, ""))
        form[MARKS.key] = Array([Name(f"/{one.item.id}") for one in here])
        if index == len(pdf.pages):
            append_page(pdf, sizes[index], MARKS)
        put(pdf, pdf.pages[index], form, MARKS)
    pen.finish()


def append_page(pdf: Pdf, size_mm: tuple[float, float], layer: Layer) -> Page:
    """A blank page of a layer behind the last one."""
    box = Array([0, 0, *(round(value * POINTS_PER_MM, 3) for value in size_mm)])
    # PDF/X asks for a TrimBox on every page, and nothing minds one
    page = Page(pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=box, TrimBox=box, Resources=Dictionary())))
    page.obj[layer.key] = True
    pdf.pages.append(page)
    return pdf.pages[-1]


def put(pdf: Pdf, page: Page, form: pikepdf.Object, layer: Layer) -> None:
    """Draw a form of the page's displayed size over what the page shows, closed off from it."""
    before, after = _balance(page)
    matrix = " ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in to_user_space(page))
    head = pdf.make_stream(before)
    tail = pdf.make_stream(after + f"\nq /Artifact BMC {matrix} cm {layer.xobject} Do EMC Q\n".encode())
    head[layer.key] = tail[layer.key] = True
    contents = page.obj.get("/Contents", Array())
    own = list(contents) if isinstance(contents, Array) else [contents]
    page.obj.Contents = Array([head, *own, tail])
    resources = _own_resources(page)
    resources.XObject = Dictionary({**dict(resources.get("/XObject", Dictionary()).items()), layer.xobject: form})


def _own_resources(page: Page) -> Dictionary:
    """The page's resources as a dictionary of its own: pages often share or inherit them."""
    copied = Dictionary(dict(page.resources.items()))
    if "/XObject" in copied:
        copied.XObject = Dictionary(dict(copied.XObject.items()))
    page.obj.Resources = copied
    return page.obj.Resources


def _balance(page: Page) -> tuple[bytes, bytes]:
    """What to put before and after the page's content so that it leaves the graphics state as it found it."""
    depth = lowest = marked = 0
    text = False
    try:
        instructions = pikepdf.parse_content_stream(page) if "/Contents" in page.obj else []
    except pikepdf.PdfError as error:
        raise OutputError("PDF 的页面内容无法解析，不能加盖标志", "请重新导出后提交") from error
    for instruction in instructions:
        operator = instruction.operator.unparse()
        if operator == b"q":
            depth += 1
        elif operator == b"Q":
            depth -= 1
            lowest = min(lowest, depth)
        elif operator in (b"BT", b"ET"):
            text = operator == b"BT"
        elif operator in _OPENING:
            marked += 1
        elif operator == b"EMC":
            marked = max(0, marked - 1)
    opened = 1 - lowest
    closing = [b"ET"] * text + [b"EMC"] * marked + [b"Q"] * (opened + depth)
    return b"q\n" * opened, b"\n" + b"\n".join(closing)


def to_user_space(page: Page) -> tuple[float, float, float, float, float, float]:
    """The matrix from points on the displayed page (origin bottom left) to the page's user space."""
    x0, y0, x1, y1 = visible_box(page)
    unit = 1 / float(page.obj.get("/UserUnit", 1))
    match _rotation(page):
        case 90:
            return (0, unit, -unit, 0, x1, y0)
        case 180:
            return (-unit, 0, 0, -unit, x1, y1)
        case 270:
            return (0, -unit, unit, 0, x0, y1)
        case _:
            return (unit, 0, 0, unit, x0, y0)


def _rotation(page: Page) -> int:
    """/Rotate in degrees clockwise, which a page may inherit."""
    node, steps = page.obj, 0
    while "/Rotate" not in node and "/Parent" in node and steps < 50:
        node, steps = node.Parent, steps + 1
    return int(node.get("/Rotate", 0)) % 360


def visible_box(page: Page) -> tuple[float, float, float, float]:
    """CropBox within MediaBox, normalised, in user space."""
    media, crop = (_normal([float(value) for value in box]) for box in (page.mediabox, page.cropbox))
    box = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return box if box[0] < box[2] and box[1] < box[3] else media


def _normal(box: list[float]) -> tuple[float, float, float, float]:
    return (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))


def save(pdf: Pdf) -> bytes:
    """The file's bytes, the same for the same objects."""
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True, fix_metadata_version=False, compress_streams=False)
    return buffer.getvalue()


def _notes(placed: tuple[Placed, ...], pages: int) -> tuple[str, ...]:
    notes = []
    for one in placed:
        if not one.drawn and not one.item.struck:
            notes.append(f"首页已有相同的{one.item.kind.value}，沿用原稿上的")
        if one.item.kind is ItemKind.MARK and one.choice:
            notes.append(
                f"首页版心左上角已有文字或图形，份号、国家秘密标志改排在上白边（距页顶{one.y_mm:.0f}毫米），请在版心首行留空"
            )
        if one.page >= pages:
            notes.append(f"各页没有可放{one.item.kind.value}的空白，已在文末附加一页")
        elif one.item.kind is ItemKind.STAMP and one.page:
            notes.append(f"首页没有可放定密戳记的空白，已盖在第{one.page + 1}页")
    return tuple(notes)
