"""`verify` on carriers that this program did not make: written with python-docx and PyMuPDF, in our own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import docx
import pymupdf
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH

from markpipe.model.limits import Limits
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.markcheck import Trust, look_at_marks
from markpipe.pipeline.sandbox import Worker

MM = 72 / 25.4
DAY = dt.date(2026, 5, 10)
TEXT = "各科室要合理安排值班，节前组织一次办公用房安全检查，检查情况于月底前报综合科。"
# (left mm, baseline mm, points, words)
Put = tuple[float, float, float, str]
HEAD: tuple[Put, ...] = ((28, 42, 16, "000007"), (28, 52.2, 16, "机密★10年"))


def pdf(path: Path, *pages: tuple[Put, ...]) -> Path:
    with pymupdf.open() as document:
        for words in pages:
            page = document.new_page(width=595.28, height=841.89)
            page.insert_font("F0", fontbuffer=pymupdf.Font("china-s").buffer)
            for x, y, size, text in (*words, (28, 130, 14, "关于节日值班的通知"), (28, 140, 12, TEXT)):
                page.insert_text((x * MM, y * MM), text, fontname="F0", fontsize=size)
        document.subset_fonts()
        document.save(path)
    return path


def word(path: Path, *lines: str, right: bool = False, header: str = "") -> Path:
    document = docx.Document()
    for line in (*lines, TEXT):
        paragraph = document.add_paragraph(line)
        if right and "密" in line and len(line) < 12:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.save(str(path))
    return path


def _codes(worker: Worker, path: Path) -> set[str]:
    seen = look_at_marks(worker, read_file(path, worker, Limits()), path, Trust(), DAY)
    assert not seen.unread, seen.unread
    return {flaw.code for flaw in seen.flaws}


@pytest.fixture
def codes(reading_worker: Worker) -> Callable[[Path], set[str]]:
    def look(path: Path) -> set[str]:
        return {code for code in _codes(reading_worker, path) if not code.startswith("meta-")}

    return look


PDFS: dict[str, tuple[set[str], tuple[tuple[Put, ...], ...]]] = {
    "in order": (set(), (HEAD,)),
    "in order with urgency": (set(), ((*HEAD, (28, 62.4, 16, "特急")),)),
    "with a date": (set(), (((28, 42, 16, "000007"), (28, 52.2, 16, "秘密★2030年3月2日")),)),
    "with a condition": (set(), (((28, 42, 16, "000007"), (28, 52.2, 16, "机密★会议开始前")),)),
    "no mark at all": (set(), ((),)),
    "quoted in prose": (set(), (((28, 80, 12, "培训题：标志写作机密★10年的，期限自制发日起算。"),),)),
    "too long": ({"mark-term"}, (((28, 42, 16, "000007"), (28, 52.2, 16, "秘密★15年")),)),
    "no term": ({"mark-form"}, (((28, 42, 16, "000007"), (28, 52.2, 16, "机密")),)),
    "no star": ({"mark-form"}, (((28, 42, 16, "000007"), (28, 52.2, 16, "秘密10年")),)),
    "wrong star": ({"mark-form"}, (((28, 42, 16, "000007"), (28, 52.2, 16, "机密☆10年")),)),
    "in brackets": ({"mark-form"}, (((28, 42, 16, "000007"), (28, 52.2, 16, "机密★（10年）")),)),
    "turned round": ({"mark-form"}, (((28, 42, 16, "000007"), (28, 52.2, 16, "5年★秘密")),)),
    "1999: top right": ({"mark-place"}, (((28, 42, 16, "000007"), (150, 52.2, 16, "机密★10年")),)),
    "1999: seven digits": ({"mark-serial"}, (((28, 42, 16, "0000007"), (28, 52.2, 16, "机密★10年")),)),
    "five digits": ({"mark-serial"}, (((28, 42, 16, "00007"), (28, 52.2, 16, "机密★10年")),)),
    "serial below": ({"mark-order"}, (((28, 52.2, 16, "000007"), (28, 42, 16, "机密★10年")),)),
    "urgency above": ({"mark-order"}, (((28, 42, 16, "特急"), (28, 52.2, 16, "机密★10年")),)),
    "on one line": ({"mark-order"}, (((28, 42, 16, "000007"), (60, 42, 16, "机密★10年")),)),
    "two marks": ({"mark-several"}, ((*HEAD, (28, 62.4, 16, "秘密★5年")),)),
    "cover too low": ({"mark-cover"}, (HEAD, ((28, 47, 16, "绝密★10年"),))),
    "cover too short": ({"mark-cover"}, (HEAD, ((28, 47, 16, "秘密★长期"),))),
    "cover missing": ({"mark-cover"}, ((), ((28, 47, 16, "机密★10年"),))),
    "compilation in order": (set(), (HEAD, ((28, 47, 16, "秘密★5年"),), ((28, 47, 16, "机密★10年"),))),
    "pages disagree": (
        {"mark-pages"},
        (HEAD, ((150, 15, 9, "秘密★3年"),), ((150, 15, 9, "秘密★3年"),)),
    ),
    "pages agree": (set(), (HEAD, ((150, 15, 9, "机密★10年"),), ((150, 15, 9, "机密★10年"),))),
    "only a pre-mark": ({"mark-pending"}, (((120, 12, 10, "拟定密级：机密★10年（未经审核批准）"),),)),
    "work secret": ({"mark-kind"}, ((*HEAD, (28, 72, 16, "工作秘密")),)),
    "copy without stamp": ({"mark-copy"}, ((*HEAD, (150, 60, 14, "复印件")),)),
    "copy with stamp": (
        set(),
        (
            (
                *HEAD,
                (140, 60, 14, "复制件"),
                (140, 66, 10, "复制单位：示例局"),
                (140, 71, 10, "日期：2026年5月1日"),
                (140, 76, 10, "共3份　第2号"),
            ),
        ),
    ),
    "top secret copied": (
        {"mark-copy"},
        (((28, 42, 16, "000007"), (28, 52.2, 16, "绝密★10年"), (150, 60, 14, "复印件")),),
    ),
    "a firm's own": (
        {"mark-misused"},
        (
            (
                (28, 52.2, 16, "绝密"),
                (28, 90, 14, "江北示例有限公司产品报价单"),
                (28, 110, 12, "以下为各经销客户的采购价和折扣"),
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_of_somebody_else(name: str, codes: Callable[[Path], set[str]], tmp_path: Path) -> None:
    expected, pages = PDFS[name]
    assert codes(pdf(tmp_path / "件.pdf", *pages)) == expected


DOCXS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "in order": (set(), ("000007", "机密★10年", "关于值班的通知")),
    "order": ({"mark-order"}, ("机密★10年", "000007", "关于值班的通知")),
    "urgency above": ({"mark-order"}, ("000007", "特急", "机密★10年", "关于值班的通知")),
    "term": ({"mark-term"}, ("000007", "绝密★31年", "关于值班的通知")),
    "seven digits": ({"mark-serial"}, ("0000007", "机密★10年", "关于值班的通知")),
    "cover": ({"mark-cover"}, ("000007", "秘密★5年", "关于值班的通知", *["一般内容。"] * 8, "机密★10年", "第二件")),
    "points": ({"mark-cover"}, ("000007", "秘密★5年", "关于值班的通知", "〔机密：隐蔽基准桩共十九座。〕")),
    "pre-mark": ({"mark-pending"}, ("拟定密级：机密，期限10年（未经审核批准）", "关于值班的通知")),
    "work secret": ({"mark-kind"}, ("000007", "机密★10年", "工作秘密")),
    "internal": ({"mark-kind"}, ("内部", "000007", "机密★10年")),
    "a cell of a table": (
        set(),
        ("000007", "机密★10年", *["各单位按名单逐一通知到人，不得遗漏。"] * 10, "内部", "外部"),
    ),
}


@pytest.mark.parametrize("name", DOCXS)
def test_a_docx_of_somebody_else(name: str, codes: Callable[[Path], set[str]], tmp_path: Path) -> None:
    expected, lines = DOCXS[name]
    assert codes(word(tmp_path / "件.docx", *lines)) == expected


def test_a_mark_at_the_right_of_a_docx_is_the_old_form(codes: Callable[[Path], set[str]], tmp_path: Path) -> None:
    assert codes(word(tmp_path / "件.docx", "000007", "机密★10年", "通知", right=True)) == {"mark-place"}


def test_a_running_header_counts_as_the_mark_where_there_is_no_other(
    codes: Callable[[Path], set[str]], tmp_path: Path
) -> None:
    assert codes(word(tmp_path / "甲.docx", "关于值班的通知", header="机密★10年")) == set()
    assert codes(word(tmp_path / "乙.docx", "000007", "机密★10年", "通知", header="秘密★5年")) == {"mark-pages"}


def test_terms_that_only_a_person_can_check_are_said_and_count_for_nothing(
    reading_worker: Worker, tmp_path: Path
) -> None:
    for mark, code in (("绝密★长期", "meta-term"), ("秘密★2020年1月2日", "meta-expired")):
        path = pdf(tmp_path / f"{code}.pdf", ((28, 42, 16, "000007"), (28, 52.2, 16, mark)))
        found = _codes(reading_worker, path)
        assert code in found
        assert all(one.startswith("meta-") for one in found)
