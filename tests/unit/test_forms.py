"""Forms of speech: what they find, what they do not reach across, and which are refused."""

from __future__ import annotations

from typing import Any

import pytest

from markpipe.detect.dictionary import DictionaryError, parse_catalogue
from markpipe.detect.forms import FORM, PART, form_pattern, is_form
from markpipe.detect.trial import Trial

HEAD: dict[str, Any] = {
    "schema": 1,
    "catalogue": {"id": "own", "title": "例", "kind": "国家秘密", "status": "现行", "source": "自造"},
    "words": {"no": ["{不得|勿|~严禁}"], "told": ["外传", "公开"]},
}


def trial(**pattern: Any) -> Trial:
    item = {"id": "1", "item": "泵站", "level": "秘密", "pattern": [{"terms": ["泵站布局"], **pattern}]}
    return Trial([parse_catalogue(HEAD | {"item": [item]}, "own.toml")])


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("{限|仅}…{阅|知悉}", "泵站布局限分管领导阅。", True),
        ("{限|仅}…{阅|知悉}", "泵站布局仅三人知悉。", True),
        ("{限|仅}…{阅|知悉}", "泵站布局仅三人，其余可阅。", False),
        ("{限|仅}…{阅|知悉}", "泵站布局仅由办公室统一登记以后在规定的地点提供给来人查看和阅。", False),
        ("{外泄}……{危及}", "泵站布局外泄，可能危及供水。", True),
        ("{外泄}……{危及}", "泵站布局外泄。可能危及供水。", False),
        ("{@no}…{@told}", "泵站布局勿对外公开。", True),
        ("{@no}…{@told}", "泵站布局严禁外传。", True),
        ("{@no}…{@told}", "泵站布局可以公开。", False),
        ("限…阅", "泵站布局限 三 人 阅。", True),
        ("限…阅", "泵站佈局限三人閱。", True),
        ("限(…)阅", "泵站布局限(三人)阅。", True),
        ("存…保密柜", "存放泵站布局的保密柜已上锁。", True),
    ],
)
def test_a_form_as_a_condition(form: str, text: str, found: bool) -> None:
    assert bool(trial(all=[[form]]).find(text)) is found


def test_a_form_speaks_against() -> None:
    against = trial(unless=["{已|业经}…{公布}"])
    assert against.find("泵站布局。")
    assert not against.find("泵站布局已向社会公布。")


def test_what_a_form_reaches_over_still_speaks_against() -> None:
    both = trial(all=[["{限}…{用}"]], unless=["示意图"])
    assert both.find("泵站布局限本所使用。")
    assert not both.find("泵站布局限示意图使用。")


def test_an_evidence_word_near_by_saves_looking_for_forms() -> None:
    [finding] = trial(all=[["内部", "{限}…{阅}"]]).find("泵站布局内部资料，限三人阅。")
    assert any("“内部”" in why for why in finding.why)
    [finding] = trial(all=[["内部", "{限}…{阅}"]]).find(f"泵站布局限三人阅，{'又' * 60}内部。")
    assert any("“限三人阅”" in why for why in finding.why)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ({"terms": ["泵站…布局"]}, "只用于"),
        ({"all": [["…布局"]]}, "开头或结尾"),
        ({"all": [["{限|仅"]]}, "配对"),
        ({"all": [["{限|}…阅"]]}, "空的一项"),
        ({"all": [["{限|仅}"]]}, "两个字"),
        ({"all": [["@no"]]}, "两个字"),
        ({"all": [["{@nobody}…阅"]]}, "没有名为"),
    ],
)
def test_forms_that_are_refused(pattern: dict[str, Any], message: str) -> None:
    with pytest.raises(DictionaryError, match=message):
        trial(**pattern)


def test_a_form_is_escaped_and_marked() -> None:
    assert is_form("限…阅")
    assert not is_form("限阅")
    assert form_pattern("{a.b}…{c}", tuple).startswith(FORM)
    assert form_pattern("{限}", tuple).startswith(PART)
