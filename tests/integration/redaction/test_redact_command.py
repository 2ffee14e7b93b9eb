"""The redact and verify commands as an office runs them: exit codes, no output after a failed proof, marks kept."""

from __future__ import annotations

import json
from pathlib import Path

import pymupdf
import pytest
from hiding import PHRASE, pdf_pages
from leak_check import docx_text, pdf_leaks, pdf_text
from office import SECRET as DERIVED
from office import Office

from markpipe.errors import OutputError
from markpipe.model.limits import Limits
from markpipe.pipeline import redact as pipeline
from markpipe.pipeline.redact import Options, Recognition, redact_file, redacted_from
from markpipe.pipeline.sandbox import Worker
from markpipe.proof.recognise import available
from markpipe.proof.residue import Checked, Left
from markpipe.redaction.plan import Request
from markpipe.redaction.policy import Undecidable

SECRET = "青岚十一号库区"


def test_phrases_from_a_file(office: Office, tmp_path: Path) -> None:
    source = office.write_pdf(tmp_path / "a.pdf", f"本月{SECRET}已经建成。", "其余照常。")
    listed = office.write_text(tmp_path / "list.txt", f"{SECRET}\n\n")
    answer = office.json("redact", source, "-o", tmp_path / "out.pdf", "--phrases-from", listed)
    assert answer["schema"] == "markpipe.redact/1"
    assert (answer["removed"], answer["gaps"], answer["gap"]) == (len(SECRET), 1, "class")
    assert SECRET not in json.dumps(answer, ensure_ascii=False)
    data = (tmp_path / "out.pdf").read_bytes()
    assert pdf_leaks(data, SECRET, tmp_path) == []
    assert "其余照常。" in pdf_text(data, tmp_path)
    assert (tmp_path / "out.pdf").stat().st_mode & 0o777 == 0o600


