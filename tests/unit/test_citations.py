"""Citations of classified documents: a number with a level beside it, or a mark behind a title."""

from __future__ import annotations

import pytest

from markpipe.detect.marks import find_citations
from markpipe.model.decision import Citation
from markpipe.model.document import Part, PartKind, TextMap
from markpipe.text.fold import fold


def _citations(text: str) -> tuple[Citation, ...]:
    text_map = TextMap(text, (Part("page:1", PartKind.PAGE, 0, len(text), page=1),))
    return find_citations(text_map, fold(text_map))


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("根据有关文件（某厅发〔2024〕12号，秘密★5年）精神", "某厅发〔2024〕12号，秘密★5年"),
        ("依据(韶密局〔2010〕6号，秘密级)办理", "韶密局〔2010〕6号，秘密级"),
        ("韶密局[2010]6号（秘密）", "韶密局[2010]6号（秘密"),
        ("韶密局(2010)6号 机密级", "韶密局(2010)6号 机密级"),
        ("韶密局【2010】第6号，绝密", "韶密局【2010】第6号，绝密"),
        ("依据机密级文件韶密局〔2010〕6号执行", "机密级文件韶密局〔2010〕6号"),
        ("（机密★10年，某发〔2024〕3号）", "机密★10年，某发〔2024〕3号"),
        ("（某发〔2024〕3号，2024年5月印发，机密级）", "某发〔2024〕3号，2024年5月印发，机密级"),
        ("按照《某方案》（机密★20年）要求", "机密★20年"),
        ("某發〔2024〕３號（機密★10年）", "某發〔2024〕３號（機密★10年"),
    ],
)
def test_citations(text: str, cited: str) -> None:
    (citation,) = _citations(text)
    assert citation.text == cited
    assert text[citation.span.start : citation.span.end] == cited
    assert citation.id.startswith("C-")
    assert citation.answer == ""


@pytest.mark.parametrize(
    "text",
    [
        "根据国发〔2024〕5号文件要求",
        "《保守国家秘密法》（国发〔2010〕5号）",
        "落实国发〔2024〕5号，保守国家秘密",
        "某发〔2024〕5号规定，商业秘密应当保护",
        "某发〔2024〕5号对机密级计算机提出了若干新的管理要求",
        "某发〔2024〕5号\n机密",
        "标注为“秘密★1年”的文件",
        "机密★10年\n某市文件\n某发〔2024〕5号",
        "秘密局",
    ],
)
def test_what_is_no_citation(text: str) -> None:
    assert _citations(text) == ()


def test_ids_come_from_words_and_how_often() -> None:
    first, again = _citations("见（某发〔2024〕3号，机密）。又见（某发〔2024〕3号，机密）。")
    (alone,) = _citations("前文很长很长。见（某发〔2024〕3号，机密）。")
    assert first.id == alone.id
    assert again.id != first.id
