"""The samples: rebuilt to the same bytes, invented quotations as long as they claim, and read in full."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result

from markpipe.cli.main import cli
from markpipe.config.settings import load
from markpipe.errors import ExitCode
from markpipe.formats.reader import read_bytes
from markpipe.model.classification import parse_mark
from markpipe.model.document import PartKind, ReadStatus
from markpipe.model.limits import Limits
from markpipe.pipeline.decisions import load_decisions
from markpipe.pipeline.sources import load_source_list

SAMPLES = Path(__file__).parents[2] / "samples"
TEXTS: dict[str, list[dict[str, Any]]] = tomllib.loads((SAMPLES / "texts.toml").read_text(encoding="utf-8"))
SHORTEST_QUOTATION = 40


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_build", SAMPLES / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(data: bytes) -> str:
    document = read_bytes(data, Limits())
    assert document.status is ReadStatus.READ, document.unread
    bodies = (part for part in document.text_map.parts if part.kind in (PartKind.BODY, PartKind.PAGE))
    return "".join("".join(document.text[part.start : part.end] for part in bodies).split())


def common(one: str, other: str) -> int:
    """The length of the longest stretch that two texts share."""
    longest = 0
    for start in range(len(one)):
        while start + longest < len(one) and one[start : start + longest + 1] in other:
            longest += 1
    return longest


def test_a_new_build_gives_the_same_files(builder: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes((SAMPLES / "README.md").read_bytes())
    builder.build(tmp_path)
    built = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    committed = {
        path.relative_to(SAMPLES)
        for folder in ("drafts", "sources")
        for path in (SAMPLES / folder).rglob("*")
        if path.is_file()
    }
    assert committed == set(built) - {Path("README.md")}
    for name, path in built.items():
        old, new = (SAMPLES / name).read_bytes(), path.read_bytes()
        if name.suffix in (".pdf", ".docx"):  # another zlib packs the same content otherwise
            assert plain(old) == plain(new), name
        else:
            assert old == new, f"{name}: run make samples"


def test_a_build_repeats_itself(builder: ModuleType) -> None:
    for sample in (TEXTS["drafts"][0], TEXTS["drafts"][1]):
        assert builder.render(sample) == builder.render(sample)


def test_quotations_are_verbatim_and_long_enough() -> None:
    sources = {
        s["file"].partition("-")[0]: plain((SAMPLES / "sources" / s["file"]).read_bytes()) for s in TEXTS["sources"]
    }
    deriving = [draft for draft in TEXTS["drafts"] if draft.get("quotes")]
    for draft in TEXTS["drafts"]:
        text = plain((SAMPLES / "drafts" / draft["file"]).read_bytes())
        shared = {key for key, source in sources.items() if common(source, text) >= SHORTEST_QUOTATION}
        assert shared == set(draft.get("quotes", [])), draft["file"]
    assert len(deriving) >= 4


def test_there_are_enough_of_each_kind() -> None:
    suffixes = [Path(draft["file"]).suffix for draft in TEXTS["drafts"]]
    assert len(suffixes) >= 14
    assert min(suffixes.count(suffix) for suffix in (".pdf", ".docx", ".txt")) >= 3


def test_sources_bear_their_marks() -> None:
    for source, record in zip(TEXTS["sources"], load_source_list(SAMPLES / "sources" / "sources.toml"), strict=True):
        text = plain(record.path.read_bytes())
        assert record.mark == parse_mark(source["mark"])
        assert source["mark"] in text
        assert record.document_number in text
        assert record.issued_on == source["issued_on"]


def test_the_demo_site_is_complete() -> None:
    site = load(SAMPLES / "markpipe.toml", SAMPLES)
    assert site.demo
    assert site.demo_sources == SAMPLES / "sources" / "sources.toml"
    assert site.demo_today is not None
    officer = site.officer("李明远")
    assert officer is not None
    assert officer.in_office(site.demo_today)


def test_the_list_of_decisions_names_drafts() -> None:
    decisions = load_decisions(SAMPLES / "decisions.csv")
    assert set(decisions.lines) <= {draft["file"] for draft in TEXTS["drafts"]}
    assert decisions.lines


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, on a copy of the samples: the folder that holds OUT."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(SAMPLES, folder / "samples", ignore=shutil.ignore_patterns("state"))
    arguments = ["--approve-as", "李明远", "--copies", "2", "--decisions", str(folder / "samples" / "decisions.csv")]
    result = invoke(folder, "run", str(folder / "samples" / "drafts"), str(folder / "OUT"), *arguments)
    assert result.exit_code == ExitCode.FINDINGS, result.output
    return folder


def invoke(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(folder / "samples" / "markpipe.toml"), *words])


def test_every_draft_comes_out_as_its_table_says(demo: Path) -> None:
    report = json.loads((demo / "OUT" / "report.json").read_text(encoding="utf-8"))
    documents = {document["path"]: document for document in report["documents"]}
    assert report["demo"] is True
    for draft in TEXTS["drafts"]:
        document = documents.pop(draft["file"])
        assert document["status"] == "read"
        assert (document["decision"] or "") == draft.get("decision", ""), draft["file"]
        if document["determination"]:
            assert document["determination"]["mark"] == draft["mark_text"]
            assert [output["serial"] for output in document["outputs"] if output["kind"] == "份"] == [1, 2]
        elif document["proposal"]:
            assert document["proposal"]["mark_text"] == draft.get("mark_text", document["proposal"]["mark_text"])
            assert "★" not in document["proposal"]["mark_text"]
    assert not documents


def test_harmless_drafts_are_left_alone(demo: Path) -> None:
    report = json.loads((demo / "OUT" / "report.json").read_text(encoding="utf-8"))
    found = {
        document["path"]: {finding["kind"] for finding in document["findings"]} for document in report["documents"]
    }
    for draft in TEXTS["drafts"]:
        if draft.get("harmless"):
            assert found[draft["file"]] == set(), draft["file"]
        elif "decision" not in draft:
            assert found[draft["file"]] <= {"工作秘密", "法定保密", "商业秘密"}, draft["file"]


def test_the_register_of_the_demonstration_verifies(demo: Path) -> None:
    assert invoke(demo, "register", "verify").exit_code == ExitCode.OK


def test_marks_of_the_demonstration_stand_at_their_place(demo: Path) -> None:
    """份号 and mark at the left of lines 1 and 2 of the type area (GB/T 9704-2012 7.2.1, 7.2.2), as Poppler sees them."""
    copy = demo / "OUT" / "copies" / "01-防汛基准点使用方案-000001.pdf"
    seen = subprocess.run(["pdftotext", "-l", "1", "-bbox", copy, "-"], capture_output=True, check=True).stdout.decode()
    millimetre = 72 / 25.4
    for line, text in enumerate(("000001", "机密★2035年3月2日")):
        found = re.search(rf'xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">{text}<', seen)
        assert found, text
        left, top, bottom = (float(value) / millimetre for value in found.groups())
        assert abs(left - 28) < 1
        pitch = 225 / 22
        assert 37 + line * pitch - 1 <= top < bottom <= 37 + (line + 1) * pitch + 1
