"""An office for tests: a site of its own in a folder, drafts written by code, commands run as processes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import pymupdf

SECRET = (
    "沿江防护带内布设的十九座隐蔽基准桩自启用之日起只向承担潮位校核任务的班组提供换算后的相对读数，"
    "各班组不得抄录原始坐标，也不得把桩位标注在任何外发图件上。"
)
"""A sentence of an invented classified source."""

PLAIN = "各科室要合理安排值班，节前组织一次办公用房安全检查，检查情况于月底前报综合科。"

DEMO_SITE = """\
schema = 1
register = "state/register.sqlite3"
[demo]
enabled = true
today = 2026-05-10
[keys]
file = "state/keys.json"
[agency]
name = "江北市水文测站"
tier = "{tier}"
superior = "江北市水务局"
authority = {authority}
[[people]]
name = "张三"
roles = ["承办人"]
[[people]]
name = "李四"
roles = ["定密责任人"]
[[people]]
name = "王五"
roles = ["保密员"]
[[officers]]
name = "李四"
kind = "指定"
levels = ["机密", "秘密"]
from = 2025-01-01
to = 2027-12-31
certificate = "证〔2025〕1号"
[[officers]]
name = "张三"
kind = "法定"
"""


@dataclass
class Office:
    """A site and its drafts."""

    folder: Path

    @property
    def drafts(self) -> Path:
        return self.folder / "drafts"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def call(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run `markpipe --config SITE ARGUMENTS…` as a process of its own."""
        words = [sys.executable, "-m", "markpipe.cli.main", "--config", str(self.folder / "markpipe.toml")]
        return subprocess.run([*words, *map(str, arguments)], capture_output=True, text=True, check=False)

    def json(self, *arguments: object, code: int = 0) -> Any:
        """The same with `--format json`; the exit code must be `code`."""
        done = self.call(*arguments, "--format", "json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def run(self, *arguments: object, code: int) -> dict[str, Any]:
        """`run drafts out`; answers the documents of the report by path, and the report itself under ''."""
        report = self.json("run", self.drafts, self.out, *arguments, code=code)
        return {document["path"]: document for document in report["documents"]} | {"": report}

    def events(self) -> list[str]:
        """The types of the register's events in order, read with SQLite's own module."""
        with sqlite3.connect(self.folder / "state" / "register.sqlite3") as connection:
            return [row[0] for row in connection.execute("SELECT type FROM event ORDER BY seq")]

    def write_docx(self, path: Path, *paragraphs: str) -> Path:
        document = docx.Document()
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
        path.parent.mkdir(parents=True, exist_ok=True)
        document.save(str(path))
        return path

    def write_pdf(self, path: Path, *lines: str, **save: Any) -> Path:
        document = pymupdf.open()
        page = document.new_page(width=595, height=842)
        for index, line in enumerate(lines):
            for row, start in enumerate(range(0, len(line), 26)):
                page.insert_text(
                    (80, 230 + 90 * index + 24 * row), line[start : start + 26], fontname="china-s", fontsize=16
                )
        path.parent.mkdir(parents=True, exist_ok=True)
        document.save(str(path), **save)
        return path

    def write_text(self, path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def add_source(self, *arguments: object, mark: str = "机密★20年", issued: str = "2015-03-02") -> str:
        """Register the invented source; answers its id."""
        file = self.write_docx(self.folder / "source.docx", "关于潮位基准桩使用的通知", SECRET, PLAIN)
        words = (
            "--mark",
            mark,
            "--issued",
            issued,
            "--title",
            "关于潮位基准桩使用的通知",
            "--number",
            "江水密〔2015〕4号",
        )
        answer = self.json("source", "add", file, *words, "--as", "张三", *arguments)
        return str(answer["sources"][0]["id"])


def make_office(
    folder: Path, *, tier: str = "设区的市级", authority: str = '["机密", "秘密"]', extra: str = ""
) -> Office:
    """A demo site in a folder, and an empty folder of drafts."""
    site = DEMO_SITE.format(tier=tier, authority=authority) + extra
    (folder / "drafts").mkdir(parents=True)
    (folder / "markpipe.toml").write_text(site, encoding="utf-8")
    return Office(folder)
