"""Word boundaries, token rules and a trained opinion: what each changes, and that nobody loads them without need."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.dictionary import DictionaryError, parse_catalogue
from markpipe.detect.scoring import Scorers, cuts_across, weight
from markpipe.detect.trial import Trial
from markpipe.errors import ConfigurationError

DATA: dict[str, Any] = {
    "schema": 1,
    "catalogue": {"id": "own", "title": "例", "kind": "国家秘密", "status": "现行", "source": "自造"},
}
RULE = [{"TEXT": "第"}, {"IS_DIGIT": True, "OP": "+"}, {"TEXT": "套"}]


def catalogue(**pattern: Any) -> Any:
    return parse_catalogue(DATA | {"item": [{"id": "1", "item": "题", "level": "秘密", "pattern": [pattern]}]}, "own")


class Cuts:
    def __init__(self, *words: str) -> None:
        self._words = words

    def words(self, sentence: str) -> Sequence[str]:
        assert "".join(self._words) == sentence
        return self._words


class Opinion:
    def __init__(self, likelihood: float | None) -> None:
        self._likelihood = likelihood

    def likelihood(self, sentence: str) -> float | None:
        assert sentence
        return self._likelihood


@pytest.mark.parametrize(
    ("words", "start", "end", "across"),
    [
        (["考试", "评分"], 1, 3, True),
        (["试题", "库"], 0, 2, False),
        (["试题库"], 0, 2, False),
        (["甲", "试题"], 1, 3, False),
    ],
)
def test_a_word_across_two_others(words: list[str], start: int, end: int, across: bool) -> None:
    assert cuts_across(words, start, end) is across


def test_a_term_across_two_words_is_less_likely() -> None:
    plain = Trial([catalogue(terms=["试评"])]).find("考试评分")
    [doubted] = Trial([catalogue(terms=["试评"])], Scorers(boundary=Cuts("考试", "评分"))).find("考试评分")
    [sure] = Trial([catalogue(terms=["试评"])], Scorers(boundary=Cuts("考", "试评", "分"))).find("考试评分")
    assert doubted.confidence < plain[0].confidence == sure.confidence
    assert any("分词" in why for why in doubted.why)


def test_an_opinion_orders_and_never_hides() -> None:
    low, none, high = (
        Trial([catalogue(terms=["试题"])], Scorers(scorer=Opinion(likelihood))).find("试题")[0].confidence
        for likelihood in (0.0, None, 1.0)
    )
    assert 0 < low < none < high
    assert weight(0.0) < 1 < weight(1.0)


def test_jieba_cuts_words() -> None:
    from markpipe.scorers.boundaries import JiebaBoundary

    words = JiebaBoundary().words("全部试卷已经启用")
    assert "".join(words) == "全部试卷已经启用"
    assert "试卷" in words


def test_token_rules_are_a_condition() -> None:
    pytest.importorskip("spacy", reason="spaCy 是可选组件，本机没有安装")
    from markpipe.scorers.tokens import SpacyTokenRules

    trial = Trial([catalogue(terms=["试题"], token_pattern=RULE)], Scorers(tokens=SpacyTokenRules()))
    [finding] = trial.find("第12套试题。")
    assert any("词语规则" in why for why in finding.why)
    assert not trial.find("下一套试题。")
    assert not Trial([catalogue(terms=["试题"], token_pattern=[RULE])]).find("第12套试题。")


def test_token_rules_that_spacy_does_not_know() -> None:
    pytest.importorskip("spacy", reason="spaCy 是可选组件，本机没有安装")
    from markpipe.scorers.tokens import SpacyTokenRules

    trial = Trial([catalogue(terms=["试题"], token_pattern=[{"NOBODY": 1}])], Scorers(tokens=SpacyTokenRules()))
    with pytest.raises(ConfigurationError, match="token_pattern"):
        trial.find("试题")


@pytest.mark.parametrize("rule", [["第"], [[]], [["第"]]])
def test_token_rules_of_the_wrong_shape(rule: Any) -> None:
    with pytest.raises(DictionaryError, match="token_pattern"):
        catalogue(terms=["试题"], token_pattern=rule)


def test_a_dictionary_that_needs_what_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'schema = 1\n[catalogue]\nid = "own"\ntitle = "例"\nkind = "国家秘密"\nstatus = "现行"\nsource = "自造"\n'
        '[[item]]\nid = "1"\nitem = "题"\nlevel = "秘密"\n[[item.pattern]]\nterms = ["试题"]\n'
        'token_pattern = [{ TEXT = "第" }]\n',
        encoding="utf-8",
    )
    assert load_catalogues([own], only=True)
    monkeypatch.setattr("markpipe.config.dictionaries.find_spec", {}.get)
    with pytest.raises(ConfigurationError, match=r"第8行：own\.1 用了 token_pattern.*spaCy"):
        load_catalogues([own], only=True)


def test_what_needs_spacy_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from markpipe.scorers.ranking import TrainedScorer, train

    monkeypatch.setattr("markpipe.scorers.installed.find_spec", {}.get)
    with pytest.raises(ConfigurationError, match="需要 spaCy"):
        train([("甲", True)])
    with pytest.raises(ConfigurationError, match="需要 spaCy"):
        TrainedScorer(tmp_path).likelihood("甲")


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    pytest.importorskip("spacy", reason="spaCy 是可选组件，本机没有安装")
    from markpipe.scorers.ranking import TrainedScorer

    with pytest.raises(ConfigurationError, match="无法读取"):
        TrainedScorer(tmp_path).likelihood("甲")


def test_a_scan_without_candidates_loads_no_library(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("今天食堂供应面条。", encoding="utf-8")
    code = (
        "import sys\nfrom markpipe.cli.main import cli\n"
        f"try:\n    cli.main(['scan', {str(tmp_path / 'a.txt')!r}], prog_name='markpipe')\n"
        "except SystemExit as left:\n    assert left.code == 0, left.code\n"
        "print(sorted({'jieba', 'rjieba', 'spacy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"
