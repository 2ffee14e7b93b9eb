"""What the scenarios of decisions share: an invented range, a draft's sentence that it lists, and how commands are asked."""

from __future__ import annotations

import re
from pathlib import Path

import docx
from office import Office

RANGE = """\
schema = 1
[catalogue]
id = "gauge"
title = "水文测站保密事项范围（演示）"
kind = "国家秘密"
document = "演示范围"
status = "须核实"
source = "演示用"
[[item]]
id = "1"
item = "隐蔽基准桩的坐标"
level = "秘密"
term = "10年"
basis = "第三条"
[[item.pattern]]
terms = ["隐蔽基准桩原始坐标"]
confidence = 0.9
"""
LISTED = "经复核，隐蔽基准桩原始坐标已经更新并录入台账，各班组按新值换算。"


def today(office: Office, day: str) -> None:
    path = office.folder / "markpipe.toml"
    text = re.sub(r"(?m)^today = .*$", f"today = {day}", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")


def ok(office: Office, *words: object, code: int = 0) -> str:
    done = office.call(*words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def words_of(path: Path) -> str:
    """The text of a form, read with the library that did not write its layout."""
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
