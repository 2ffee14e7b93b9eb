"""A mark or a determination in force keeps a document as it is; a decision frees the file that it is about, and no other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from markpipe.errors import RefusedError, UsageError
from markpipe.model.building import TextMapBuilder
from markpipe.model.decision import Decision
from markpipe.model.document import Document, Format, PartKind
from markpipe.model.publication import Clearance, ClearanceKind
from markpipe.pipeline.freeing import keeper


def register(decision: Decision, *, in_force: bool = False, kind: ClearanceKind = ClearanceKind.PARTLY) -> Any:
    def matter(number: str) -> Any:
        if number != "D2026-0001":
            raise UsageError("没有这个编号")
        return SimpleNamespace(decision=decision, digest="draft")

    settled = Clearance(kind, "某局", "文〔2026〕1号")
    return SimpleNamespace(
        matter=matter,
        outputs=lambda _: (SimpleNamespace(sha256="marked"),),
        copies=lambda _: (SimpleNamespace(sha256="copy"),),
        decided=lambda: {"draft": (SimpleNamespace(in_force=in_force),)},
        clearances=lambda digest: (settled,) if digest == "draft" else (),
    )


def document(digest: str, first_line: str = "关于安全检查的通知") -> Document:
    builder = TextMapBuilder()
    builder.begin("page:1", PartKind.PAGE, page=1)
    builder.add(f"{first_line}\n正文。\n")
    return Document(Format.PDF, digest, builder.build())


@pytest.mark.parametrize("digest", ["draft", "marked", "copy"])
def test_its_own_carriers_are_freed(digest: str) -> None:
    keeper(register(Decision.DECLASSIFIED), "D2026-0001")(document(digest))


def test_another_file_is_not() -> None:
    with pytest.raises(RefusedError, match="不是针对这份文件"):
        keeper(register(Decision.DECLASSIFIED), "D2026-0001")(document("other"))


def test_a_decision_that_frees_nothing_is_refused() -> None:
    with pytest.raises(RefusedError, match="不是解密或部分公开决定"):
        keeper(register(Decision.APPROVED), "D2026-0001")(document("draft"))


def test_a_settled_decision_frees_the_file_it_was_settled_for() -> None:
    partly = keeper(register(Decision.APPROVED, in_force=True), "文〔2026〕1号")
    partly(document("draft", "机密★10年"))
    with pytest.raises(UsageError, match="没有登记过"):
        partly(document("other"))
    consent = register(Decision.APPROVED, kind=ClearanceKind.CONSENT)
    with pytest.raises(UsageError, match="没有登记过"):
        keeper(consent, "文〔2026〕1号")(document("draft"))


def test_a_determination_in_force_keeps_a_file_whose_mark_is_missing() -> None:
    with pytest.raises(RefusedError, match="台账上有生效的定密决定"):
        keeper(register(Decision.APPROVED, in_force=True))(document("draft"))
    keeper(register(Decision.APPROVED, in_force=True))(document("other"))
    keeper(register(Decision.DECLASSIFIED))(document("draft"))


def test_a_printed_mark_keeps_a_file_that_no_register_knows() -> None:
    with pytest.raises(RefusedError, match="带有国家秘密标志"):
        keeper()(document("other", "机密★10年"))
    with pytest.raises(UsageError, match="没有台账"):
        keeper(None, "D2026-0001")
