"""What a PDF claims to be (PDF/A), and whether the claim outlives a mark.

Our ink keeps to what PDF/A asks: embedded fonts, no transparency, black as DeviceGray.  A red or blue stamp needs an RGB
output intent; without one the claim is taken out of the metadata and the note says so, so that nobody relies on it.
A tagged file stays tagged: marks are artifacts.  No validator was at hand, so nothing here is proof of conformance.
"""

from __future__ import annotations

from pikepdf import Array, Pdf, PdfError

_PART = "{http://www.aiim.org/pdfa/ns/id/}part"
_CLAIM = (_PART, "{http://www.aiim.org/pdfa/ns/id/}conformance", "{http://www.aiim.org/pdfa/ns/id/}amd")


def settle(pdf: Pdf, *, coloured: bool) -> tuple[str, ...]:
    """Drop a PDF/A claim that a coloured stamp breaks; the notes that say so."""
    if not coloured or "/Metadata" not in pdf.Root or _has_rgb_intent(pdf):
        return ()
    try:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            part = metadata.get(_PART)
            if part is None:
                return ()
            for key in _CLAIM:
                if key in metadata:
                    del metadata[key]
    except (PdfError, ValueError, SyntaxError):
        # Metadata that cannot be read claims nothing that anybody could rely on.
        return ()
    return (f"原文件声明符合 PDF/A-{part}，但没有 RGB 输出意图，加盖彩色戳记后不再符合，已去掉该声明",)


def _has_rgb_intent(pdf: Pdf) -> bool:
    for intent in pdf.Root.get("/OutputIntents", Array()):
        profile = intent.get("/DestOutputProfile")
        if profile is not None and int(profile.get("/N", 0)) == 3:
            return True
    return False