def test_findings_of_a_scan_are_removed_from_that_very_file(office: Office, tmp_path: Path) -> None:
    source = office.write_docx(tmp_path / "a.docx", "关于报送材料的通知", f"本月{SECRET}已经建成。")
    scan = office.json("scan", source)
    document = scan["documents"][0]
    start = "关于报送材料的通知\n本月".__len__()
    document["findings"] = [{"start": start, "end": start + len(SECRET)}]
    found = office.write_text(tmp_path / "found.json", json.dumps(scan))
    office.json("redact", source, "-o", tmp_path / "out.docx", "--from", found)
    other = office.write_docx(tmp_path / "b.docx", "别的文件")
    assert office.call("redact", other, "-o", tmp_path / "no.docx", "--from", found).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [(), ("--region", "1:1,2"), ("--phrases-from", "missing.txt"), ("--pattern", "("), ("--phrase", " ")],
)
def test_wrong_use(office: Office, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    source = office.write_pdf(tmp_path / "a.pdf", "正文")
    done = office.call("redact", source, "-o", tmp_path / "out.pdf", *arguments)
    assert done.returncode == 2, done.stderr
    assert not (tmp_path / "out.pdf").exists()


def test_a_mark_in_force_is_kept(office: Office, tmp_path: Path) -> None:
    source = office.write_docx(tmp_path / "a.docx", "机密★10年", "关于库区的通知", f"本月{SECRET}已经建成。")
    done = office.call("redact", source, "-o", tmp_path / "out.docx", "--phrase", SECRET)
    assert done.returncode == 5, done.stderr
    assert not (tmp_path / "out.docx").exists()
    named = office.call("redact", source, "-o", tmp_path / "out.docx", "--phrase", SECRET, "--decision", "D2026-0001")
    assert named.returncode != 0
    assert not (tmp_path / "out.docx").exists()


def test_reasons_behind_a_tab_and_by_option(office: Office, tmp_path: Path) -> None:
    source = office.write_docx(tmp_path / "a.docx", f"本月{SECRET}已经建成，由白石公司承建。")
    listed = office.write_text(tmp_path / "list.txt", f"白石公司\t商业秘密\n{SECRET}\n")
    out = tmp_path / "out.docx"
    answer = office.json("redact", source, "-o", out, "--phrases-from", listed, "--reason", "工作秘密")
    assert answer["reasons"] == ["商业秘密", "工作秘密"]
    assert any("【商】商业秘密" in line for line in answer["remains"])
    assert docx_text(out.read_bytes()) == "本月【工】已经建成,由【商】承建。"
    wrong = office.write_text(tmp_path / "wrong.txt", "白石公司\t随便\n")
    assert office.call("redact", source, "-o", tmp_path / "no.docx", "--phrases-from", wrong).returncode == 2


def test_a_file_that_was_determined_is_kept_though_it_shows_no_mark(office: Office, tmp_path: Path) -> None:
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", f"本月{SECRET}已经建成。", DERIVED)
    matter = office.json("determination", "propose", draft)["id"]
    redact = ("redact", draft, "--phrase", SECRET, "-o")
    office.json(*redact, tmp_path / "before.docx")
    office.json("determination", "approve", matter, "--as", "李四")
    kept = office.call(*redact, tmp_path / "kept.docx")
    assert (kept.returncode, "定密决定" in kept.stderr, "报告.docx" in kept.stderr) == (5, True, True)
    assert office.call(*redact, tmp_path / "kept.docx", "--decision", matter).returncode == 5
    assert office.call(*redact, tmp_path / "kept.docx", "--decision", "水文〔2026〕3号").returncode == 2
    settled = ("--kind", "部分公开决定", "--by", "江北市水务局", "--document", "水文〔2026〕3号", "--as", "王五")
    assert office.call("release", "settle", draft, *settled).returncode == 0
    assert not (tmp_path / "kept.docx").exists()
    office.json(*redact, tmp_path / "partly.docx", "--decision", "水文〔2026〕3号")
    assert SECRET not in docx_text((tmp_path / "partly.docx").read_bytes())


def test_the_source_itself_is_never_written(office: Office, tmp_path: Path) -> None:
    source = office.write_pdf(tmp_path / "a.pdf", "正文")
    assert office.call("redact", source, "-o", source, "--phrase", "正文").returncode == 2


def test_a_failed_proof_leaves_nothing(reading_worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.pdf"
    source.write_bytes(pdf_pages.p01())
    monkeypatch.setattr(pipeline, "check_residue", lambda *_: Checked((Left("第1页还有第1个要删的词"),)))
    with pytest.raises(OutputError, match="核对不通过"):
        redact_file(reading_worker, Limits(), source, tmp_path / "out.pdf", lambda _: Request((PHRASE,)), Options())
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


@pytest.mark.parametrize("name", ["p22", "p25", "p26", "p29"])
def test_pixels_and_outlines_are_seen_by_recognition(name: str, reading_worker: Worker, tmp_path: Path) -> None:
    if not available():
        pytest.skip("no tesseract here")
    source, out = tmp_path / "a.pdf", tmp_path / "out.pdf"
    source.write_bytes(getattr(pdf_pages, name)())
    redact_file(reading_worker, Limits(), source, out, lambda _: Request((PHRASE,)), Options())
    page = pymupdf.open(out)[0]
    before = pymupdf.open(source)[0].get_pixmap().samples
    assert page.get_pixmap().samples != before
    assert pdf_leaks(out.read_bytes(), PHRASE, tmp_path) == []


def test_without_recognition_the_page_is_named(
    reading_worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = tmp_path / "a.pdf", tmp_path / "out.pdf"
    source.write_bytes(pdf_pages.p22())
    monkeypatch.setattr(pipeline, "available", lambda: False)

    def run(recognition: Recognition) -> tuple[int, ...]:
        options = Options(Undecidable.RASTERISE, recognition)
        return redact_file(reading_worker, Limits(), source, out, lambda _: Request((PHRASE,)), options).unchecked

    with pytest.raises(OutputError, match="第1页需要文字识别"):
        run(Recognition.AUTO)
    assert not out.exists()
    assert run(Recognition.NEVER) == (1,)


@pytest.mark.parametrize(
    "header", [{}, {"pages": [], "notes": 1}, {"pages": [1], "notes": []}, {"pages": [{}], "notes": []}]
)
def test_a_wrong_answer_of_the_worker_is_no_file(header: dict[str, object]) -> None:
    with pytest.raises(OutputError):
        redacted_from(header, [b""])


def test_verify_names_covered_and_hidden_things(office: Office, tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 100), "公开的一行", fontname="china-s", fontsize=16)
    page.insert_text((72, 200), SECRET, fontname="china-s", fontsize=16)
    page.draw_rect((70, 180, 200, 206), color=(0, 0, 0), fill=(0, 0, 0))
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.pdf"
    document.save(bad)
    answer = office.json("verify", bad, code=1)
    assert answer["schema"] == "markpipe.verify/1"
    assert "covered-box" in {problem["code"] for problem in answer["documents"][0]["problems"]}
    assert SECRET not in json.dumps(answer, ensure_ascii=False)
    office.write_pdf(good, "公开的一行")
    assert office.call("verify", good).returncode == 0
    assert office.call("verify", tmp_path / "missing.pdf").returncode == 4
