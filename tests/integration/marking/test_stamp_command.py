"""`stamp` and `verify` as an office meets them: from the draft to the void mark, and off again by a decision."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from desk import Desk
from office import PLAIN, SECRET, make_office

MARKED, LOWERED = "机密★2035年3月2日", "秘密★2030年3月2日"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with one approved DOCX and one approved PDF."""
    desk = Desk(make_office(tmp_path_factory.mktemp("office") / "site").folder)
    desk.add_source("--scope", "甲处、乙站")
    return desk


def approved(desk: Desk, name: str) -> tuple[Path, str]:
    """A draft that quotes the source, and its matter."""
    draft = desk.drafts / name
    (desk.write_pdf if draft.suffix == ".pdf" else desk.write_docx)(draft, f"关于{draft.stem}的通知", SECRET, PLAIN)
    matter = desk.json("determination", "propose", draft, "--scope", "甲处")["id"]
    desk.json("determination", "approve", matter, "--as", "李四")
    return draft, matter


def stamped(desk: Desk, draft: Path, matter: str, name: str, *more: str) -> Path:
    out = desk.folder / name
    done = desk.call("stamp", draft, "--determination", matter, "-o", out, *more)
    assert done.returncode == 0, done.stderr
    return out


def codes(desk: Desk, file: Path, code: int = 0) -> set[str]:
    (document,) = desk.json("verify", file, code=code)["documents"]
    return {one["code"] for one in document["problems"] if not one["code"].startswith("meta-")}


def words(file: Path) -> str:
    if file.suffix == ".pdf":
        return subprocess.run(
            ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
        ).stdout
    with zipfile.ZipFile(file) as package:
        return "".join(
            re.sub(r"<[^>]+>", "", package.read(n).decode()) for n in package.namelist() if n.endswith(".xml")
        )


@pytest.mark.parametrize("name", ["观测.docx", "观测.pdf"])
def test_from_the_draft_to_the_void_mark_and_off_again(desk: Desk, name: str) -> None:
    draft, matter = approved(desk, name)
    marked = stamped(desk, draft, matter, f"标志-{name}", "--scope", "--running", "--points", "--detached-label")
    assert codes(desk, marked) == set()
    (seen,) = desk.json("verify", marked)["documents"]
    assert {mark["text"] for mark in seen["marks"]} == {MARKED}
    assert seen["label"]["answer"] == "标签有效"
    assert (desk.folder / f"标志-{name}.mark.json").stat().st_mode & 0o777 == 0o600
    assert "知悉范围：甲处" in words(marked)

    refused = desk.call("stamp", marked, "--remove", "--decision", matter, "-o", desk.folder / f"去-{name}")
    assert refused.returncode == 5
    assert "没有变更也没有解密" in refused.stderr
    assert not (desk.folder / f"去-{name}").exists()

    changed = desk.call(
        *("determination", "change", matter, "--level", "秘密", "--term", "2030年3月2日", "--reason", "来源降密"),
        *("--by", "江北市水务局", "--document", "江水密〔2026〕9号", "--as", "李四"),
    )
    assert changed.returncode == 0, changed.stderr
    again = stamped(desk, marked, matter, f"变更-{name}")
    assert "作废" in words(again)
    assert LOWERED in words(again)
    assert codes(desk, again) == set()

    off = desk.folder / f"去-{name}"
    answer = desk.json("stamp", again, "--remove", "--decision", matter, "-o", off)
    assert answer["removed"] is True
    assert "★" not in words(off)
    assert not any(word in words(off) for word in ("变更为", "专用章", "markpipe.label"))
    assert desk.events().count("marks-removed") >= 1
    if name.endswith(".docx"):
        before, after = (dict(_parts(file.read_bytes())) for file in (draft, off))
        changed_parts = {part for part in before if before[part] != after.get(part)}
        assert set(before) == set(after)
        assert changed_parts <= {
            "word/document.xml",
            "[Content_Types].xml",
            "word/_rels/document.xml.rels",
            "word/styles.xml",
        }
    assert words(off).split() == words(draft).split()


