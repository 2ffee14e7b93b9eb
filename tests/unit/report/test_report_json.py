"""Reports for programs: the schema, its promises about ★ and quotations, and the same bytes every time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markpipe.errors import OutputError
from markpipe.model.decision import Decision, Proposal
from markpipe.model.outcome import Outcome
from markpipe.report.dumps import dumps
from markpipe.report.json import run_json, scan_json
from markpipe.report.places import ExcerptMode

GOLDEN = Path(__file__).parents[2] / "golden"


def walk(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in an answer with the key it stands under."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from walk(inner, name)
        case list():
            for inner in value:
                yield from walk(inner, key)
        case str():
            yield key, value


def documents(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {document["path"][:2]: document for document in answer["documents"]}


def scanned(outcomes: tuple[Outcome, ...], excerpt: ExcerptMode = ExcerptMode.CONTEXT) -> dict[str, Any]:
    return scan_json([outcome.assessment for outcome in outcomes], excerpt=excerpt)


def test_the_shape_of_a_scan(outcomes: tuple[Outcome, ...]) -> None:
    answer = scanned(outcomes)
    assert set(answer) == {"schema", "ok", "summary", "documents", "errors"}
    assert answer["schema"] == "markpipe.scan/1"
    summary = answer["summary"]
    assert {key: summary[key] for key in ("files", "read", "partial", "unread", "findings", "levels")} == {
        "files": 13,
        "read": 11,
        "partial": 1,
        "unread": 1,
        "findings": 9,
        "levels": {"秘密": 0, "机密": 3, "绝密": 4},
    }
    assert [document["path"] for document in answer["documents"]] == sorted(
        outcome.assessment.path for outcome in outcomes
    )
    for document in answer["documents"]:
        assert set(document) == {
            *("path", "format", "sha256", "pages", "status", "unread", "marks", "findings"),
        }


def test_a_finding(outcomes: tuple[Outcome, ...]) -> None:
    (finding,) = documents(scanned(outcomes))["01"]["findings"]
    assert finding["where"]["page"] == 1
    assert len(finding["where"]["boxes"][0]) == 4
    assert finding["kind"] == "派生"
    assert (finding["level"], finding["term"]) == ("机密", "20年")
    assert (finding["folded"], finding["fingerprint"]) == (["line-break"], "f" * 32)
    assert finding["end"] - finding["start"] == len(finding["text"])
    assert finding["before"] == "关于做好供水保障工作的通知\n"
    (finding,) = documents(scanned(outcomes))["03"]["findings"]
    assert finding["where"] == {"part": "body", "paragraph": 2, "label": "正文"}
    assert finding["level"] == "绝密"


def test_most_likely_first(outcomes: tuple[Outcome, ...]) -> None:
    assessments = {outcome.assessment.path[:2]: outcome.assessment for outcome in outcomes}
    doubtful, sure = assessments["04"].findings[0], assessments["03"].findings[0]
    same = replace(sure, entry="exam-00")
    mixed = replace(assessments["03"], findings=(doubtful, sure, same))
    findings = scan_json([mixed])["documents"][0]["findings"]
    assert [finding["entry"] for finding in findings] == ["exam-00", "exam-01", "C-1a2b"]


def test_unread_says_why_and_what_to_do(outcomes: tuple[Outcome, ...]) -> None:
    found = documents(scanned(outcomes))
    assert found["08"]["status"] == "unread"
    assert found["08"]["unread"] == [
        {
            "where": "全文",
            "reason": "encrypted",
            "message": "已加密，无法读取",
            "remedy": "请去除打开口令后重新提交",
            "detail": "",
        }
    ]
    assert found["09"]["status"] == "partial"
    assert [unread["reason"] for unread in found["09"]["unread"]] == ["no-text", "not-read-yet"]


def test_marks(outcomes: tuple[Outcome, ...]) -> None:
    at_place, quoted = documents(scanned(outcomes))["06"]["marks"]
    assert (at_place["level"], at_place["term"], at_place["text"], at_place["at_place"]) == (
        "机密",
        "20年",
        "机密★20年",
        True,
    )
    assert (quoted["level"], quoted["term"], quoted["at_place"]) == (None, None, False)
    assert "不留空格" in quoted["problem"]
    assert at_place["end"] - at_place["start"] == len("机密★20年")


def test_a_level_without_a_term(outcomes: tuple[Outcome, ...]) -> None:
    (marked,) = (outcome.assessment for outcome in outcomes if outcome.assessment.path.startswith("06"))
    found = marked.marks[0]
    assert found.mark is not None
    bare = replace(marked, marks=(replace(found, mark=replace(found.mark, term=None)),))
    assert scan_json([bare])["documents"][0]["marks"][0]["term"] is None


@pytest.mark.parametrize("schema", ["scan", "run"])
def test_nothing_is_quoted_when_nothing_may_be(outcomes: tuple[Outcome, ...], schema: str) -> None:
    make = scanned if schema == "scan" else lambda outcomes, excerpt: run_json(outcomes, excerpt=excerpt)
    text = dumps(make(outcomes, ExcerptMode.NONE))
    for quotation in ("备用水源地启用时", "由命题组保管", "启用前任何人", "（韶密局〔2010〕6号", "(20年)"):
        assert quotation not in text
        assert quotation in dumps(make(outcomes, ExcerptMode.CONTEXT))
    assert {"text", "before", "after"}.isdisjoint(key for key, _ in walk(json.loads(text)))


def test_the_match_without_context(outcomes: tuple[Outcome, ...]) -> None:
    (finding,) = documents(scanned(outcomes, ExcerptMode.MATCH))["03"]["findings"]
    assert finding["text"] == "试题"
    assert {"before", "after"}.isdisjoint(finding)


@pytest.mark.parametrize(("name", "ok"), [("07", True), ("05", False), ("06", False), ("08", False), ("09", False)])
def test_whether_a_scan_is_ok(outcomes: tuple[Outcome, ...], name: str, ok: bool) -> None:
    assessments = [outcome.assessment for outcome in outcomes if outcome.assessment.path.startswith(name)]
    assert scan_json(assessments)["ok"] is ok
    assert scan_json(assessments, ok=not ok)["ok"] is not ok
    assert scan_json(assessments, [OutputError("x")])["ok"] is False


@pytest.mark.parametrize(
    ("name", "ok"),
    [
        *(("01", True), ("02", False), ("03", False), ("04", False), ("05", False), ("07", True), ("08", False)),
        *(("10", False), ("11", True), ("12", False)),
    ],
)
def test_whether_a_run_is_ok(outcomes: tuple[Outcome, ...], name: str, ok: bool) -> None:
    chosen = [outcome for outcome in outcomes if outcome.assessment.path.startswith(name)]
    assert run_json(chosen)["ok"] is ok
    assert run_json(chosen, ok=not ok)["ok"] is not ok
    assert run_json(chosen, [OutputError("x")])["ok"] is False


def test_a_run_adds_what_was_decided(outcomes: tuple[Outcome, ...]) -> None:
    answer = run_json(
        outcomes, [OutputError("写不出去", "腾出空间")], demo=True, agency="韶阳市水务局", issued_on="2026-05-10"
    )
    assert answer["schema"] == "markpipe.run/1"
    assert (answer["demo"], answer["agency"], answer["issued_on"]) == (True, "韶阳市水务局", "2026-05-10")
    assert answer["errors"] == [{"message": "写不出去", "remedy": "腾出空间", "exit_code": 7}]
    summary = answer["summary"]
    assert summary["decisions"] == {
        "拟定": 3,
        "已定密": 1,
        "已退回": 1,
        "不予定密": 1,
        "内容已改动，退回拟定": 1,
        "已解密": 0,
    }
    assert [summary[key] for key in ("copies", "violations", "held", "refused", "failed")] == [2, 1, 1, 1, 1]
    found = documents(answer)
    assert found["01"]["decision"] == "已定密"
    assert found["01"]["determination"] == {
        "id": "D2026-0001",
        "mark": "机密★2035年3月2日",
        "level": "机密",
        "term": "2035年3月2日",
        "origin": "派生定密",
        "officer": "李四",
        "handler": "张三",
        "decided_on": "2026-05-10",
        "issued_on": "2026-05-10",
        "declassify_on": "2035-03-02",
        "access_scope": "市水务局有关人员",
        "basis": ["派生自《关于韶阳市水厂应急备用水源调度方案的通知》（韶水发〔2015〕8号，机密★20年）"],
        "demo": True,
    }
    assert [(output["kind"], output["serial"]) for output in found["01"]["outputs"]] == [
        ("标志稿", None),
        ("份", 1),
        ("份", 2),
        ("定密审批表", None),
    ]
    assert found["05"]["proposal"] is found["05"]["determination"] is found["05"]["decision"] is None
    assert found["03"]["violations"][0]["rule"] == "LVL-2"


def test_a_proposal(outcomes: tuple[Outcome, ...]) -> None:
    found = documents(run_json(outcomes))
    proposal = found["02"]["proposal"]
    assert proposal["mark_text"] == "拟定密级：机密，解密时间2035年3月2日"
    assert (proposal["level"], proposal["term"], proposal["declassify_on"]) == ("机密", "2035年3月2日", "2035-03-02")
    (derivation,) = proposal["derivations"]
    assert derivation == {
        "source": "S-0001",
        "title": "关于韶阳市水厂应急备用水源调度方案的通知",
        "document_number": "韶水发〔2015〕8号",
        "mark": "机密★20年",
        "issued_on": "2015-03-02",
        "place": "第1页",
        "source_place": "第3页",
        "grounds": "与来源文字一致",
        "touched": [],
        "spans": [[14, 58]],
    }
    cited = found["04"]["proposal"]
    assert (cited["level"], cited["mark_text"]) == (None, "密级待核实")
    assert cited["citations"][0]["id"] == "C-1a2b"
    assert cited["citations"][0]["where"]["paragraph"] == 2


def test_a_source_of_unknown_date(outcomes: tuple[Outcome, ...]) -> None:
    (proposed,) = (outcome for outcome in outcomes if outcome.assessment.path.startswith("02"))
    assert proposed.proposal is not None
    derivation = proposed.proposal.derivations[0]
    undated = replace(derivation, source=replace(derivation.source, issued_on=None))
    proposal: Proposal = replace(proposed.proposal, derivations=(undated,), declassify_on=None)
    answer = documents(run_json([replace(proposed, proposal=proposal)]))["02"]["proposal"]
    assert answer["derivations"][0]["issued_on"] is answer["declassify_on"] is None


def test_a_determination_without_a_date(outcomes: tuple[Outcome, ...]) -> None:
    (determined,) = (outcome for outcome in outcomes if outcome.assessment.path.startswith("01"))
    assert determined.determination is not None
    open_end = replace(determined.determination, declassify_on=None)
    answer = documents(run_json([replace(determined, determination=open_end)]))["01"]
    assert answer["determination"]["declassify_on"] is None


def test_the_star_stands_only_where_a_determination_or_a_source_gives_it(outcomes: tuple[Outcome, ...]) -> None:
    for document in run_json(outcomes)["documents"]:
        determined = document["determination"] is not None
        for key, text in walk(document):
            if "★" in text:
                quoted = key in ("text", "before", "after", "problem")
                derived = document["proposal"] is not None and document["proposal"]["derivations"]
                assert quoted or determined or (key in ("mark", "basis") and derived), (document["path"], key, text)
    undetermined = [outcome for outcome in outcomes if outcome.assessment.path[:2] in ("03", "04", "05", "10", "11")]
    assert "★" not in dumps(run_json(undetermined))


def test_the_order_of_the_files_does_not_matter(outcomes: tuple[Outcome, ...]) -> None:
    assert dumps(run_json(outcomes)) == dumps(run_json(outcomes[::-1]))


def test_golden(outcomes: tuple[Outcome, ...]) -> None:
    """MARKPIPE_GOLDEN=write rewrites the files: look at the difference before you commit it."""
    for name, answer in (("report-run.json", run_json(outcomes)), ("report-scan.json", scanned(outcomes))):
        path = GOLDEN / name
        if os.environ.get("MARKPIPE_GOLDEN") == "write":
            path.write_text(dumps(answer), encoding="utf-8")
        assert dumps(answer) == path.read_text(encoding="utf-8")


def test_dumps_is_sorted_and_ends_with_a_line() -> None:
    assert dumps({"b": [1, None], "a": "字"}) == '{\n  "a": "字",\n  "b": [\n    1,\n    null\n  ]\n}\n'


@given(st.text(alphabet=st.characters(codec=None)))
def test_dumps_can_be_printed_and_read_back(text: str) -> None:
    dumped = dumps({"text": text})
    assert json.loads(dumped) == {"text": text}
    assert all(char.isprintable() or char in "\n\u3000" for char in dumped)
    dumped.encode("utf-8")


def test_returned_and_lapsed_matters_are_open(outcomes: tuple[Outcome, ...]) -> None:
    (clear,) = (outcome for outcome in outcomes if outcome.assessment.path.startswith("07"))
    for decision in Decision:
        settled = decision not in (Decision.PROPOSED, Decision.RETURNED, Decision.LAPSED)
        assert run_json([replace(clear, decision=decision)])["ok"] is settled
