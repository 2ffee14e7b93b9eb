"""Sixty invented publications: each gets the one right verdict, with its reasons and an article for every reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from office import Office, make_office
from publications import PUBLICATIONS

PURPOSES = sorted({each.purpose for each in PUBLICATIONS})


def test_there_are_sixty_of_every_purpose() -> None:
    assert len(PUBLICATIONS) == 60
    assert len({(each.purpose, each.name) for each in PUBLICATIONS}) == 60
    assert sorted(["上网", "宣传", "投稿", "对外提供", "境外"]) == PURPOSES


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    """What the review says of each, by purpose and name."""
    office: Office = make_office(tmp_path_factory.mktemp("publications") / "office")
    office.add_source()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for purpose in PURPOSES:
        folder: Path = office.folder / purpose
        for each in PUBLICATIONS:
            if each.purpose == purpose:
                each.build(office, folder / each.name)
        report = office.json("review", folder, "--purpose", purpose, "--recipient", "某单位", code=5)
        found |= {(purpose, document["path"]): document for document in report["documents"]}
    return found


@pytest.mark.parametrize("each", PUBLICATIONS, ids=lambda each: f"{each.purpose}-{each.name}")
def test_the_verdict_is_the_right_one(each: Any, answers: dict[tuple[str, str], dict[str, Any]]) -> None:
    document = answers[each.purpose, each.name]
    assert document["status"] == "read", document["unread"]
    assert document["verdict"] == each.verdict, document["reasons"]
    codes = {reason["code"] for reason in document["reasons"]}
    assert each.codes <= codes
    assert bool(codes) == (each.verdict != "publish")
    assert all(reason["article"] and reason["rule"] and reason["where"] for reason in document["reasons"])
