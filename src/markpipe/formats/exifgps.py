"""Where a photograph was taken, as its EXIF says: the GPS directory of a TIFF block, as one line of words.

Reads four tags and nothing else; anything odd is no position.  EXIF 2.32, 4.6.6.
"""

from __future__ import annotations

import struct

_GPS_DIRECTORY = 0x8825
_LATITUDE_SIDE, _LATITUDE, _LONGITUDE_SIDE, _LONGITUDE = 1, 2, 3, 4
_MOST_ENTRIES = 512


def gps_words(block: bytes) -> str:
    """`GPS 30.274150, 120.155153` for an EXIF block that holds a position; empty for any other bytes."""
    start = block.find(b"Exif\x00\x00")
    tiff = block[start + 6 :] if start >= 0 else block
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return ""
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        directory = tiff_directory(tiff, first, order)
        if _GPS_DIRECTORY not in directory:
            return ""
        gps = tiff_directory(tiff, directory[_GPS_DIRECTORY], order)
        latitude, longitude = (_degrees(tiff, gps[tag], order) for tag in (_LATITUDE, _LONGITUDE))
    except (struct.error, KeyError, ZeroDivisionError):
        return ""
    south, west = (_letter(gps.get(tag, 0), order) for tag in (_LATITUDE_SIDE, _LONGITUDE_SIDE))
    latitude = -latitude if south == "S" else latitude
    longitude = -longitude if west == "W" else longitude
    return f"GPS {latitude:.6f}, {longitude:.6f}"


def tiff_directory(tiff: bytes, offset: int, order: str) -> dict[int, int]:
    """Tag to value (or offset of the value) of one directory."""
    (count,) = struct.unpack_from(f"{order}H", tiff, offset)
    entries = {}
    for index in range(min(count, _MOST_ENTRIES)):
        tag, _, _, value = struct.unpack_from(f"{order}HHII", tiff, offset + 2 + 12 * index)
        entries[tag] = value
    return entries


def _degrees(tiff: bytes, offset: int, order: str) -> float:
    values = struct.unpack_from(f"{order}6I", tiff, offset)
    degrees, minutes, seconds = (
        top / bottom if bottom else 0.0 for top, bottom in zip(values[::2], values[1::2], strict=True)
    )
    return degrees + minutes / 60 + seconds / 3600


def _letter(value: int, order: str) -> str:
    """The first byte of a value of four that was read as a number."""
    return chr(struct.pack(f"{order}I", value)[0])
