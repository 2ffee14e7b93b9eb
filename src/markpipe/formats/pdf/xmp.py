"""The metadata packet of a PDF (XMP) as marks and labels change it, and back as it was.

::

    /Metadata ──▶ our packet: the user's, without claims that marks broke, with the sealed label
                    └ /Markpipe << /Original (the user's stream or null)  /Dropped [layers]  /Info << claims in /Info >> >>

Ours is made anew from the user's each time, and taking the last of ours off puts theirs back, object for object.  A
packet that another program has rewritten since has no such key: it then counts as the user's, less the label.  Packets
that are no well-formed XML are never replaced; the label then goes where `formats.pdf.label` keeps it otherwise.

PDF/A asks for a description of every property that it does not know (ISO 19005-1 6.7.8, ISO 19005-2 6.6.2.3): claimed
files get one.  Whether a claim still holds is `claims`'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
from lxml import etree
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LABEL = "urn:markpipe:label:1#"
_PDFA = "http://www.aiim.org/pdfa/ns/id/"
_CLAIMS = (_PDFA, "http://www.npes.org/pdfx/ns/id/")
_PDFX = "http://ns.adobe.com/pdfx/1.3/"
_INFO_CLAIMS = ("/GTS_PDFXVersion", "/GTS_PDFXConformance")
_OWN = "/Markpipe"
_MOST = 1 << 22
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
_TAIL = b'\n<?xpacket end="w"?>'
_BLANK = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"/></x:xmpmeta>'.encode()
_SCHEMAS = "http://www.aiim.org/pdfa/ns/extension/"
_DESCRIBED = (
    f'<rdf:Description xmlns:rdf="{_RDF}" xmlns:pdfaExtension="{_SCHEMAS}" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about=""><pdfaExtension:schemas><rdf:Bag>'
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Markpipe electronic label</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{_LABEL}</pdfaSchema:namespaceURI><pdfaSchema:prefix>mpl</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>Sealed</pdfaProperty:name>'
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
    "<pdfaProperty:description>Sealed electronic label in JSON</pdfaProperty:description></rdf:li></rdf:Seq>"
    "</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
).encode()
"""How the label's property is described; the standards ask for these very prefixes."""


@dataclass(slots=True)
class _State:
    """What the packet consists of: the user's stream, the label, and which layers broke its claims."""

    original: Stream | None
    sealed: bytes | None
    dropped: set[str] = field(default_factory=set)
    info: dict[str, Object] = field(default_factory=dict)


def sealed_of(pdf: Pdf) -> bytes | None:
    """The sealed label in the packet, None where there is none; bytes that are no label where it can no longer be read."""
    data = _data(_stream(pdf))
    root = _parsed(data)
    if root is None:
        return data if _LABEL.encode() in data else None
    found = list(_sealed(root))
    return "\n".join(found).encode() if found else None


def set_sealed(pdf: Pdf, sealed: bytes | None) -> bool:
    """Put a label into the packet, or (None) take it out; False where the packet is none that can be changed."""
    state = _state(pdf)
    if state is None:
        return False
    state.sealed = sealed
    _write(pdf, state)
    return True


def claims(pdf: Pdf) -> tuple[str, ...]:
    """What the file still says that it conforms to: PDF/A-2B, PDF/X-3:2002."""
    root = _parsed(_data(_stream(pdf)))
    found = []
    if root is not None and (part := _value(root, _PDFA, "part")):
        found.append(f"PDF/A-{part}{_value(root, _PDFA, 'conformance').upper()}")
    version = pdf.docinfo.get("/GTS_PDFXVersion") if "/Info" in pdf.trailer else None
    version = version or (None if root is None else _value(root, _CLAIMS[1], "GTS_PDFXVersion"))
    if version:
        found.append(str(version))
    return tuple(found)


def drop_claims(pdf: Pdf, layer: str) -> None:
    """Take every claim out, on account of a layer of marks."""
    state = _state(pdf)
    if state is None:
        return
    state.dropped.add(layer)
    if "/Info" in pdf.trailer:
        for key in _INFO_CLAIMS:
            if key in pdf.docinfo:
                state.info[key] = pdf.docinfo[key]
                del pdf.docinfo[key]
    _write(pdf, state)


def restore_claims(pdf: Pdf, layer: str) -> None:
    """Put the claims back that a layer, which is gone now, broke; nothing where another layer still breaks them."""
    stream = _stream(pdf)
    if stream is None or _OWN not in stream:
        return
    state = _state(pdf)
    if state is None or layer not in state.dropped:
        return
    state.dropped.discard(layer)
    if not state.dropped:
        for key, value in state.info.items():
            pdf.docinfo[key] = value
        state.info = {}
    _write(pdf, state)


def _stream(pdf: Pdf) -> Stream | None:
    stream = pdf.Root.get("/Metadata")
    return stream if isinstance(stream, Stream) else None


