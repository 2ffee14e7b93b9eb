"""What a PDF claims outlives marks or is lost openly, and comes back with them gone; the label lies in its metadata."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable

import pikepdf
import pytest
from lxml import etree
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import ImageCms
from pypdf import PdfReader

from markpipe.formats.pdf import label as labels
from markpipe.formats.pdf.mark import mark, unmark
from markpipe.formats.pdf.points import mark_points, unmark_points
from markpipe.marking.layout import determined
from markpipe.marking.points import Point, PointArea
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination

POINTS = [Point(1, parse_mark("机密★10年"), ("做好",), (PointArea(1, 45, 85, 150, 90),))]
SEALED = b'{"schema":"markpipe.label/1","label":"{\\"mark\\":\\"\xe6\x9c\xba\xe5\xaf\x86\\"}&<>"}'
ID = "http://www.aiim.org/pdfa/ns/id/"
DESCRIBED = re.compile(
    r"(?:6.7.9-2|6.6.2.3.1-1) XMP (?:namespace|property) (?:pdfa(?:Extension|Schema|Property)|mpl)\b"
)
TITLE = "{http://purl.org/dc/elements/1.1/}title"


def packet(*properties: str) -> bytes:
    """An XMP packet with a title, a date of its own and other properties."""
    inner = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">工作安排</rdf:li></rdf:Alt></dc:title>' + "".join(
        properties
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfaid="{ID}">{inner}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def claiming(part: int, colours: int = 3, xmp: bytes = b"") -> bytes:
    """A PDF/A with a grey bar where text would be; `colours` of its output intent, 0 for a file without one."""
    with Pdf.new() as pdf:
        pdf.add_blank_page(page_size=(595.28, 841.89))
        pdf.pages[0].obj.Contents = pdf.make_stream(b"0.4 g 130 590 200 12 re f")
        levels = f"<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        pdf.Root.Metadata = pdf.make_stream(xmp or packet(levels))
        pdf.Root.Metadata.Type, pdf.Root.Metadata.Subtype = Name.Metadata, Name.XML
        if colours:
            icc = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
            icc[8] = 2  # PDF/A-1 asks for a profile of version 2
            profile = pdf.make_stream(bytes(icc), N=colours)
            intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier="sRGB")
            intent.DestOutputProfile = profile
            pdf.Root.OutputIntents = Array([intent])
        out = io.BytesIO()
        pdf.save(out, fix_metadata_version=False, compress_streams=False, force_version="1.4" if part == 1 else "1.7")
        return out.getvalue()


def metadata(data: bytes) -> bytes:
    with Pdf.open(io.BytesIO(data)) as pdf:
        return bytes(pdf.Root.Metadata.read_bytes()) if "/Metadata" in pdf.Root else b""


def claimed(data: bytes) -> str:
    """The PDF/A part as pypdf's reader and an XML parser find it."""
    xmp = PdfReader(io.BytesIO(data)).xmp_metadata
    if xmp is None:
        return ""
    root = etree.fromstring(metadata(data))
    return "".join(one.text or "" for one in root.iter(f"{{{ID}}}part"))


