"""Layouts of stamps: what they may say, what they must be filled with, and where a wrong one is wrong."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from markpipe.cli.site import Site
from markpipe.cli.stamps import group
from markpipe.config.stamps import load_stamps
from markpipe.errors import ConfigurationError, OutputError, UsageError
from markpipe.marking.layout import DETERMINATION_STAMP, determined
from markpipe.marking.plan import Ink, ItemKind, Place
from markpipe.marking.positions import POSITIONS
from markpipe.marking.stamp import StampError, fill, preview
from markpipe.marking.stamp_table import parse_stamp
from markpipe.model.classification import parse_mark
from markpipe.model.decision import Determination, Origin

DAY = dt.date(2026, 5, 10)
DECIDED = Determination(
    "D2026-0001", "0" * 64, "稿", parse_mark("机密★10年"), Origin.ORIGINAL, "张三", "李四", DAY, DAY
)

SMALL: dict[str, Any] = {
    "schema": 1,
    "id": "own",
    "title": "本局章",
    "kind": "复制戳记",
    "position": "stamp",
    "width_mm": 50,
    "padding_mm": 2,
    "line": [{"text": "复制件", "align": "center", "font": "黑体", "size_pt": 14}, {"text": "单位：{unit}"}],
    "sample": {"unit": "某局"},
}
TOML = """schema = 1
id = "own"
title = "本局章"
kind = "复制戳记"
position = "stamp"

[[line]]
text = "单位：{unit}"

