"""How much one file may cost before it is given up as `Unread`.  Every value can be set in the site's configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one file; sizes in MiB, times in seconds."""

    file_mib: int = 200
    memory_mib: int = 3072
    cpu_seconds: int = 120
    wall_seconds: int = 180
    pages: int = 5000
    page_megapixels: int = 100
    text_characters: int = 20_000_000
    archive_members: int = 5000
    archive_mib: int = 512
    archive_ratio: int = 200
    depth: int = 6
