"""Labels: bound to content and sealed, so that an altered label, altered content and another file are told apart."""

from __future__ import annotations

import dataclasses
import hmac
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pikepdf
import pymupdf
import pytest

from markpipe.formats.docx import label as docx
from markpipe.formats.docx.mark import mark as mark_docx
from markpipe.formats.docx.points import mark_points as docx_points
from markpipe.formats.pdf import label as pdf
from markpipe.formats.pdf.mark import mark as mark_pdf
from markpipe.formats.pdf.points import mark_points as pdf_points
from markpipe.marking.label import (
    Label,
    LabelAnswer,
    LabelState,
    check,
    from_bytes,
    label_of,
    open_sealed,
    proposed_label,
    seal,
    to_bytes,
)
from markpipe.marking.layout import determined
from markpipe.marking.points import Point, PointArea
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Proposal, SecretPoint
from markpipe.model.span import Span
from markpipe.proof.marks import check_marks

Make = Callable[..., bytes]
KEY = b"a key of the tests"
MARK = parse_mark("机密★10年")


def _sign(message: bytes) -> bytes:
    return hmac.digest(KEY, message, "sha256")


def _verify(algorithm: str, key: str, message: bytes, signature: bytes) -> bool:
    return (algorithm, key) == ("test", "k1") and hmac.compare_digest(_sign(message), signature)


def _trusted(algorithm: str, key: str) -> bool:
    return (algorithm, key) == ("test", "k1")


@dataclasses.dataclass(frozen=True)
class _Sealer:
    algorithm: str
    public: str
    sign: Callable[[bytes], bytes]


SEALER = _Sealer("test", "k1", _sign)


def _sealed(label: Label) -> bytes:
    return seal(label, SEALER).to_bytes()


def _answer(module: ModuleType, data: bytes) -> LabelAnswer:
    return check(module.label_bytes(data), module.content_digest(data), _verify, _trusted)[0]


@pytest.fixture(params=["pdf", "docx"])
def made(
    request: pytest.FixtureRequest, make_pdf: Make, make_docx: Make, determination: Determination
) -> tuple[ModuleType, bytes, bytes]:
    """The format's label module, a draft, and the draft marked and labelled."""
    module = pdf if request.param == "pdf" else docx
    draft = make_pdf(pages=2) if module is pdf else make_docx()
    set_marks = mark_pdf if module is pdf else mark_docx
    label = label_of(determination, "示例市示例局", module.content_digest(draft), 7)
    return module, draft, module.with_label(set_marks(draft, determined(determination, 7)).data, _sealed(label))


def test_a_label_is_read_back_as_it_was_written(determination: Determination, proposal: Proposal) -> None:
    formal = label_of(determination, "示例局", "ab" * 32, 7)
    points = (SecretPoint(MARK, Span(3, 9)), SecretPoint(MARK))
    early = proposed_label(dataclasses.replace(proposal, points=points), "示例局", "cd" * 32, demo=True)
    none = proposed_label(dataclasses.replace(proposal, level=None, term=None), "示例局", "cd" * 32, demo=False)
    for label in (formal, early, none):
        assert from_bytes(to_bytes(label)) == label
    assert formal.state is LabelState.DETERMINED
    assert early.points == ((3, 9, "机密"),)
    assert (early.mark, none.mark, early.officer) == ("机密", "", "")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b'{"state":"x"}'])
def test_what_is_no_label_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_bytes(data)
    with pytest.raises(ValueError, match=r"."):
        open_sealed(data)


def test_only_the_canonical_writing_is_taken(determination: Determination) -> None:
    label = label_of(determination, "示例局", "ab" * 32)
    loose = json.dumps(json.loads(to_bytes(label)), ensure_ascii=False, indent=1).encode()
    with pytest.raises(ValueError, match="规范形式"):
        from_bytes(loose)
    sealed = _sealed(label)
    with pytest.raises(ValueError, match="规范形式"):
        open_sealed(sealed + b" ")
    wrong = dataclasses.replace(label, mark="机密10年")
    with pytest.raises(ValueError, match="★"):
        from_bytes(to_bytes(wrong))


def test_a_marked_and_labelled_file_is_valid_and_still_passes_the_check(
    made: tuple[ModuleType, bytes, bytes], determination: Determination, tmp_path: Path
) -> None:
    module, draft, labelled = made
    assert _answer(module, labelled) is LabelAnswer.VALID
    assert _answer(module, draft) is LabelAnswer.MISSING
    assert module.with_label(module.without_label(labelled), module.label_bytes(labelled)) is not None
    assert module.label_bytes(module.without_label(labelled)) is None
    assert module.without_label(draft) == draft
    path = tmp_path / ("稿.pdf" if module is pdf else "稿.docx")
    path.write_bytes(labelled)
    assert check_marks(path, determined(determination, 7)) == ()


def test_marks_points_and_numbers_leave_the_label_valid(
    made: tuple[ModuleType, bytes, bytes], determination: Determination
) -> None:
    module, draft, _ = made
    content = module.content_digest(draft)
    if module is pdf:
        pointed = pdf_points(draft, [Point(1, MARK, ("第",), (PointArea(1, 31, 85, 80, 90),))], highlight=True).data
        marked = mark_pdf(pointed, determined(determination, 8)).data
    else:
        marked = mark_docx(docx_points(draft, [Point(1, MARK, ("第0段",))]).data, determined(determination, 8)).data
    assert module.content_digest(marked) == content


