"""What a review takes from a document besides findings: masks, labels, provenance; the site's policy; a page made anew."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from markpipe.config.publication import read_policy
from markpipe.config.settings import load
from markpipe.detect.labels import find_labels, find_work_marks
from markpipe.detect.masking import Policy, Treatment, hidden_middle, masks
from markpipe.detect.personal import find_personal
from markpipe.detect.provenance import document_date, is_commercial, is_own
from markpipe.errors import ConfigurationError
from markpipe.formats.html import read
from markpipe.formats.htmlclean import NotCleanError, clean
from markpipe.formats.plain import text_map
from markpipe.model.document import Part, PartKind, TextMap
from markpipe.model.limits import Limits
from markpipe.model.publication import Mask, Purpose
from markpipe.model.span import Span
from markpipe.text.fold import fold

IDENTITY = "330102199003071230"
TEXT = f"当事人：欧阳建国，身份证{IDENTITY}，手机13812345678，车牌浙A12345，咨询电话0571-87654321。"


def masked(policy: Policy) -> dict[str, str]:
    mapped = text_map(TEXT)
    return {mask.kind: mask.replacement for mask in masks(find_personal(mapped, fold(mapped)), policy)}


def test_the_middle_of_numbers_goes_and_telephones_go_wholly() -> None:
    assert masked(Policy()) == {
        "特定身份人员姓名": "欧阳某某",
        "公民身份号码": "330102********1230",
        "手机号码": "【略】",
        "机动车号牌": "浙A****5",
    }


def test_a_site_may_say_otherwise() -> None:
    policy = Policy(
        {"personal-identity": Treatment.REMOVE, "personal-plate": Treatment.KEEP, "personal-mobile": Treatment.MIDDLE}
    )
    answer = masked(policy)
    assert answer["公民身份号码"] == "【略】"
    assert answer["手机号码"] == "13*******78"
    assert "机动车号牌" not in answer


@pytest.mark.parametrize(
    ("words", "instead", "gone"),
    [
        (IDENTITY, "330102********1230", "19900307"),
        ("3301 0219 9003 0712 30", "3301 02** **** **12 30", "19 9003 07"),
        (IDENTITY, "【略】", IDENTITY),
        ("欧阳建国", "欧阳某某", "欧阳建国"),
        ("浙A12345", "浙A****5", "浙A12345"),
        ("13812345678", "", "13812345678"),
    ],
)
def test_where_asterisks_cannot_stand_a_long_middle_goes_and_a_short_one_takes_the_rest_along(
    words: str, instead: str, gone: str
) -> None:
    assert hidden_middle(Mask(Span(0, len(words)), words, instead, "x")) == gone


def test_a_policy_file_is_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "masking.toml"
    path.write_text('schema = 1\n[mask]\npersonal-identity = "删去"\n', encoding="utf-8")
    assert read_policy(path).treatments == {"personal-identity": Treatment.REMOVE}
    for wrong in ('[mask]\nnonsense = "删去"', '[mask]\npersonal-name = "涂黑"', "schema = 2"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(ConfigurationError):
            read_policy(path)


SITE = """\
schema = 1
[publication]
policy = "masking.toml"
[[publication.steps]]
name = "网站责任人"
roles = ["网站管理员"]
[[publication.purposes]]
name = "上网"
steps = ["承办", "保密审查", "负责人", "网站责任人"]
[[publication.purposes]]
name = "宣传"
recipient = true
"""


def test_a_site_names_its_signers(tmp_path: Path) -> None:
    (tmp_path / "masking.toml").write_text('[mask]\npersonal-name = "删去"\n', encoding="utf-8")
    (tmp_path / "markpipe.toml").write_text(SITE, encoding="utf-8")
    publication = load(tmp_path / "markpipe.toml", tmp_path).publication
    online = publication.procedures.of(Purpose.ONLINE)
    assert [step.name for step in online.steps] == ["承办", "保密审查", "负责人", "网站责任人"]
    assert online.steps[-1].roles == ("网站管理员",)
    assert publication.procedures.of(Purpose.PUBLICITY).recipient
    assert publication.policy.of("personal-name") is Treatment.REMOVE
    assert publication.policy_file == tmp_path / "masking.toml"


@pytest.mark.parametrize(
    "wrong",
    [
        '[[publication.steps]]\nname = "甲"',
        '[[publication.purposes]]\nname = "上网"\nsteps = ["承办", "负责人"]',
        '[[publication.purposes]]\nname = "上网"\nsteps = ["承办", "承办", "保密审查", "负责人"]',
        '[[publication.purposes]]\nname = "上网"\nsteps = ["承办", "没有", "负责人"]',
        '[[publication.purposes]]\nname = "没有"',
        "[publication]\nnonsense = 1",
        '[publication]\npolicy = "none.toml"',
    ],
)
def test_wrong_settings_name_their_line(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "markpipe.toml").write_text(f"schema = 1\n{wrong}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        load(tmp_path / "markpipe.toml", tmp_path)


def properties(text: str, kind: PartKind = PartKind.METADATA) -> TextMap:
    return TextMap(text, (Part("p", kind, 0, len(text), visible=False),))


@pytest.mark.parametrize(
    "text", ["机密", "密级：机密", "Category = 秘密★10年", "a\n绝密级\nb", "备注 本件为机密★5年，注意"]
)
def test_a_level_in_the_properties_is_a_label(text: str) -> None:
    (label,) = find_labels(properties(text))
    assert label.at_place
    assert label.mark is not None
    assert find_labels(properties(text, PartKind.BODY)) == ()


@pytest.mark.parametrize("text", ["保守国家秘密", "机密计算技术", "商业秘密管理", "作者 张三"])
def test_words_that_only_hold_a_level_are_no_label(text: str) -> None:
    assert find_labels(properties(text)) == ()


@pytest.mark.parametrize("head", ["内部", "内部事项 注意保管", "【内部资料】", "000001 内部文件"])
def test_the_head_of_a_work_secret_is_found(head: str) -> None:
    (found,) = find_work_marks(text_map(f"{head}\n\n工作方案\n\n正文。"))
    assert found.entry == "WRK-1"


def test_the_word_in_running_text_or_far_down_is_no_head() -> None:
    assert find_work_marks(text_map("本单位内部事项由办公室负责。\n")) == ()
    assert find_work_marks(text_map("甲\n乙\n丙\n丁\n戊\n己\n内部\n")) == ()
    assert find_work_marks(properties("内部")) == ()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("正文。\n2016年3月2日", dt.date(2016, 3, 2)),
        ("正文。\n某某办公室　二〇一六年三月十二日\n", dt.date(2016, 3, 12)),
        ("2015年1月1日\n正文。\n某办 2016年3月2日印发", dt.date(2016, 3, 2)),
        ("自2016年3月2日起施行。", None),
        ("2016年13月2日", None),
        ("正文", None),
    ],
)
def test_the_date_of_a_document(text: str, date: dt.date | None) -> None:
    assert document_date(text_map(text)) == date


def test_whose_it_is() -> None:
    assert is_own(text_map("江北市水文测站文件\n正文"), "江北市水文测站")
    assert not is_own(text_map("正文"), "江北市水文测站")
    assert not is_own(text_map("正文"), "")
    assert is_commercial(text_map("恒达有限公司\n单价与成本"))
    assert not is_commercial(text_map("恒达有限公司\n通知"))
    assert not is_commercial(text_map("单价与成本"))


PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知</title><meta name="author" content="甲某某"></head>
<body onload="x()"><!-- 批示 --><script>var a="草稿"</script><style>.g{display:none}</style>
<p class="g">隐藏的话</p>尾巴一<p style="color:#fff">白字</p><p data-x="备注">电话13812345678</p>
<a href="javascript:x()">甲</a><a href="fj/a.pdf" title="13812345678">乙</a><form><input value="表单"></form>尾巴二
<img src="data:image/png;base64,AAAA" alt="图"><b>粗</b>体</body></html>"""


def test_a_page_made_anew_says_only_what_it_shows() -> None:
    made = clean(PAGE.encode(), [("13812345678", "【略】")])
    text = made.decode()
    for gone in (
        "批示",
        "草稿",
        "隐藏的话",
        "白字",
        "备注",
        "甲某某",
        "onload",
        "javascript",
        "base64",
        "13812345678",
        "表单",
    ):
        assert gone not in text, gone
    for kept in ("通知", "尾巴一", "尾巴二", "电话【略】", 'href="fj/a.pdf"', 'title="【略】"', "<b>粗</b>体"):
        assert kept in text, kept
    document = read(made, Limits())
    assert not document.unread
    assert [part.name for part in document.text_map.parts if part.kind is PartKind.HIDDEN] == []


def test_encodings_and_what_is_no_page() -> None:
    assert "通知" in clean("<html><meta charset=gbk><p>通知".encode("gbk"), []).decode()
    with pytest.raises(NotCleanError):
        clean(b"<html>\xff\xfe\x80\x01", [])
    with pytest.raises(NotCleanError):
        clean(b"", [])
