"""The printable page: self-contained, escaped, honest."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from markpipe.errors import OutputError
from markpipe.model.decision import Violation
from markpipe.model.document import Unread, UnreadReason
from markpipe.model.outcome import Outcome, Output, OutputKind
from markpipe.report.html import html
from markpipe.report.places import ExcerptMode

GOLDEN = Path(__file__).parents[2] / "golden"
VOID = {"meta", "br", "col"}


class Page(HTMLParser):
    """Reads a page back: tags in balance, text, attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def of(outcomes: tuple[Outcome, ...], *names: str) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in outcomes if outcome.assessment.path.startswith(names))


def test_golden(outcomes: tuple[Outcome, ...]) -> None:
    path = GOLDEN / "report.html"
    text = html(
        outcomes, demo=True, agency="韶阳市水务局", issued_on=dt.date(2026, 5, 10), notes=("读取进程没有网络。",)
    )
    if os.environ.get("MARKPIPE_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_it_is_one_file_with_nothing_to_load_or_run(outcomes: tuple[Outcome, ...]) -> None:
    text = html(outcomes, demo=True)
    page = Page(text)
    assert not page.open
    assert {"script", "link", "img", "iframe", "object", "form", "input", "base"}.isdisjoint(page.tags)
    assert not any(name.startswith("on") or name in ("src", "action") for name, _ in page.attributes)
    assert all(value is not None and value.startswith("#d") for name, value in page.attributes if name == "href")
    assert not re.search(r"https?:|url\(|@import", text)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes


def test_links_lead_to_their_sections(outcomes: tuple[Outcome, ...]) -> None:
    page = Page(html(outcomes))
    ids = {value for name, value in page.attributes if name == "id"}
    assert {(value or "")[1:] for name, value in page.attributes if name == "href"} == ids


def test_how_it_is_to_be_kept_stands_on_every_page(outcomes: tuple[Outcome, ...]) -> None:
    text = html(of(outcomes, "02"))
    notice = "内含疑似机密级内容，按机密级管理（未定密）"
    assert f'<div class="notice">{notice}</div>' in text
    assert f'@top-center {{ content: "{notice}"' in text
    assert "演示" not in text


def test_a_demo_says_so_everywhere(outcomes: tuple[Outcome, ...]) -> None:
    text = html(of(outcomes, "02"), demo=True)
    assert "演示站点：" in text
    assert '<div class="watermark"' in text
    assert '管理（未定密） · 演示"' in text


def test_what_each_section_says(outcomes: tuple[Outcome, ...]) -> None:
    text = Page(html(outcomes)).text
    for words in (
        "机密★2035年3月2日（派生定密，确定编号 D2026-0001）",
        "定密责任人 李四，2026年5月10日",
        "拟定密级：机密，解密时间2035年3月2日（派生定密，未经审核批准）",
        "《关于韶阳市水厂应急备用水源调度方案的通知》韶水发〔2015〕8号",
        "规则 LVL-2　本单位为设区的市级机关",
        "保密法第十七条",
        "待定　解密条件须由承办人写明",
        "markpipe determination answer '04-工作 总结.docx' --citation C-1a2b --answer 未涉及内容 --reason 理由",
        "匹配时折叠了：繁体异体、字间空格或符号",
        "首页标志处有页眉，已下移",
        "000002",
        "未能写出　磁盘已满",
        "已加密，无法读取",
        "有尚不能读取的内容（xlsx 表格）",
        "标志所示机密级，保密期限：20年",
        "疑似绝密级，保密期限：启用前",
        "子文件夹/值班表.txt",
    ):
        assert words in re.sub(r"\n", "", text), words


def test_the_excerpt_is_marked_in_its_context(outcomes: tuple[Outcome, ...]) -> None:
    text = html(of(outcomes, "03"))
    assert "本次考试<mark>试题</mark>由命题组保管，<em>启用前</em>任何人不得外传" in text


def test_nothing_is_quoted_when_nothing_may_be(outcomes: tuple[Outcome, ...]) -> None:
    text = html(outcomes, excerpt=ExcerptMode.NONE)
    for quotation in (
        "备用水源地启用时",
        "由命题组保管",
        "（韶密局〔2010〕6号",
        "干部考察材料。",
        "(20年)",
        "<mark>",
        "<em>",
    ):
        assert quotation not in text
    assert "不摘录原文" in text
    assert "“（略）”" in text


@pytest.mark.parametrize("field", ["path", "text", "title", "reason", "output", "error", "detail", "note"])
def test_untrusted_words_are_escaped_and_shown(outcomes: tuple[Outcome, ...], field: str) -> None:
    evil = "<script>\u202e\x1b&amp;\"'"
    (held,) = of(outcomes, "04")
    (derived,) = of(outcomes, "02")
    assert derived.proposal is not None
    unread = Unread("全文", UnreadReason.CRASHED, evil)
    source = replace(derived.proposal.derivations[0].source, title=evil)
    sourced = replace(derived.proposal, derivations=(replace(derived.proposal.derivations[0], source=source),))
    document = held.assessment.document
    end = held.assessment.citations[0].span.end
    text_map = replace(document.text_map, text=document.text_map.text[:end] + evil)
    made = {
        "path": replace(held, assessment=replace(held.assessment, path=evil)),
        "text": replace(held, assessment=replace(held.assessment, document=replace(document, text_map=text_map))),
        "title": replace(derived, proposal=sourced),
        "reason": replace(held, violations=(Violation("X-1", evil, ""),), held=(evil,)),
        "output": replace(held, outputs=(Output(evil, OutputKind.COPY, "a" * 64, None, (evil,)),)),
        "error": held,
        "detail": replace(held, assessment=replace(held.assessment, document=replace(document, unread=(unread,)))),
        "note": held,
    }[field]
    text = html(
        [made],
        [OutputError(evil)] if field == "error" else (),
        notes=(evil,) if field == "note" else (),
        agency=evil if field == "note" else "",
        title=evil if field == "note" else "报告",
    )
    assert "script" not in Page(text).tags
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "&lt;script&gt;\ufffd\ufffd&amp;amp;" in text


def test_the_star_stands_only_where_a_determination_or_a_source_gives_it(outcomes: tuple[Outcome, ...]) -> None:
    page = Page(html(of(outcomes, "03", "04", "05", "10", "11"))).text
    before_foot = page.partition("国家秘密标志只出自定密决定")[0]
    assert "★" not in before_foot


def test_the_headline_is_marked_as_incomplete(outcomes: tuple[Outcome, ...]) -> None:
    assert '<p class="headline incomplete">' in html(of(outcomes, "08"))
    assert '<p class="headline">2 份全部已读' in html(of(outcomes, "07", "子"))
    assert '<p class="headline incomplete">' in html(of(outcomes, "07"), [OutputError("磁盘已满", "腾出空间")])
    assert "出错" in html((), [OutputError("磁盘已满", "腾出空间")])


def test_an_answered_citation_shows_its_answer(outcomes: tuple[Outcome, ...]) -> None:
    (held,) = of(outcomes, "04")
    assert held.proposal is not None
    answered = replace(held.proposal.citations[0], answer="未涉及内容", reason="只引文号", answered_by="张三")
    text = html([replace(held, proposal=replace(held.proposal, citations=(answered,)))])
    assert "答复：未涉及内容（只引文号）　张三" in text
    assert "<code>" not in text


def test_looking_only_shows_citations_and_sources(outcomes: tuple[Outcome, ...]) -> None:
    looked = [Outcome(outcome.assessment) for outcome in of(outcomes, "02", "04")]
    text = html(looked, title="疑似查找报告")
    assert "派生来源" in text
    assert "<code>" in text
