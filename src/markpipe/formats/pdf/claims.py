"""What a PDF claims to be (PDF/A, PDF/X), and whether the claim outlives marks.

Our ink keeps to what both ask: embedded fonts, no transparency but under a tint, black as DeviceGray.  What it may break::

    any ink            PDF/A without an output intent: no device colour at all (ISO 19005-2 6.2.4.3)
    red, blue          without an RGB output intent
    tint under 密点    PDF/A-1, PDF/X-1 and X-3: no blend mode (ISO 19005-1 6.4)

A claim that marks break is taken out of the metadata and the note says so, so that nobody relies on it; taking the
marks off puts it back.  A tagged file stays tagged: marks are artifacts.
"""

from __future__ import annotations

from pikepdf import Array, Pdf

from markpipe.formats.pdf.xmp import claims, drop_claims

_NO_TRANSPARENCY = ("PDF/A-1", "PDF/X-1", "PDF/X-3")


def settle(pdf: Pdf, layer: str, *, coloured: bool, blended: bool = False) -> tuple[str, ...]:
    """Drop the claims that a layer's ink breaks; the note that says so."""
    claimed = claims(pdf)
    if not claimed:
        return ()
    intents = _intents(pdf)
    if not intents and any(claim.startswith("PDF/A") for claim in claimed):
        why = "没有输出意图，加盖标志后"
    elif coloured and 3 not in intents:
        why = "没有 RGB 输出意图，加盖彩色戳记后"
    elif blended and any(claim.startswith(_NO_TRANSPARENCY) for claim in claimed):
        why = "不容许透明，加底色后"
    else:
        return ()
    drop_claims(pdf, layer)
    return (f"原文件声明符合 {'、'.join(claimed)}，但{why}不再符合，已去掉该声明",)


def _intents(pdf: Pdf) -> frozenset[int]:
    """The numbers of colours of the output intents; 0 for one that names its profile only."""
    found = set()
    for intent in pdf.Root.get("/OutputIntents", Array()):
        profile = intent.get("/DestOutputProfile")
        found.add(0 if profile is None else int(profile.get("/N", 0)))
    return frozenset(found)
