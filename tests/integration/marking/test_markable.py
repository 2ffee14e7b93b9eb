"""What cannot be marked is named before anybody approves it."""

from __future__ import annotations

import json
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from desk import Desk
from office import PLAIN, SECRET, make_office


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(make_office(tmp_path / "site").folder)
    desk.add_source()
    return desk


def test_a_batch_approves_only_what_can_bear_its_mark(desk: Desk) -> None:
    plain = desk.write_pdf(desk.drafts / "可.pdf", SECRET, PLAIN)
    with pikepdf.open(plain) as pdf:
        pdf.save(desk.drafts / "口令.pdf", encryption=pikepdf.Encryption(owner="x", user=""))
    with pymupdf.open(plain) as crowded:
        crowded[0].insert_font("F0", fontbuffer=pymupdf.Font("china-s").buffer)
        for line in range(40):
            crowded[0].insert_text((20, 14 + 5 * line), "满页的字" * 20, fontname="F0", fontsize=6)
        crowded.save(desk.drafts / "拥挤.pdf")
    desk.write_docx(desk.drafts / "也可.docx", SECRET, PLAIN)
    said = desk.call("determination", "propose", desk.drafts / "拥挤.pdf")
    assert (said.returncode, "加不了标志" in said.stderr) == (1, True)
    typed = desk.write_docx(desk.folder / "自带标志.docx", "机密★10年", SECRET, PLAIN)
    said = desk.call("determination", "propose", typed)
    assert (said.returncode, "加不了标志" in said.stderr) == (1, True), said.stderr
    found = desk.run("--approve-as", "李四", code=7)
    assert {name: found[name]["decision"] for name in found if name} == {
        "可.pdf": "已定密",
        "也可.docx": "已定密",
        "口令.pdf": "拟定",
        "拥挤.pdf": "拟定",
    }
    for name, why in (("口令.pdf", "已加密"), ("拥挤.pdf", "空白")):
        assert any("加不了标志" in held and why in held for held in found[name]["held"]), found[name]["held"]
    assert desk.events().count("matter-approved") == 2


def test_what_is_declined_needs_no_room_for_a_mark(desk: Desk) -> None:
    plain = desk.write_pdf(desk.folder / "可.pdf", SECRET, PLAIN)
    desk.drafts.joinpath("口令.pdf").parent.mkdir(exist_ok=True)
    with pikepdf.open(plain) as pdf:
        pdf.save(desk.drafts / "口令.pdf", encryption=pikepdf.Encryption(owner="x", user=""))
    decisions = desk.folder / "决定.csv"
    decisions.write_text("file,item,decision,level,term,reason\n口令.pdf,*,不予定密,,,不涉密\n", encoding="utf-8")
    report = desk.call(
        "run", desk.drafts, desk.out, "--approve-as", "李四", "--decisions", decisions, "--format", "json"
    )
    (document,) = json.loads(report.stdout)["documents"]
    assert document["decision"] == "不予定密", document
