"""The approval form: what it says, read back with another tool (a zip walk), and the same bytes every time."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from markpipe.forms.approval import TITLES
from markpipe.forms.approval import approval_form as filled_form
from markpipe.forms.sheet import Cell, Row, sheet
from markpipe.forms.template import Templates
from markpipe.model.agency import Agency, Tier
from markpipe.model.classification import Duration, Level, Mark, Until, date_label
from markpipe.model.decision import Origin, Proposal, Violation
from markpipe.model.outcome import Outcome

AGENCY = Agency("韶阳市水务局", Tier.MUNICIPAL)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = (f"{WORD}t", f"{WORD}br")


def of(outcomes: tuple[Outcome, ...], name: str) -> Outcome:
    return next(outcome for outcome in outcomes if outcome.assessment.path.startswith(name))


def approval_form(proposal: Proposal, *args: Any, **more: Any) -> bytes:
    return Templates().make(filled_form(proposal, AGENCY, *args, **more))


def form(outcome: Outcome, *, demo: bool = False) -> bytes:
    assert outcome.proposal is not None
    return approval_form(outcome.proposal, outcome.violations, determination=outcome.determination, demo=demo)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def body(data: bytes) -> ET.Element:
    return ET.fromstring(members(data)["word/document.xml"])  # noqa: S314  made by ourselves


def words(element: ET.Element) -> str:
    """The text of a paragraph, with its line ends."""
    return "".join("\n" if each.tag == f"{WORD}br" else each.text or "" for each in element.iter() if each.tag in TEXT)


def paragraphs(data: bytes) -> list[str]:
    return [words(each) for each in body(data).iter(f"{WORD}p")]


def cells(data: bytes) -> list[list[str]]:
    """The table, row by row."""
    return [
        ["\n".join(words(p) for p in c.iter(f"{WORD}p")) for c in row.iter(f"{WORD}tc")]
        for row in body(data).iter(f"{WORD}tr")
    ]


def beside(data: bytes, label: str) -> list[str]:
    """What stands in the row that begins with a label."""
    return next(row[1:] for row in cells(data) if row[0] == label)


def test_a_determined_derivative(outcomes: tuple[Outcome, ...]) -> None:
    data = form(of(outcomes, "01"))
    text = paragraphs(data)
    assert text[:4] == [
        "含已定密内容，按机密级管理",
        "【演示】人员身份由演示代替，本表所列密级和编号不具效力",
        TITLES[Origin.DERIVATIVE],
        "编号：D2026-0001",
    ]
    assert beside(data, "文件名称") == ["01-供水保障通知"]
    assert beside(data, "拟制单位") == ["韶阳市水务局", "制发日期", "2026年5月10日"]
    assert beside(data, "定密方式") == ["☐ 原始定密　☑ 派生定密"]
    assert beside(data, "内容校验值") == [of(outcomes, "01").assessment.document.digest]
    assert beside(data, "拟定密级") == ["机密", "保密期限", "解密时间2035年3月2日"]
    assert beside(data, "知悉范围") == ["市水务局有关人员"]
    assert beside(data, "承 办 人")[0] == "张三（签字）"
    assert beside(data, "《关于韶阳市水厂应急备用水源调度方案的通知》") == [
        "韶水发〔2015〕8号",
        "机密★20年",
        "2015年3月2日",
    ]
    assert beside(data, "涉及密点") == ["整件（未指明密点）", "涉及之处", "与来源文字一致；来源第3页；本稿第1页"]
    assert beside(data, "核对结果") == ["按现有规则核对，未见不符"]
    assert beside(data, "意　　见") == ["同意，确定为国家秘密", "确定编号", "D2026-0001"]
    assert beside(data, "密级和期限") == ["机密★2035年3月2日"]
    assert beside(data, "定密责任人") == ["李四（签字）", "日　　期", "2026年5月10日"]
    assert beside(data, "办理账户") == ["lisi"]


def test_an_original_that_waits(outcomes: tuple[Outcome, ...]) -> None:
    data = form(of(outcomes, "03"))
    text = paragraphs(data)
    assert text[:3] == ["内含疑似绝密级内容，按绝密级管理（未定密）", TITLES[Origin.ORIGINAL], "编号：（批准后编号）"]
    assert "★" not in "".join(text)
    assert beside(data, "定密方式") == ["☑ 原始定密　☐ 派生定密"]
    assert beside(data, "拟定密级") == ["绝密", "保密期限", "期限待定"]
    assert beside(data, "密　　点") == ["1. 绝密，期限长期　试题"]
    assert beside(data, "待　　定") == ["解密条件须由承办人写明：启用前指哪一时间"]
    assert beside(data, "事项依据") == ["《教育工作国家秘密范围的规定》：国家教育统一考试启用前的试题、答案"]
    assert beside(data, "LVL-2")[1] == "保密法第十七条"
    assert beside(data, "意　　见")[0].startswith("☐ 同意　☐ 纠正为")
    assert beside(data, "定密责任人")[0] == "（签字）"
    assert not any(row[0] in ("核对结果", "密级和期限", "办理账户") for row in cells(data))


def test_a_citation_to_answer(outcomes: tuple[Outcome, ...]) -> None:
    held = of(outcomes, "04")
    data = form(held)
    assert paragraphs(data)[0] == "内含疑似国家秘密内容，密级待核实，核实前按国家秘密管理（未定密）"
    assert beside(data, "拟定密级") == ["密级待核实", "保密期限", "—"]
    assert beside(data, "知悉范围") == ["（待填）"]
    assert beside(data, "引用文号") == ["（韶密局〔2010〕6号，秘密级）", "待承办人答复"]
    assert beside(data, "事项依据") == ["（待填：保密事项范围的名称和条目，或已定密事项）"]
    assert held.proposal is not None
    answered = replace(held.proposal.citations[0], answer="未涉及内容", reason="只引文号", answered_by="张三")
    data = approval_form(replace(held.proposal, citations=(answered,)))
    assert beside(data, "引用文号")[1] == "未涉及内容：只引文号（张三）"
    assert beside(data, "拟定密级")[0] == "不定密"
    assert paragraphs(data)[0] == "未提示涉密内容；仅供内部使用，不得据此公开"


def test_a_term_and_the_day_it_ends_on(outcomes: tuple[Outcome, ...]) -> None:
    proposed = of(outcomes, "02").proposal
    assert proposed is not None
    ten = replace(proposed, term=Duration(years=10), declassify_on=Until(proposed.issued_on.replace(year=2036)).date)
    assert beside(approval_form(ten), "拟定密级")[2] == "期限10年（解密时间2036年5月10日）"


def test_touched_points_and_unknown_facts_of_a_source(outcomes: tuple[Outcome, ...]) -> None:
    proposed = of(outcomes, "02").proposal
    assert proposed is not None
    derivation = proposed.derivations[0]
    bare = replace(derivation.source, issued_on=None, document_number="")
    touched = replace(derivation, source=bare, touched=(Mark(Level.MIMI, Duration(5)),), place="", source_place="")
    data = approval_form(replace(proposed, derivations=(touched,)))
    assert beside(data, "《关于韶阳市水厂应急备用水源调度方案的通知》") == ["—", "机密★20年", "不明"]
    assert beside(data, "涉及密点") == ["秘密★5年", "涉及之处", "与来源文字一致"]


def test_what_the_table_of_sources_says_is_not_said_again(outcomes: tuple[Outcome, ...]) -> None:
    proposed = of(outcomes, "02").proposal
    assert proposed is not None
    said = f"《{proposed.derivations[0].source.title}》（韶水发〔2015〕8号，机密★20年）；与来源文字一致"
    data = approval_form(replace(proposed, basis=(said, "另依范围第2项")))
    assert beside(data, "事项依据") == ["另依范围第2项"]
    assert not any(row[0] == "事项依据" for row in cells(approval_form(replace(proposed, basis=(said,)))))


def test_the_officer_signs_on_the_page_of_the_decision(outcomes: tuple[Outcome, ...]) -> None:
    rows = list(body(form(of(outcomes, "01"))).iter(f"{WORD}tr"))
    kept = [
        all(
            keep is not None and keep.get(f"{WORD}val") != "0"
            for keep in (p.find(f"{WORD}pPr/{WORD}keepNext") for p in row.iter(f"{WORD}p"))
        )
        for row in rows
    ]
    assert kept[-6:] == [True] * 5 + [False]


def test_a_determination_of_something_else(outcomes: tuple[Outcome, ...]) -> None:
    proposed = of(outcomes, "03").proposal
    assert proposed is not None
    with pytest.raises(ValueError, match="不是同一份内容"):
        approval_form(proposed, determination=of(outcomes, "01").determination)


def test_a_determination_without_scope_and_account(outcomes: tuple[Outcome, ...]) -> None:
    determined = of(outcomes, "01")
    assert determined.determination is not None
    assert determined.proposal is not None
    bare = replace(determined.determination, access_scope="", account="", demo=False)
    data = approval_form(determined.proposal, determination=bare)
    assert [row[1] for row in cells(data) if row[0] == "知悉范围"] == ["市水务局有关人员", "—"]
    assert not any(row[0] == "办理账户" for row in cells(data))
    assert not any("演示" in text for text in paragraphs(data))


def test_demo_is_shown_on_a_proposal(outcomes: tuple[Outcome, ...]) -> None:
    assert paragraphs(form(of(outcomes, "02"), demo=True))[1].startswith("【演示】")


def test_untrusted_words(outcomes: tuple[Outcome, ...]) -> None:
    proposed = of(outcomes, "03").proposal
    assert proposed is not None
    evil = "<w:t>&\x00\x0b\u202e\ud800\ufffe]]>"
    data = approval_form(replace(proposed, name=evil), (Violation("X-1", evil, evil),))
    shown = "<w:t>&" + "\ufffd" * 5 + "]]>"
    assert beside(data, "文件名称") == [shown]
    assert beside(data, "X-1") == [shown, shown]


def test_the_same_bytes_every_time(outcomes: tuple[Outcome, ...]) -> None:
    for name in ("01", "03"):
        assert form(of(outcomes, name)) == form(of(outcomes, name))


def test_the_package_tells_nothing_about_its_maker(outcomes: tuple[Outcome, ...]) -> None:
    data = form(of(outcomes, "01"))
    names = members(data)
    assert "docProps/thumbnail.jpeg" not in names
    core = names["docProps/core.xml"].decode()
    assert "python" not in core
    assert "2026-05-10T00:00:00Z" in core
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_it_is_a4_with_twelve_columns_in_every_row(outcomes: tuple[Outcome, ...]) -> None:
    root = body(form(of(outcomes, "01")))
    size = root.find(f".//{WORD}pgSz")
    assert size is not None
    assert (size.get(f"{WORD}w"), size.get(f"{WORD}h")) == ("11906", "16838")
    for row in root.iter(f"{WORD}tr"):
        spans = [cell.find(f"{WORD}tcPr/{WORD}gridSpan") for cell in row.iter(f"{WORD}tc")]
        assert sum(1 if span is None else int(span.get(f"{WORD}val", "")) for span in spans) == 12


def test_every_run_names_a_chinese_typeface(outcomes: tuple[Outcome, ...]) -> None:
    for run in body(form(of(outcomes, "01"))).iter(f"{WORD}r"):
        fonts = run.find(f"{WORD}rPr/{WORD}rFonts")
        assert fonts is not None
        assert fonts.get(f"{WORD}eastAsia") in ("黑体", "仿宋", "宋体")


def test_a_row_must_fill_the_sheet(outcomes: tuple[Outcome, ...]) -> None:
    day = of(outcomes, "01").proposal
    assert day is not None
    with pytest.raises(ValueError, match="12 wide"):
        sheet(title="", notice="", banner="", number="", rows=[Row((Cell(("x",), 5),))], foot=(), dated=day.issued_on)
    assert date_label(day.issued_on) == "2026年5月10日"
    one = Row((Cell(("x",), 1), Cell(("y",), 11)))
    data = sheet(title="表", notice="", banner="", number="", rows=[one], foot=(), dated=day.issued_on)
    assert cells(data) == [["x", "y"]]
