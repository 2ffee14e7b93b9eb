"""`markpipe.toml`: what is read, where it is found, who may act, and messages that name the line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from markpipe.config import resources
from markpipe.config.lines import Lines
from markpipe.config.settings import BUILT_IN, Settings, find, load
from markpipe.errors import ConfigurationError, RefusedError, UsageError
from markpipe.model.agency import Tier
from markpipe.model.classification import Level
from markpipe.model.limits import Limits

WHOLE = """\
schema = 1

[agency]
name = "江北市测绘局"
tier = "市级"
superior = "临江省测绘局"
authority = ["机密", "秘密"]

[[agency.authorities]]
levels = ["绝密"]
basis = "临密授〔2026〕1号"
from = 2026-01-01
to = "2026-12-31"

[[people]]
name = "周文静"
accounts = ["zhouwj"]
roles = ["承办人"]

[[people]]
name = "李明远"
accounts = ["limy", "limy2"]

[[officers]]
name = "李明远"
kind = "指定"
levels = ["机密", "秘密级"]
from = 2025-01-01
to = 2027-12-31
certificate = "第18号"

[system]
level = "机密"

[register]
url = "data/register.db"

[keys]
file = "data/keys.json"

[dictionaries]
paths = ["own"]

[limits]
pages = 300
"""


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MARKPIPE_CONFIG", "MARKPIPE_REGISTER", "MARKPIPE_KEYS"):
        monkeypatch.delenv(name, raising=False)


def settings(folder: Path, text: str = WHOLE) -> Settings:
    (folder / "own").mkdir(exist_ok=True)
    (folder / "markpipe.toml").write_text(text, encoding="utf-8")
    return load(None, folder)


def test_a_whole_file(tmp_path: Path) -> None:
    site = settings(tmp_path)
    assert (site.agency.name, site.agency.tier) == ("江北市测绘局", Tier.MUNICIPAL)
    own, granted = site.agency.authorities
    assert own.levels == {Level.JIMI, Level.MIMI}
    assert granted.holds(Level.JUEMI, dt.date(2026, 12, 31))
    assert not granted.holds(Level.JUEMI, dt.date(2027, 1, 1))
    officer = site.officer("李明远")
    assert officer is not None
    assert not officer.statutory
    assert officer.levels == {Level.JIMI, Level.MIMI}
    assert officer.in_office(dt.date(2027, 12, 31))
    assert site.officer("周文静") is None
    assert site.system_level == "机密"
    assert site.register_path == tmp_path / "data/register.db"
    assert site.key_file == tmp_path / "data/keys.json"
    assert site.dictionaries == (tmp_path / "own",)
    assert site.limits == Limits(pages=300)
    assert not site.demo
    assert site.origin["limits.pages"] == "markpipe.toml 第45行"
    assert site.origin["limits.file_mib"] == BUILT_IN


def test_found_upward_from_the_working_folder(tmp_path: Path) -> None:
    settings(tmp_path)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find(below) == (tmp_path / "markpipe.toml").resolve()
    assert load(None, below).agency.name == "江北市测绘局"


def test_flag_beats_environment_beats_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {}
    for name in ("flag", "environment", "search"):
        folder = tmp_path / name
        folder.mkdir()
        settings(folder, f'schema = 1\n[agency]\nname = "{name}"\n')
        names[name] = folder / "markpipe.toml"
    assert load(None, tmp_path / "search").agency.name == "search"
    monkeypatch.setenv("MARKPIPE_CONFIG", str(names["environment"]))
    assert load(None, tmp_path / "search").agency.name == "environment"
    assert load(names["flag"], tmp_path / "search").agency.name == "flag"


def test_environment_beats_the_file_for_register_and_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKPIPE_REGISTER", str(tmp_path / "other.db"))
    monkeypatch.setenv("MARKPIPE_KEYS", str(tmp_path / "other.json"))
    site = settings(tmp_path)
    assert site.register_path == tmp_path / "other.db"
    assert site.key_file == tmp_path / "other.json"
    assert site.origin["register.url"] == "环境变量 MARKPIPE_REGISTER"


def test_without_a_file_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("markpipe.config.settings.find", lambda _start: None)
    site = load(None, tmp_path)
    assert site.path is None
    assert site.limits == Limits()
    assert site.agency.tier is Tier.OTHER


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ('register = "r.db"', "r.db"),
        ('[register]\nurl = "sqlite:///r.db"', "r.db"),
        ('[register]\nurl = "sqlite:///sub/r.db"', "sub/r.db"),
        ("", "state/register.sqlite3"),
    ],
)
def test_register_relative_to_the_file(tmp_path: Path, written: str, path: str) -> None:
    assert settings(tmp_path, f"schema = 1\n{written}\n").register_path == tmp_path / path


def test_register_with_an_absolute_path_or_a_server(tmp_path: Path) -> None:
    absolute = tmp_path / "elsewhere" / "r.db"
    assert settings(tmp_path, f'schema = 1\nregister = "sqlite:///{absolute}"\n').register_path == absolute
    server = settings(tmp_path, 'schema = 1\nregister = "postgresql+psycopg://user@host/register"\n')
    assert server.register_path is None
    assert server.register_url == "postgresql+psycopg://user@host/register"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("schema = 1\n", "", 1, "schema 没有填写"),
        ("schema = 1", "schema = 2", 1, "本程序只认 1"),
        ("schema = 1", "schema = true", 1, "应是正整数"),
        ("tier =", "teir =", 5, "是否指 tier"),
        ('"市级"', '"乡级"', 5, "应是中央、省级、设区的市级、县级、其他之一"),
        ('name = "江北市测绘局"', "name = 7", 4, "应是文字，现在是 7"),
        ('["机密", "秘密"]', '["机秘"]', 7, "“机秘”不是密级"),
        ('["机密", "秘密"]', "[1]", 7, "文字的列表"),
        ('basis = "临密授〔2026〕1号"\n', "", 9, "basis 没有填写"),
        ('levels = ["绝密"]\n', "", 9, "levels 没有填写"),
        ('to = "2026-12-31"', 'to = "年底"', 13, "应是日期"),
        ('name = "周文静"', 'name = " "', 16, "不能为空"),
        ('name = "李明远"\naccounts', 'name = "周文静"\naccounts', 21, "“周文静”写了两次"),
        ('"limy2"', '"zhouwj"', 22, "账户 zhouwj 已属于“周文静”"),
        ('name = "李明远"\nkind', 'name = "李敏远"\nkind', 25, "“李敏远”不在 [[people]] 之中"),
        ('kind = "指定"', 'kind = "任命"', 26, "应是法定、指定之一"),
        ('kind = "指定"\n', "", 24, "kind 没有填写"),
        ('kind = "指定"', 'kind = "指定"\nstatutory = true', 27, "与 kind = “指定”矛盾"),
        ('levels = ["机密", "秘密级"]\n', "", 24, "levels 没有填写"),
        ("to = 2027-12-31", "to = 2024-12-31", 29, "早于 from"),
        ('level = "机密"', 'level = "高密"', 33, "应是非密、秘密、机密、绝密之一"),
        ('paths = ["own"]', 'paths = ["nowhere"]', 42, "不存在"),
        ("pages = 300", "pages = 0", 45, "应是正整数"),
        ("pages = 300", "page = 300", 45, "是否指 pages"),
        ("[limits]", "[limit]", 44, "不是已知的设置"),
        ("[system]\n", "[[system]]\n", 32, "写作 [system]"),
        ("[[officers]]", "[officers]", 24, "写作 [[officers]]"),
        ("[system]", "[demo]\ntoday = 2026-05-10\n[system]", 33, "只能在演示站点设置"),
    ],
)
def test_every_mistake_names_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in WHOLE
    with pytest.raises(ConfigurationError) as caught:
        settings(tmp_path, WHOLE.replace(old, new, 1))
    assert f"markpipe.toml 第{line}行：" in caught.value.message
    assert says in str(caught.value)


def test_a_list_that_holds_no_tables(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"第2行.*应写作 \[\[people\]\]"):
        settings(tmp_path, 'schema = 1\npeople = ["甲"]\n')


def test_not_toml_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="第2行第"):
        settings(tmp_path, "schema = 1\n[agency\n")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="找不到配置文件"):
        load(tmp_path / "none.toml", tmp_path)
    with pytest.raises(ConfigurationError, match="无法读取"):
        load(tmp_path, tmp_path)
    (tmp_path / "gbk.toml").write_bytes("name = '局'".encode("gbk"))
    with pytest.raises(ConfigurationError, match="不是 UTF-8"):
        load(tmp_path / "gbk.toml", tmp_path)


def test_an_account_stands_for_a_person(tmp_path: Path) -> None:
    site = settings(tmp_path)
    actor = site.actor("limy2", None)
    assert (actor.account, actor.person, actor.demo) == ("limy2", "李明远", False)
    with pytest.raises(RefusedError, match="没有对应的人员") as caught:
        site.actor("stranger", None)
    assert 'accounts = ["stranger"]' in caught.value.remedy


def test_a_typed_name_is_no_signature(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        settings(tmp_path).actor("zhouwj", "李明远")
    assert caught.value.rules == ("REC-1",)


def test_a_demo_site_lets_a_name_stand_in(tmp_path: Path) -> None:
    site = settings(tmp_path, WHOLE.replace("[system]", "[demo]\nenabled = true\ntoday = 2026-05-10\n[system]"))
    assert site.demo
    assert site.demo_today == dt.date(2026, 5, 10)
    actor = site.actor("anybody", "李明远")
    assert (actor.account, actor.person, actor.demo) == ("anybody", "李明远", True)
    assert site.actor("limy", None).person == "周文静", "a demo site maps no accounts"
    with pytest.raises(UsageError, match="可用的姓名：周文静、李明远"):
        site.actor("anybody", "王五")


def test_a_demo_site_without_a_handler_asks_for_a_name(tmp_path: Path) -> None:
    site = settings(tmp_path, 'schema = 1\n[demo]\nenabled = true\n[[people]]\nname = "甲"\n')
    with pytest.raises(UsageError, match="没有写明由谁办理"):
        site.actor("anybody", None)


def test_statutory_officers_hold_every_level(tmp_path: Path) -> None:
    text = 'schema = 1\n[[people]]\nname = "甲"\n[[officers]]\nname = "甲"\nstatutory = true\n'
    officer = settings(tmp_path, text).officer("甲")
    assert officer is not None
    assert officer.statutory
    assert officer.levels == set(Level)


def test_lines_of_nested_things() -> None:
    text = (
        '# note\na.b = 1\n[x."y z"]\nk = """\n[not.a.table]\nv = 2\n"""\nw = 3\n[[p]]\n[[p]]\nn = 1\n[p.sub]\nm = 2\n'
    )
    lines = Lines(text)
    assert lines.of("a", "b") == 2
    assert lines.of("x", "y z", "k") == 4
    assert lines.of("x", "y z", "v") == 3, "inside a multi-line string nothing is a key"
    assert lines.of("x", "y z", "w") == 8
    assert lines.of("p", 1, "n") == 11
    assert lines.of("p", 1, "sub", "m") == 13
    assert lines.of("nothing", "like", "it") == 1


def test_built_in_data_is_there() -> None:
    assert resources.dictionaries_dir().name == "dictionaries"
    assert resources.stamps_dir().is_dir()


def test_missing_built_in_data_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "a" / "b")
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path)
    with pytest.raises(ConfigurationError, match="dictionaries 不见了"):
        resources.dictionaries_dir()