def _data(stream: Stream | None) -> bytes:
    if stream is None:
        return b""
    try:
        return bytes(stream.read_bytes())[:_MOST]
    except pikepdf.PdfError:
        return b"?"


def _parsed(data: bytes) -> etree._Element | None:
    """The rdf:RDF of a packet (of a new one where there is none); None for what is no XMP."""
    if b"<!DOCTYPE" in data:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data.strip(b"\x00 \t\r\n") or _BLANK, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")


def _state(pdf: Pdf) -> _State | None:
    stream = _stream(pdf)
    if _parsed(_data(stream)) is None:
        return None
    sealed = sealed_of(pdf)
    if stream is None or _OWN not in stream:
        return _State(None if stream is None else _without_label(pdf, stream), sealed)
    own = stream[_OWN]
    original = own.get("/Original")
    return _State(
        original if isinstance(original, Stream) else None,
        sealed,
        {str(name) for name in own.get("/Dropped", Array())},
        dict(own.get("/Info", Dictionary()).items()),
    )


def _without_label(pdf: Pdf, stream: Stream) -> Stream:
    """A user's packet as it is; one that bears a label of ours and was rewritten by another program, less the label."""
    root = _parsed(_data(stream))
    if root is None or not any(True for _ in _sealed(root)):
        return stream
    for one in list(root.iter(f"{{{_LABEL}}}Sealed")):
        _remove(one)
    for one in root.iter(f"{{{_RDF}}}Description"):
        one.attrib.pop(f"{{{_LABEL}}}Sealed", "")
    return _made(pdf, root)


def _write(pdf: Pdf, state: _State) -> None:
    if state.sealed is None and not state.dropped:
        if state.original is not None:
            pdf.Root.Metadata = state.original
        elif "/Metadata" in pdf.Root:
            del pdf.Root[Name.Metadata]
        return
    root = _parsed(_data(state.original))
    if root is None:  # the user's own packet was read before, or there would be no state
        return
    if state.dropped:
        _drop(root)
    if state.sealed is not None:
        _add(root, state.sealed.decode("utf-8", "replace"))
    stream = _made(pdf, root)
    own = Dictionary(Dropped=Array([Name(layer) for layer in sorted(state.dropped)]), Info=Dictionary(state.info))
    if state.original is not None:
        own.Original = state.original
    stream[_OWN] = own
    pdf.Root.Metadata = stream


def _made(pdf: Pdf, root: etree._Element) -> Stream:
    stream = pdf.make_stream(_HEAD + etree.tostring(root.getroottree().getroot(), encoding="utf-8") + _TAIL)
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    return stream


def _sealed(root: etree._Element) -> Iterator[str]:
    for one in root.iter(f"{{{_LABEL}}}Sealed"):
        yield "".join(map(str, one.itertext()))
    for one in root.iter(f"{{{_RDF}}}Description"):
        if f"{{{_LABEL}}}Sealed" in one.attrib:
            yield str(one.attrib[f"{{{_LABEL}}}Sealed"])


def _add(root: etree._Element, sealed: str) -> None:
    first = root.find(f"{{{_RDF}}}Description")
    about = "" if first is None else first.get(f"{{{_RDF}}}about", "")
    one = etree.SubElement(root, f"{{{_RDF}}}Description", nsmap={"mpl": _LABEL})
    one.set(f"{{{_RDF}}}about", about)
    etree.SubElement(one, f"{{{_LABEL}}}Sealed").text = sealed
    if _value(root, _PDFA, "part"):
        _describe(root, about)


def _describe(root: etree._Element, about: str) -> None:
    """Say what the label's property is, beside the descriptions that are there."""
    ours = etree.fromstring(_DESCRIBED)
    ours.set(f"{{{_RDF}}}about", about)
    bag = root.find(f"{{{_RDF}}}Description/{{{_SCHEMAS}}}schemas/{{{_RDF}}}Bag")
    if bag is None:
        root.append(ours)
    else:
        bag.append(next(ours.iter(f"{{{_RDF}}}li")))


def _drop(root: etree._Element) -> None:
    for one in list(root.iter(f"{{{_RDF}}}Description")):
        for name in list(one.attrib):
            if _is_claim(str(name)):
                del one.attrib[name]
        for child in list(one):
            if isinstance(child.tag, str) and _is_claim(child.tag):
                one.remove(child)


def _is_claim(name: str) -> bool:
    namespace, _, local = name[1:].partition("}")
    return namespace in _CLAIMS or (namespace == _PDFX and f"/{local}" in _INFO_CLAIMS)


def _value(root: etree._Element, namespace: str, local: str) -> str:
    for one in root.iter(f"{{{_RDF}}}Description"):
        text = one.get(f"{{{namespace}}}{local}") or one.findtext(f"{{{namespace}}}{local}")
        if text:
            return str(text).strip()
    return ""


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