def _parts(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def test_a_declassified_carrier_gets_its_stamp_and_a_draft_nothing(desk: Desk) -> None:
    draft, matter = approved(desk, "解密件.pdf")
    marked = stamped(desk, draft, matter, "解密前.pdf")
    ended = ("determination", "declassify", matter, "--kind", "提前解密", "--reason", "情况变化", "--as", "李四")
    done = desk.call(*ended, "--by", "江北市水务局", "--document", "江水密〔2026〕10号")
    assert done.returncode == 0, done.stderr
    freed = stamped(desk, marked, matter, "解密后.pdf")
    assert re.search(r"解\s+密", words(freed))
    assert codes(desk, freed) == set()
    (seen,) = desk.json("verify", freed)["documents"]
    assert "已解密" in seen["label"]["says"]
    assert desk.call("stamp", draft, "--determination", matter, "-o", desk.folder / "无.pdf").returncode == 5
    clean = desk.folder / "公开.pdf"
    assert desk.call("stamp", freed, "--remove", "--decision", matter, "-o", clean).returncode == 0
    assert "★" not in words(clean)


def test_a_numbered_copy_verifies_and_keeps_its_number_when_it_is_marked_anew(desk: Desk) -> None:
    draft, matter = approved(desk, "编号件.pdf")
    folder = desk.folder / "份"
    issued = desk.call("copies", "issue", matter, "--copies", 2, "--file", draft, "-o", folder)
    assert issued.returncode == 0, issued.stderr
    second = folder / "编号件-000002.pdf"
    assert codes(desk, second) == set()
    lowered = ("determination", "change", matter, "--level", "秘密", "--term", "2030年3月2日", "--reason", "降密")
    changed = desk.call(*lowered, "--by", "江北市水务局", "--document", "江水密〔2026〕11号", "--as", "李四")
    assert changed.returncode == 0, changed.stderr
    once = stamped(desk, second, matter, "编号件-变更.pdf", "--running")
    twice = stamped(desk, once, matter, "编号件-再.pdf")
    for file in (once, twice):
        assert "000002" in words(file)
        assert codes(desk, file) == set()


def test_marks_come_off_for_nobody_else(desk: Desk) -> None:
    draft, matter = approved(desk, "他件.docx")
    marked = stamped(desk, draft, matter, "他件-标志.docx")
    out = desk.folder / "不行.docx"
    foreign = desk.call("stamp", draft, "--remove", "--decision", matter, "-o", out)
    assert (foreign.returncode, "不是台账登记的" in foreign.stderr) == (5, True)
    other = desk.call("stamp", marked, "--remove", "--decision", "D2026-9999", "-o", out)
    assert (other.returncode, "不是这个文件的定密决定" in other.stderr) == (5, True)
    for wrong in (
        ("--remove",),
        ("--remove", "--decision", matter, "--points"),
        ("--decision", matter),
        ("--highlight", "--determination", matter),
    ):
        assert desk.call("stamp", marked, *wrong, "-o", out).returncode == 2, wrong
    assert not out.exists()


def test_an_altered_file_and_a_moved_label_are_told_apart(desk: Desk) -> None:
    draft, matter = approved(desk, "标签.docx")
    marked = stamped(desk, draft, matter, "标签-标志.docx")
    parts = dict(_parts(marked.read_bytes()))
    altered = desk.folder / "改动.docx"
    _write(altered, parts | {"word/document.xml": parts["word/document.xml"].replace("月底".encode(), "月中".encode())})
    assert codes(desk, altered, 1) == {"label-content"}
    broken = desk.folder / "改签.docx"
    _write(
        broken, parts | {"customXml/markpipeLabel.xml": parts["customXml/markpipeLabel.xml"].replace(b"2035", b"2036")}
    )
    assert codes(desk, broken, 1) == {"label-altered"}
    stranger = Desk(make_office(desk.folder.parent / "别处").folder)
    assert codes(stranger, marked, 1) == {"label-untrusted"}
    public = desk.json("keys", "public")["keys"][0]
    settings = stranger.folder / "markpipe.toml"
    trusted = f'[[labels.trusted]]\nunit = "江北市水文测站"\nkey = "{public["public"]}"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + trusted, encoding="utf-8")
    assert codes(stranger, marked) == set()
    settings.write_text(settings.read_text(encoding="utf-8").replace(public["public"], "AAAA"), encoding="utf-8")
    assert stranger.call("verify", marked).returncode == 3


def _write(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


def test_a_unit_that_asks_for_sm2_signs_with_it(desk: Desk) -> None:
    draft, matter = approved(desk, "国密.docx")
    settings = desk.folder / "markpipe.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before + '[labels]\nalgorithm = "SM2"\n', encoding="utf-8")
    try:
        marked = stamped(desk, draft, matter, "国密-标志.docx", "--detached-label")
        label = json.loads((desk.folder / "国密-标志.docx.mark.json").read_text(encoding="utf-8"))
        assert label["algorithm"] == "SM2"
        assert json.loads(label["label"])["content"].startswith("SM3:")
        assert codes(desk, marked) == set()
    finally:
        settings.write_text(before, encoding="utf-8")


def test_a_docx_as_pdf(desk: Desk) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    draft, matter = approved(desk, "转换.docx")
    out = stamped(desk, draft, matter, "转换.pdf", "--as-pdf")
    assert MARKED in words(out)
    assert codes(desk, out) == set()


def test_without_libreoffice_it_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, matter = approved(desk, "没有.docx")
    monkeypatch.setattr("markpipe.pipeline.topdf._NAMES", ("no-such-program",))
    done = desk.call("stamp", draft, "--determination", matter, "--as-pdf", "-o", desk.folder / "没有.pdf")
    assert done.returncode == 7
    assert "没有 LibreOffice" in done.stderr
    pdf, of_pdf = approved(desk, "已是.pdf")
    assert desk.call("stamp", pdf, "--determination", of_pdf, "--as-pdf", "-o", desk.folder / "x.pdf").returncode == 2


def test_labels_say_what_was_determined_and_nothing_else(desk: Desk) -> None:
    _, matter = approved(desk, "标签事项.docx")
    out = desk.folder / "信封.pdf"
    words_of = (
        "stamps",
        "label",
        "label-envelope",
        "--determination",
        matter,
        "--field",
        "receiver=示例县示例局保密办",
    )
    done = desk.call(*words_of, "--serial", 7, "--serial", 8, "-o", out)
    assert done.returncode == 0, done.stderr
    text = words(out)
    for wanted in ("机密", f"{matter} 000007", f"{matter} 000008", "收件：示例县示例局保密办", "发件：江北市水文测站"):
        assert wanted in text
    line = desk.call("stamps", "label", "mail-line", "--determination", matter)
    assert line.stdout == f"{MARKED}\n编号：{matter}\n"
    for wrong, code in (
        (("label-envelope", "--determination", matter), 2),
        (("label-envelope", "--determination", matter, "--field", "level=绝密"), 2),
        (("no-such", "--determination", matter), 2),
        (("change", "--determination", matter), 2),
        (("label-media", "--determination", matter, *(word for n in range(1, 31) for word in ("--serial", n))), 2),
    ):
        assert desk.call("stamps", "label", *wrong, "-o", desk.folder / "无.pdf").returncode == code, wrong
    draft = desk.write_docx(desk.drafts / "未批.docx", SECRET, PLAIN)
    pending = desk.json("determination", "propose", draft)["id"]
    assert desk.call("stamps", "label", "label-media", "--determination", pending).returncode == 5


def test_the_units_own_stamp_takes_the_place_of_the_built_in_one(desk: Desk) -> None:
    own = desk.folder / "stamps"
    own.mkdir()
    built_in = Path(__file__).parents[3] / "stamps" / "determination.toml"
    layout = built_in.read_text(encoding="utf-8").replace('国家秘密确定专用章"', '水文测站定密专用章"', 2)
    (own / "定密.toml").write_text(layout, encoding="utf-8")
    settings = desk.folder / "markpipe.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before + '[stamps]\npaths = ["stamps"]\n', encoding="utf-8")
    try:
        draft, matter = approved(desk, "本单位章.pdf")
        assert "水文测站定密专用章" in words(stamped(desk, draft, matter, "本单位章-标志.pdf"))
    finally:
        settings.write_text(before, encoding="utf-8")
