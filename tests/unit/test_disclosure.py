"""What a draft says of its own publication."""

from __future__ import annotations

import pytest

from markpipe.detect.disclosure import declared_public
from markpipe.formats.plain import text_map
from markpipe.text.fold import fold


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("公开属性：主动公开", "公开属性：主动公开"),
        ("（此件公开发布）", "此件公开发布"),
        ("正文完。（主动公开）", "（主动公开）"),
        ("公开属性：不予公开", ""),
        ("要推进主动公开工作。", ""),
    ],
)
def test_the_lines_that_say_so(text: str, said: str) -> None:
    assert declared_public(fold(text_map(text))) == said