[sample]
unit = "某局"
"""


def test_a_filled_layout_is_an_item_at_its_position() -> None:
    item = fill(parse_stamp(SMALL, {}), {"unit": "示例市示例局"})
    assert [line.text for line in item.lines] == ["复制件", "单位：示例市示例局"]
    assert item.kind is ItemKind.COPIED
    assert item.places == POSITIONS["stamp"]
    assert item.lines[0].x_mm == pytest.approx((50 - item.lines[0].width_mm) / 2)
    assert item.lines[1].y_mm > item.lines[0].y_mm + item.lines[0].height_mm
    assert fill(parse_stamp(SMALL, {}), {"unit": "局"}, (Place(1, 2),)).places == (Place(1, 2),)


@pytest.mark.parametrize("identity", ["stamp", "stamp-round"])
@pytest.mark.parametrize(
    "mark", ["机密★2035年12月31日", "绝密★长期", "秘密★6个月", "机密★第三届示例运动会全部比赛结束"]
)
def test_each_seal_holds_every_kind_of_term(identity: str, mark: str) -> None:
    decided = dataclasses.replace(DECIDED, mark=parse_mark(mark), officer="欧阳示例", id="D2026-0001")
    (item,) = determined(decided, 7, load_stamps()[identity]).of(ItemKind.STAMP)
    assert item.height_mm <= 60
    long = dataclasses.replace(DECIDED, mark=parse_mark(f"机密★{'示例工程验收之后' * 3}结束后"))
    if identity == "stamp-round":
        with pytest.raises(OutputError, match="太长"):
            determined(long, 7, load_stamps()[identity])


def test_the_built_in_stamp_and_its_file_say_the_same() -> None:
    file = load_stamps()["stamp"]
    assert dataclasses.replace(file, about="", basis="", sample=()) == DETERMINATION_STAMP


def test_every_built_in_layout_fits_its_box_and_says_where_it_belongs() -> None:
    layouts = load_stamps()
    kinds = {layout.kind for layout in layouts.values()}
    assert kinds >= set(ItemKind) - {ItemKind.DEMO, ItemKind.OLD_MARK, ItemKind.PART_MARK}
    for layout in layouts.values():
        item = preview(layout)
        assert layout.about, layout.id
        for line in item.lines:
            assert line.x_mm >= 0, layout.id
            assert line.x_mm + line.width_mm <= item.width_mm + 0.01, layout.id
            assert line.y_mm + line.height_mm <= item.height_mm + 0.01, layout.id


@pytest.mark.parametrize("identity", ["work-secret", "work-secret-keep", "trade-secret"])
def test_what_is_no_state_secret_never_bears_its_words(identity: str) -> None:
    layout = load_stamps()[identity]
    text = "".join(line.text for line in preview(layout).lines)
    assert not any(word in text for word in ("★", "绝密", "机密", "秘密"))
    for word in ("机密", "★"):
        with pytest.raises(StampError, match="不是国家秘密"):
            fill(load_stamps()["trade-secret"], {"owner": f"某集团{word}", "grade": "核心商密", "term": "5年"})


def test_filling_needs_the_required_fields_and_no_others() -> None:
    layout = parse_stamp(SMALL, {})
    with pytest.raises(StampError, match="还缺少单位"):
        fill(layout, {})
    with pytest.raises(StampError, match="没有名为 colour 的栏目"):
        fill(layout, {"unit": "局", "colour": "red"})


def test_optional_lines_go_when_empty_and_fixed_boxes_do_not_grow() -> None:
    optional = SMALL | {"line": [*SMALL["line"], {"text": "依据：{basis}", "optional": True}]}
    layout = parse_stamp(optional, {})
    assert len(fill(layout, {"unit": "局"}).lines) == 2
    assert len(fill(layout, {"unit": "局", "basis": "某号"}).lines) == 3
    fixed = parse_stamp(SMALL | {"height_mm": 20.0}, {})
    assert fill(fixed, {"unit": "局"}).height_mm == 20.0
    with pytest.raises(StampError, match="放不进"):
        fill(fixed, {"unit": "某" * 80})


def test_a_layout_without_width_takes_that_of_its_lines() -> None:
    item = preview(load_stamps()["head-mark"])
    assert item.width_mm == item.lines[0].width_mm
    assert item.ink is Ink.BLACK


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"schema": 2}, ("schema",), "schema"),
        ({"id": "Über"}, ("id",), "小写字母"),
        ({"title": ""}, ("title",), "title"),
        ({"kind": "印章"}, ("kind",), "kind"),
        ({"ink": "green"}, ("ink",), "ink"),
        ({"position": "somewhere"}, ("position",), "position"),
        ({"colour": "red"}, ("colour",), "没有 colour"),
        ({"width_mm": -1}, ("width_mm",), "width_mm"),
        ({"width_mm": True}, ("width_mm",), "width_mm"),
        ({"artwork": "none.svg"}, ("artwork",), "找不到图样"),
        ({"line": []}, ("line",), "至少"),
        ({"line": "text"}, ("line",), r"\[\[line\]\]"),
        ({"line": [{"text": "{nothing}"}]}, ("line", 0, "text"), "没有名为 nothing"),
        ({"line": [{"text": "字", "font": "Arial"}]}, ("line", 0, "font"), "font"),
        ({"line": [{"text": "字", "size_pt": 200}]}, ("line", 0, "size_pt"), "size_pt"),
        ({"line": [{"text": "字", "bold": True}]}, ("line", 0, "bold"), "没有 bold"),
        ({"sample": {}}, ("sample",), "还缺少单位"),
        ({"kind": "工作秘密标志", "line": [{"text": "机密"}]}, ("line", 0, "text"), "不是国家秘密"),
        ({"kind": "商业秘密标志", "line": [{"text": "{mark}"}]}, ("line", 0, "text"), "不是国家秘密"),
    ],
)
def test_a_wrong_layout_says_where(change: dict[str, Any], path: tuple[str | int, ...], message: str) -> None:
    with pytest.raises(StampError, match=message) as error:
        parse_stamp(SMALL | change, {})
    assert error.value.path == path


def test_a_units_own_takes_the_place_of_the_built_in(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(TOML.replace('"own"', '"copy"'))
    assert load_stamps((tmp_path,))["copy"].title == "本局章"
    assert load_stamps((tmp_path / "own.toml",))["copy"].title == "本局章"


def test_artwork_lies_beside_its_layout_and_has_no_words(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(TOML.replace("position", 'artwork = "frame.svg"\nposition', 1))
    (tmp_path / "frame.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 L9 9"/></svg>')
    assert "<path" in load_stamps((tmp_path,))["own"].artwork
    for bad in (
        "<svg><text>机密</text></svg>",
        '<svg><image href="/etc/passwd"/></svg>',
        "no drawing",
        "<svg><script/></svg>",
    ):
        (tmp_path / "frame.svg").write_text(bad)
        with pytest.raises(ConfigurationError, match=r"frame\.svg"):
            load_stamps((tmp_path,))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOML.replace("stamp", "nowhere"), r"own\.toml 第5行：position"),
        (TOML + "x = = 1", r"own\.toml 第12行：不是有效的 TOML"),
        (TOML.replace("position", 'artwork = "../frame.svg"\nposition', 1), "同一文件夹"),
        (TOML.replace("position", 'artwork = "frame.svg"\nposition', 1), "找不到图样"),
    ],
)
def test_a_wrong_file_names_file_and_line(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        load_stamps((tmp_path,))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="找不到印章"):
        load_stamps((tmp_path / "none",))
    (tmp_path / "own.toml").write_bytes("章".encode("gbk"))
    with pytest.raises(ConfigurationError, match="不是 UTF-8"):
        load_stamps((tmp_path,))
    (tmp_path / "own.toml").write_text(TOML)
    (tmp_path / "two.toml").write_text(TOML)
    with pytest.raises(ConfigurationError, match="重复"):
        load_stamps((tmp_path,))


def test_stamps_are_listed_and_drawn(tmp_path: Path) -> None:
    run = CliRunner()
    listed = run.invoke(group, ["list"], obj=Site())
    assert listed.exit_code == 0
    assert "国家秘密确定专用章（圆形）" in listed.output
    as_json = run.invoke(group, ["list", "--format", "json"], obj=Site())
    assert '"schema": "markpipe.stamps/1"' in as_json.output
    out = tmp_path / "样张.pdf"
    drawn = run.invoke(group, ["preview", "copy", "stamp-round", "-o", str(out), "--field", "unit=某某局"], obj=Site())
    assert drawn.exit_code == 0, drawn.output
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("arguments", [["none"], ["copy", "--field", "unit"], ["copy", "--field", "x=1"]])
def test_wrong_arguments_are_usage_errors(arguments: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["preview", "-o", str(tmp_path / "a.pdf"), *arguments], obj=Site())
    assert isinstance(result.exception, UsageError)
