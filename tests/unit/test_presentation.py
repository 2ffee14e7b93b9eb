"""Presentations: what the slides show, and hidden slides, notes and comments apart from it."""

from __future__ import annotations

import io
import zipfile

from markpipe.formats.reader import read_bytes
from markpipe.model.document import PartKind, ReadStatus
from markpipe.model.limits import Limits

MAIN = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def slide(*paragraphs: str, root: str = "sld", more: str = "") -> str:
    said = "".join(
        f"<a:p><a:r><a:t>{text[:2]}</a:t></a:r><a:r><a:t>{text[2:]}</a:t></a:r></a:p>" for text in paragraphs
    )
    shape = f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="标题 1" descr="示意图说明"/></p:nvSpPr><p:txBody>{said}</p:txBody></p:sp>'
    return f"<?xml version='1.0'?><p:{root} {MAIN} {DRAWING} {more}><p:cSld><p:spTree>{shape}</p:spTree></p:cSld></p:{root}>"


def presentation(**more: str) -> bytes:
    members = {
        "[Content_Types].xml": "<?xml version='1.0'?><Types/>",
        "ppt/presentation.xml": f"<?xml version='1.0'?><p:presentation {MAIN}/>",
        "ppt/slides/slide10.xml": slide("第十页的内容"),
        "ppt/slides/slide2.xml": slide("工作汇报提纲", "请按时参加会议"),
        "ppt/slides/slide3.xml": slide("内部底价三百万", more='show="0"'),
        "ppt/notesSlides/notesSlide1.xml": slide("此页不要念出来", "12", root="notes"),
        "ppt/comments/comment1.xml": f"<?xml version='1.0'?><p:cmLst {MAIN}><p:cm><p:text>领导：删去</p:text></p:cm></p:cmLst>",
    } | more
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return target.getvalue()


def words(data: bytes) -> dict[PartKind, str]:
    document = read_bytes(data, Limits(), nested=True)
    assert document.status is ReadStatus.READ
    found: dict[PartKind, str] = {}
    for part in document.text_map.parts:
        assert part.visible == (part.kind is PartKind.BODY)
        found[part.kind] = found.get(part.kind, "") + document.text[part.start : part.end]
    return found


def test_what_shows_is_told_from_notes_hidden_slides_and_comments() -> None:
    said = words(presentation())
    assert said[PartKind.BODY].split() == ["工作汇报提纲", "请按时参加会议", "第十页的内容"]
    assert said[PartKind.HIDDEN].split() == ["内部底价三百万", "此页不要念出来"]
    assert "领导：删去" in said[PartKind.COMMENT]
    assert "示意图说明" in said[PartKind.CUSTOM_DATA]


def test_a_broken_slide_is_not_read_rather_than_taken_for_harmless() -> None:
    data = presentation(**{"ppt/slides/slide4.xml": "<?xml version='1.0'?><p:sld>没有结束的一页"})
    document = read_bytes(data, Limits(), nested=True)
    assert document.status is ReadStatus.UNREAD
