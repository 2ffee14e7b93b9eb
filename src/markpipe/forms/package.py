"""The last step of every form: nothing in the file says who or what made it, and the same content gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def finished(document: Any, title: str, dated: dt.date) -> bytes:
    """A python-docx document as bytes; its metadata bear the title and the day alone."""
    properties = document.core_properties
    properties.title, properties.language = title, "zh-CN"
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = dt.datetime.combine(dated, dt.time(), dt.UTC)
    properties.revision = 1
    package = document.part.package
    for name, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:  # the library's template bears a picture
            del package.rels[name]
    saved = io.BytesIO()
    document.save(saved)
    return repacked(saved)


def repacked(saved: io.BytesIO, instead: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """The package with one fixed time in its entries, and other bytes for some: the library writes the time of the day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, instead[name] if name in instead else source.read(name))
    return packed.getvalue()
