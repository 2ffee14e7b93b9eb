"""What a draft says of its own publication: 公开属性：主动公开, 此件公开发布 (政府信息公开条例第十九、二十条).

What the law wants public or the public has to know is no state secret (国家秘密定密管理规定第十九条).  Does not judge which
of the two is wrong, the line or the level.
"""

from __future__ import annotations

import re

from markpipe.text.fold import Folded

_PUBLIC = re.compile(
    r"公开属性\s?[::]?\s?主动公开|此件\s?(?:公开发布|主动公开)|信息公开(?:选项|类别)\s?[::]?\s?主动公开|\(主动公开\)"
)


def declared_public(folded: Folded) -> str:
    """The draft's own words that it is to be published; empty where it says none."""
    found = _PUBLIC.search(folded.text)
    if found is None:
        return ""
    span = folded.raw_span(found.start(), found.end())
    return folded.raw[span.start : span.end]
