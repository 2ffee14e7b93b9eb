"""A picture of one page, for a person to look at beside the findings.  Changes nothing and reads no text."""

from __future__ import annotations

from markpipe.formats.pdf.opening import opened

MOST_PIXELS = 4_000_000


def render(data: bytes, page: int, dpi: int) -> tuple[bytes, float, float]:
    """The page (from 1) as PNG with its width and height in points, in fewer dots where it is large; `ValueError` where there is no such page."""
    with opened(data) as document:
        if not 1 <= page <= len(document):
            raise ValueError("no such page")
        sheet = document[page - 1]
        pixels = (sheet.rect.width * dpi / 72) * (sheet.rect.height * dpi / 72)
        shrink = min(1.0, (MOST_PIXELS / max(pixels, 1.0)) ** 0.5)
        picture = sheet.get_pixmap(dpi=max(18, int(dpi * shrink)), alpha=False).tobytes("png")
        return bytes(picture), float(sheet.rect.width), float(sheet.rect.height)
