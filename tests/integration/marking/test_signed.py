"""A signed file is refused; a copy of it is marked where somebody asks for one, and then openly is signed no longer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from pypdf import PdfReader

from markpipe.errors import OutputError
from markpipe.formats.docx.mark import mark as mark_docx
from markpipe.formats.docx.mark import unmark as unmark_docx
from markpipe.formats.pdf.mark import mark as mark_pdf
from markpipe.marking.layout import determined
from markpipe.model.decision import Determination
from markpipe.proof.marks import check_marks

Make = Callable[..., bytes]


def _signed_pdf(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        signature = pdf.make_indirect(
            Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Contents=String("x" * 32))
        )
        kid = pdf.make_indirect(Dictionary(FT=Name.Sig, T=String("章"), V=signature))
        parent = pdf.make_indirect(Dictionary(T=String("组"), Kids=Array([kid])))
        pdf.Root.AcroForm = Dictionary(Fields=Array([parent]), SigFlags=3)
        pdf.Root.Perms = Dictionary(DocMDP=signature)
        pdf.save(buffer)
    return buffer.getvalue()


def test_a_copy_of_a_signed_pdf_loses_its_signature_openly(
    make_pdf: Make, determination: Determination, tmp_path: Path
) -> None:
    data, plan = _signed_pdf(make_pdf()), determined(determination, 7)
    with pytest.raises(OutputError, match="签名"):
        mark_pdf(data, plan)
    marked = mark_pdf(data, plan, signed=True)
    assert any("签名已经失效并去除" in note for note in marked.notes)
    path = tmp_path / "稿.pdf"
    path.write_bytes(marked.data)
    assert check_marks(path, plan) == ()
    root: Any = PdfReader(path).root_object
    assert "/Perms" not in root
    assert "/SigFlags" not in root["/AcroForm"]
    assert "/V" not in root["/AcroForm"]["/Fields"][0].get_object()["/Kids"][0].get_object()
    assert mark_pdf(make_pdf(), plan, signed=True) == mark_pdf(make_pdf(), plan)


def test_a_copy_of_a_signed_docx_loses_its_signature_openly(
    make_docx: Make, determination: Determination, tmp_path: Path
) -> None:
    plan = determined(determination, 7)
    signed = make_docx(extra={"_xmlsignatures/origin.sigs": b"", "_xmlsignatures/sig1.xml": b"<Signature/>"})
    with pytest.raises(OutputError, match="签名"):
        mark_docx(signed, plan)
    marked = mark_docx(signed, plan, signed=True)
    assert any("签名已经失效并去除" in note for note in marked.notes)
    path = tmp_path / "稿.docx"
    path.write_bytes(marked.data)
    assert check_marks(path, plan) == ()
    with zipfile.ZipFile(path) as package:
        assert not any(name.startswith("_xmlsignatures/") for name in package.namelist())
    with (
        zipfile.ZipFile(io.BytesIO(unmark_docx(marked.data))) as left,
        zipfile.ZipFile(io.BytesIO(make_docx())) as plain,
    ):
        assert left.read("word/media/image1.png") == plain.read("word/media/image1.png")
    assert mark_docx(make_docx(), plan, signed=True) == mark_docx(make_docx(), plan)
