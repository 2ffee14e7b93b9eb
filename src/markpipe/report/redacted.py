"""`markpipe.redact/1` and its lines: what was taken out, and what can still be inferred.  Never quotes what was removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from markpipe.redaction.plan import Removal
from markpipe.redaction.policy import Gap, Reason
from markpipe.redaction.result import PageResult
from markpipe.text.printable import one_line

SCHEMA = "markpipe.redact/1"


def redact_json(
    path: str,
    sha256: str,
    source_sha256: str,
    removal: Removal,
    pages: Sequence[PageResult],
    notes: Sequence[str],
    unchecked: Sequence[int],
) -> dict[str, Any]:
    """The answer for programs; `path` is the name that was asked for."""
    return {
        "schema": SCHEMA,
        "path": path,
        "sha256": sha256,
        "source_sha256": source_sha256,
        "terms": len(removal.terms),
        "reasons": sorted({reason.value for reason in removal.reasons}),
        "gap": removal.gap.value,
        "removed": sum(page.removed for page in pages),
        "gaps": sum(page.gaps for page in pages),
        "remains": list(remains(removal, pages)),
        "notes": list(notes),
        "not_recognised": list(unchecked),
        "pages": [_page(page) for page in pages if _page(page)],
    }


def _page(page: PageResult) -> dict[str, Any]:
    """What happened to a page; empty where nothing did."""
    counts = {
        "removed": page.removed,
        "gaps": page.gaps,
        "dropped": page.dropped,
        "hidden": page.hidden,
        "pictures": page.pictures,
        "unquantised": page.unquantised,
    }
    found: dict[str, Any] = {name: count for name, count in counts.items() if count}
    if page.rasterised:
        found["rasterised"] = list(page.undecided)
    if page.anew:
        found["recognised_anew"] = True
    if page.unsearchable:
        found["unsearchable"] = True
    return {"page": page.page, **found} if found else {}


def remains(removal: Removal, pages: Sequence[PageResult]) -> Iterator[str]:
    """What can still be inferred from the file, in Chinese."""
    if any(page.gaps for page in pages):
        yield removal.gap.remains
        said = sorted({reason for reason in removal.reasons if reason is not Reason.OMITTED})
        if said and removal.gap is not Gap.EXACT:
            yield f"占位符说出了各处为什么删：{'、'.join(f'{reason.label}{reason.value}' for reason in said)}"
        yield "留下的文字、上下文和删去的处数仍可能提示所删内容"
    for page in pages:
        if page.unquantised:
            yield f"第{page.page}页有 {page.unquantised} 处行内放不下，空白保持原宽"


def lines(
    out: str, removal: Removal, pages: Sequence[PageResult], notes: Sequence[str], unchecked: Sequence[int]
) -> tuple[str, ...]:
    """The answer for people."""
    removed, gaps = sum(page.removed for page in pages), sum(page.gaps for page in pages)
    found = [f"已处理并核对：{one_line(out)}：删去 {gaps} 处，其中文字 {removed} 个字符"]
    if hidden := sum(page.hidden for page in pages):
        found.append(f"看不见的内容 {hidden} 项没有带入")
    if wiped := sum(page.pictures for page in pages):
        found.append(f"图片 {wiped} 处涂去")
    if dropped := sum(page.dropped for page in pages):
        found.append(f"随行删去其余文字 {dropped} 个字符")
    found += [f"第{page.page}页转成了图片：{'、'.join(page.undecided)}" for page in pages if page.rasterised]
    if anew := _named(page.page for page in pages if page.anew):
        found.append(f"{anew}扫描件原有的文字层有与所见不符、不能确认的字，这些字没有带入，补上重新识别的结果")
    if lost := _named(page.page for page in pages if page.unsearchable):
        found.append(f"{lost}扫描件原有的文字层没有核对，没有带入，不能再检索")
    found += list(notes)
    found += [f"仍可推断：{text}" for text in remains(removal, pages)]
    if unchecked:
        found.append(f"注意：{_named(unchecked)}没有经过文字识别核对（--ocr never），请人工查看")
    return tuple(found)


def _named(pages: Iterable[int]) -> str:
    return "、".join(f"第{page}页" if page else "图片" for page in pages)
