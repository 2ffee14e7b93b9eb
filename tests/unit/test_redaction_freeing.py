"""A decision frees the file that it is about, and no other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from markpipe.errors import RefusedError
from markpipe.model.decision import Decision
from markpipe.model.document import Document, Format
from markpipe.pipeline.redact import freeing


def register(decision: Decision) -> Any:
    return SimpleNamespace(
        matter=lambda _: SimpleNamespace(decision=decision, digest="draft"),
        outputs=lambda _: (SimpleNamespace(sha256="marked"),),
        copies=lambda _: (SimpleNamespace(sha256="copy"),),
    )


@pytest.mark.parametrize("digest", ["draft", "marked", "copy"])
def test_its_own_carriers_are_freed(digest: str) -> None:
    freeing(register(Decision.DECLASSIFIED), "D2026-0001")(Document(Format.PDF, digest))


def test_another_file_is_not() -> None:
    with pytest.raises(RefusedError, match="不是针对这份文件"):
        freeing(register(Decision.DECLASSIFIED), "D2026-0001")(Document(Format.PDF, "other"))


def test_a_decision_that_frees_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match="不是解密或部分公开决定"):
        freeing(register(Decision.APPROVED), "D2026-0001")(Document(Format.PDF, "draft"))