def problems(data: bytes, part: int) -> set[str]:
    """What a validator of PDF/A holds against a file.  Keys of ours and CIDSet, which it does not judge, are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pdfa = pytest.importorskip(
            "pikepdf.pdfa", reason="jsonschema is not installed: no validator for PDF/A", exc_type=ImportError
        )
    with Pdf.open(io.BytesIO(data)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream | Dictionary):
                for key in ("/Markpipe", "/MarkpipePoints", *(("/CIDSet",) if part > 1 else ())):
                    if key in one:
                        del one[key]
        return {f"{found.rule} {found.message}" for found in pdfa.check(pdf, f"{part}b").findings}


@pytest.mark.parametrize("part", [1, 2, 3])
def test_marks_points_and_label_keep_pdf_a(part: int, determination: Determination) -> None:
    draft = claiming(part)
    marked = mark(mark_points(draft, POINTS).data, determined(determination, 7))
    done = labels.with_label(marked.data, SEALED)
    assert claimed(done) == str(part)
    assert not any("声明" in note for note in marked.notes)
    with Pdf.open(io.BytesIO(done)) as pdf:
        assert "/PieceInfo" not in pdf.Root
        assert all(font.FontDescriptor.FontFile2 for font in pdf.objects if _is(font, "/CIDFontType2"))
    described = metadata(done)
    for words in (b"<pdfaSchema:namespaceURI>urn:markpipe:label:1#<", b"<pdfaSchema:prefix>mpl<", b"<mpl:Sealed>"):
        assert described.count(words) == 1
    for words in (b"<pdfaProperty:name>Sealed<", b"<pdfaProperty:valueType>Text<", b"<pdfaProperty:category>external<"):
        assert described.count(words) == 1
    assert problems(draft, part) == set()
    # the validator knows no descriptions of further properties, which the standards allow: looked at above
    assert {one for one in problems(done, part) if not DESCRIBED.search(one)} == set()


def _is(one: object, subtype: str) -> bool:
    return isinstance(one, Dictionary) and str(one.get("/Subtype", "")) == subtype


@pytest.mark.parametrize(
    ("part", "colours", "highlight", "why"),
    [(2, 0, False, "没有输出意图"), (2, 4, False, "没有 RGB 输出意图"), (1, 3, True, "不容许透明")],
)
def test_a_claim_that_points_break_is_lost_openly_and_comes_back(
    part: int, colours: int, highlight: bool, why: str
) -> None:
    draft = claiming(part, colours)
    pointed = mark_points(draft, POINTS, highlight=highlight)
    assert claimed(pointed.data) == ""
    assert [note for note in pointed.notes if f"PDF/A-{part}B" in note and why in note]
    again = mark_points(labels.with_label(pointed.data, SEALED), POINTS, highlight=highlight)
    assert claimed(again.data) == ""
    assert labels.label_bytes(again.data) == SEALED
    back = labels.without_label(unmark_points(again.data))
    assert metadata(back) == metadata(draft)
    assert claimed(back) == str(part)


def test_a_claim_that_a_red_stamp_breaks_comes_back_when_the_last_layer_goes(determination: Determination) -> None:
    draft = claiming(2, 4)
    marked = mark(mark_points(draft, POINTS).data, determined(determination, 7))
    assert claimed(marked.data) == ""
    half = unmark(marked.data)
    assert claimed(half) == ""
    assert metadata(unmark_points(half)) == metadata(draft)


def test_pdf_x_is_no_longer_claimed_under_a_red_stamp(
    make_pdf: Callable[..., bytes], determination: Determination
) -> None:
    with Pdf.open(io.BytesIO(make_pdf())) as pdf:
        pdf.docinfo["/GTS_PDFXVersion"], pdf.docinfo["/GTS_PDFXConformance"] = "PDF/X-1a:2001", "PDF/X-1a:2001"
        pdf.Root.OutputIntents = Array([Dictionary(S=Name.GTS_PDFX, OutputConditionIdentifier="CGATS TR 001")])
        out = io.BytesIO()
        pdf.save(out)
    marked = mark(out.getvalue(), determined(determination, 7))
    assert any("PDF/X-1a:2001" in note for note in marked.notes)
    info = PdfReader(io.BytesIO(marked.data)).metadata
    assert info is not None
    assert not any("PDFX" in key for key in info)
    back = PdfReader(io.BytesIO(unmark(marked.data))).metadata
    assert back is not None
    assert {str(back[f"/GTS_PDFX{name}"]) for name in ("Version", "Conformance")} == {"PDF/X-1a:2001"}
    with Pdf.open(io.BytesIO(out.getvalue())) as pdf:
        del pdf.Root.OutputIntents[0].OutputConditionIdentifier
        pdf.Root.OutputIntents[0].DestOutputProfile = pdf.make_stream(b"rgb", N=3)
        out = io.BytesIO()
        pdf.save(out)
    assert not any("PDF/X" in note for note in mark(out.getvalue(), determined(determination, 7)).notes)


def test_the_label_is_a_property_beside_the_users_own_and_goes_without_a_trace(make_pdf: Callable[..., bytes]) -> None:
    for draft in (make_pdf(), claiming(2)):
        done = labels.with_label(labels.with_label(draft, b"{}"), SEALED)
        root = etree.fromstring(metadata(done))
        (found,) = [one.text for one in root.iter("{urn:markpipe:label:1#}Sealed")]
        assert (found or "").encode() == SEALED == labels.label_bytes(done)
        assert len(list(root.iter(TITLE))) == (1 if metadata(draft) else 0)
        assert PdfReader(io.BytesIO(done)).xmp_metadata is not None
        gone = labels.without_label(done)
        assert metadata(gone) == metadata(draft)
        assert labels.label_bytes(gone) is None
        assert labels.without_label(gone) == gone


def test_a_label_stays_readable_when_another_program_rewrites_the_metadata() -> None:
    done = labels.with_label(claiming(2), SEALED)
    with Pdf.open(io.BytesIO(done)) as pdf:
        with pdf.open_metadata() as xmp:
            xmp["dc:description"] = "别的程序写的"
        if "/Markpipe" in pdf.Root.Metadata:
            del pdf.Root.Metadata["/Markpipe"]
        out = io.BytesIO()
        pdf.save(out)
    assert labels.label_bytes(out.getvalue()) == SEALED
    gone = labels.without_label(out.getvalue())
    assert labels.label_bytes(gone) is None
    assert "别的程序写的".encode() in metadata(gone)
    assert b"urn:markpipe:label:1#}Sealed" not in metadata(gone)
    assert claimed(gone) == "2"


def test_a_packet_that_is_no_xmp_stays_as_it_is_and_old_labels_are_read() -> None:
    for broken in (b"<x:xmpmeta", b"not xml at all", packet().replace(b"<x:", b"<!DOCTYPE a []><x:", 1)):
        draft = claiming(2, xmp=broken)
        done = labels.with_label(draft, SEALED)
        assert metadata(done) == broken
        assert labels.label_bytes(done) == SEALED
        with Pdf.open(io.BytesIO(done)) as pdf:
            assert "/Markpipe" in pdf.Root.PieceInfo
            del pdf.Root["/Metadata"]
            out = io.BytesIO()
            pdf.save(out)
        moved = labels.with_label(out.getvalue(), b"{}")
        assert labels.label_bytes(moved) == b"{}"
        with Pdf.open(io.BytesIO(moved)) as pdf:
            assert "/PieceInfo" not in pdf.Root


def test_a_label_whose_packet_was_broken_is_not_taken_for_missing() -> None:
    done = labels.with_label(claiming(2), SEALED)
    with Pdf.open(io.BytesIO(done)) as pdf:
        pdf.Root.Metadata = pdf.make_stream(bytes(pdf.Root.Metadata.read_bytes()).replace(b"</rdf:RDF>", b"</rdf>"))
        out = io.BytesIO()
        pdf.save(out, fix_metadata_version=False)
    assert labels.label_bytes(out.getvalue()) not in (None, SEALED)


def test_marks_on_a_tagged_file_are_artifacts_and_leave_its_structure(
    make_pdf: Callable[..., bytes], determination: Determination
) -> None:
    with Pdf.open(io.BytesIO(make_pdf())) as pdf:
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array()))
        pdf.pages[0].obj.StructParents = 0
        out = io.BytesIO()
        pdf.save(out)
    marked = mark(out.getvalue(), determined(determination, 7))
    assert marked.notes == ()
    with Pdf.open(io.BytesIO(marked.data)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert pdf.pages[0].obj.StructParents == 0
        drawn = pdf.pages[0].obj.Contents[-1].read_bytes()
    assert drawn.index(b"/Artifact BMC") < drawn.index(b"/MpMark0 Do") < drawn.index(b"EMC Q")
