"""A unit's 一览表 from XLSX and CSV: the same dictionary, errors with the row."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.catalogue import Reach
from markpipe.detect.trial import Trial
from markpipe.errors import ConfigurationError
from markpipe.model.classification import Level
from markpipe.model.finding import Kind

TABLE = """某局国家秘密事项一览表,,,,,,,,
编号,事项,密级,保密期限,知悉范围,依据,关键词,同时出现,排除词,范围,产生部门或岗位
1,某工程选址方案,机密,10年,办公室,第3项,选址方案、址图,某工程；地下、洞库,已公布,同段,规划处
,值班电话,,,,,,,,,
三,内部通讯录,,长期,,,"通讯录,号码簿",,,30,
"""


def _csv(tmp_path: Path, text: str = TABLE, encoding: str = "utf-8-sig", name: str = "own.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_table(tmp_path: Path, encoding: str) -> None:
    (catalogue,) = load_catalogues([_csv(tmp_path, encoding=encoding)], only=True)
    assert (catalogue.id, catalogue.title, catalogue.kind) == ("own", "own", Kind.STATE_SECRET)
    first, second, third = catalogue.items
    assert (first.id, first.level, first.term, first.audience) == ("own.1", Level.JIMI, "10年", "办公室")
    (pattern,) = first.patterns
    assert pattern.terms == ("选址方案", "址图")
    assert [group.words for group in pattern.groups] == [("某工程",), ("地下", "洞库")]
    assert pattern.groups[0].scope.reach is Reach.PARAGRAPH
    assert pattern.unless[0].words == ("已公布",)
    assert (second.id, second.level_rule, second.patterns) == ("own.r4", "一览表没有写密级", ())
    assert third.id == "own.r5"
    assert third.patterns[0].terms == ("通讯录", "号码簿")
    assert Trial([catalogue]).find("某工程的选址方案拟建地下洞库")[0].entry == "own.1"


def test_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["序号", "具体事项内容", "密级", "保密期限（解密条件/时间）", "关键词", "种类"])
    sheet.append([1.0, "某方案", "秘密", "公布前", "某方案", None])
    sheet.append([2, "内部名册", None, None, "内部名册", "工作秘密"])
    path = tmp_path / "一览表.xlsx"
    book.save(path)
    (catalogue,) = load_catalogues([path], only=True)
    assert catalogue.id.startswith("list-")
    assert [item.id.partition(".")[2] for item in catalogue.items] == ["1", "2"]
    assert [item.kind for item in catalogue.items] == [Kind.STATE_SECRET, Kind.WORK_SECRET]


@pytest.mark.parametrize(
    ("old", "new", "row", "message"),
    [
        ("机密", "特密", 3, "不是密级"),
        ("选址方案、址图", "址", 3, "单字"),
        ("关键词", "关健词", 2, "不认识的表头“关健词”"),
        ("依据", "定密依据,依据", 2, "意思相同"),
        (",值班电话,,,,,", ",,,,,,值班电话", 4, "没有事项"),
        ("同段", "本页", 3, "之一或字数"),
    ],
)
def test_errors_name_the_row(tmp_path: Path, old: str, new: str, row: int, message: str) -> None:
    path = _csv(tmp_path, TABLE.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as caught:
        load_catalogues([path], only=True)
    assert f"own.csv 第{row}行" in caught.value.message
    assert message in caught.value.message
    assert "址图" not in str(caught.value)


def test_what_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="没有表头"):
        load_catalogues([_csv(tmp_path, "甲,乙\n1,2\n")], only=True)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(ConfigurationError, match="不是可读的 XLSX"):
        load_catalogues([broken], only=True)
    odd = tmp_path / "odd.csv"
    odd.write_bytes(b"\xff\xff\xff")
    with pytest.raises(ConfigurationError, match="编码"):
        load_catalogues([odd], only=True)
    folder = tmp_path / "in"
    (folder / "own.csv").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="无法读取"):
        load_catalogues([folder], only=True)
    empty = Workbook()
    empty.save(tmp_path / "empty.xlsx")
    with pytest.raises(ConfigurationError, match="没有表头"):
        load_catalogues([tmp_path / "empty.xlsx"], only=True)


def test_a_wrong_identifier_is_told_at_the_header(tmp_path: Path) -> None:
    first, second = _csv(tmp_path), _csv(tmp_path, name="twin.csv")
    second.rename(tmp_path / "deeper.csv")
    assert len(load_catalogues([first, tmp_path / "deeper.csv"], only=True)) == 2
    (tmp_path / "a").mkdir()
    again = _csv(tmp_path / "a")
    with pytest.raises(ConfigurationError, match=r"第2行：词典编号 own 与 .*own\.csv 重复"):
        load_catalogues([first, again], only=True)


def test_the_tiers_that_produce_an_item(tmp_path: Path) -> None:
    table = "编号,事项,密级,保密期限,产生层级,关键词\n1,某坐标,秘密,10年,省级、设区的市级,基准坐标\n"
    (catalogue,) = load_catalogues([_csv(tmp_path, table)], only=True)
    assert catalogue.items[0].produced_at == ("省级", "设区的市级")
    assert Trial([catalogue]).find("更新基准坐标。")[0].produced_at == ("省级", "设区的市级")
    with pytest.raises(ConfigurationError, match="“市里”不是层级"):
        load_catalogues([_csv(tmp_path, table.replace("省级、设区的市级", "市里"))], only=True)