def test_a_pdf_that_another_tool_rewrote_keeps_its_label(made: tuple[ModuleType, bytes, bytes]) -> None:
    module, _, labelled = made
    if module is not pdf:
        pytest.skip("an office program writes other parts")
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(labelled)) as document:
        document.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    assert _answer(pdf, buffer.getvalue()) is LabelAnswer.VALID


def test_thirty_altered_labels_are_found(made: tuple[ModuleType, bytes, bytes]) -> None:
    module, _, labelled = made
    sealed = module.label_bytes(labelled)
    assert sealed is not None
    chance = random.Random(7)  # noqa: S311 - which byte to change is no secret
    content = module.content_digest(labelled)
    for _ in range(30):
        changed = bytearray(sealed)
        at = chance.randrange(len(changed))
        changed[at] = (changed[at] + chance.randrange(1, 255)) % 256
        answer, label = check(bytes(changed), content, _verify, _trusted)
        assert (answer, label) == (LabelAnswer.ALTERED_LABEL, None)


def test_swapped_algorithm_or_key_is_found(determination: Determination) -> None:
    label = label_of(determination, "示例局", "ab" * 32)
    for algorithm, key in (("other", "k1"), ("test", "k2")):
        data = dataclasses.replace(seal(label, SEALER), algorithm=algorithm, key=key).to_bytes()
        assert check(data, "ab" * 32, _verify, _trusted)[0] is LabelAnswer.ALTERED_LABEL


def test_thirty_altered_contents_are_found(made: tuple[ModuleType, bytes, bytes]) -> None:
    module, _, labelled = made
    alterations = _altered_pdfs(labelled) if module is pdf else _altered_docxs(labelled)
    count = 0
    for altered in alterations:
        answer, label = check(module.label_bytes(altered), module.content_digest(altered), _verify, _trusted)
        assert answer is LabelAnswer.ALTERED_CONTENT, count
        assert label is not None
        count += 1
    assert count >= 30


def test_a_label_copied_to_another_file_does_not_verify(
    made: tuple[ModuleType, bytes, bytes], make_pdf: Make, make_docx: Make
) -> None:
    module, _, labelled = made
    sealed = module.label_bytes(labelled)
    other = make_pdf(lines=9) if module is pdf else make_docx(paragraphs=6)
    assert _answer(module, module.with_label(other, sealed)) is LabelAnswer.ALTERED_CONTENT


def _altered_pdfs(data: bytes) -> Iterator[bytes]:
    """A digit here, a line there, a page less, another order, an attachment, a field, a link, a bigger page."""

    def page_text(page: pymupdf.Page, number: int) -> None:
        page.insert_text((100 + number, 500), str(number))

    for number in range(20):
        with pymupdf.open(stream=data, filetype="pdf") as document:
            page_text(document[number % 2], number)
            yield bytes(document.tobytes())
    edits: list[Callable[[pikepdf.Pdf], object]] = [
        lambda p: p.pages.__delitem__(1),
        lambda p: p.pages.append(p.pages[0]),
        lambda p: p.pages[0].obj.__setitem__("/Rotate", 90),
        lambda p: p.pages[1].obj.__setitem__("/MediaBox", pikepdf.Array([0, 0, 400, 400])),
        lambda p: p.pages[1].obj.__setitem__("/CropBox", pikepdf.Array([9, 9, 400, 400])),
        lambda p: p.attachments.__setitem__("a.txt", pikepdf.AttachedFileSpec(p, b"x", filename="a.txt")),
        lambda p: p.Root.__setitem__("/AcroForm", pikepdf.Dictionary(Fields=pikepdf.Array([]))),
        lambda p: p.pages[0].obj.__setitem__("/Annots", pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Text)])),
        lambda p: p.pages[1].contents_add(b"1 0 0 rg 0 0 9 9 re f"),
        lambda p: p.pages[1].contents_add(b"", prepend=True),
    ]
    for edit in edits:
        buffer = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as document:
            edit(document)
            document.save(buffer)
        yield buffer.getvalue()


def _altered_docxs(data: bytes) -> Iterator[bytes]:
    """Every way to change a letter of the body, and a part more, less or other."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"].decode()
    for number in range(30):
        at = [i for i, letter in enumerate(body) if letter in "关于做好有关工作的通知"][number]
        changed = body[:at] + ("甲" if body[at] != "甲" else "乙") + body[at + 1 :]
        yield _packed(parts | {"word/document.xml": changed.encode()})
    yield _packed(parts | {"word/media/image1.png": b"other"})
    yield _packed(parts | {"word/media/image2.png": b"more"})
    yield _packed({name: part for name, part in parts.items() if "image" not in name})


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize("algorithm", ["SM3", "SHA-256"])
def test_the_digest_names_its_algorithm(algorithm: str, made: tuple[ModuleType, bytes, bytes]) -> None:
    module, draft, labelled = made
    assert module.content_digest(draft, algorithm) == module.content_digest(labelled, algorithm)
    name, _, digest = module.content_digest(draft, algorithm).partition(":")
    assert (name, len(digest)) == (algorithm, 64)
    with pytest.raises(ValueError, match="不认识摘要算法"):
        module.content_digest(draft, "MD5")
