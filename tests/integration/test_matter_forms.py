"""Forms of one matter as the register fills them: what was approved stays what it was, a drafted change can be signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from markpipe.config.settings import Settings, load
from markpipe.errors import UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.fold import offer_digest
from markpipe.ledger.procedure import (
    ChangeDrafted,
    MatterChanged,
    MatterDeclassified,
    MatterReported,
    OpinionGiven,
    drafted_digest,
)
from markpipe.ledger.views import Matter
from markpipe.model.agency import Actor, Agency, Tier
from markpipe.model.classification import Level, parse_mark, parse_term
from markpipe.model.decision import Derivation, Determination, Grounds, Origin, Proposal, SecretPoint, Source
from markpipe.model.procedure import ChangeKind, Claim, Drafted, Ending, Opinion, Report, ReportKind
from markpipe.pipeline.forms import Asked, make_form
from markpipe.store.register import Register

AT = dt.datetime(2026, 5, 10, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 10)
WHO, KEEPER = Actor("zhang", "张三"), Actor("zhao", "赵六")
MARK = parse_mark("机密★20年")
SOURCE = Source("S0001", "某方案", "某发〔2015〕3号", parse_mark("绝密★30年"), dt.date(2015, 3, 2))


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    keyring = Keyring.create(tmp_path / "keys.json")
    with Register.open(f"sqlite:///{tmp_path}/register.db", keyring, create=True) as opened:
        yield opened


@pytest.fixture
def settings() -> Settings:
    return replace(load(None, Path("/")), agency=Agency("某市局", Tier.MUNICIPAL))


def proposed(register: Register, digest: str = "d1", **more: Any) -> Matter:
    known = Proposal(digest, f"{digest}.docx", "张三", MARK.level, MARK.term, Origin.ORIGINAL, DAY, basis=("某范围",))
    return register.propose(replace(known, **more), WHO, AT)


def approved(register: Register) -> Determination:
    matter = proposed(register)
    say(register, matter.id, "同意定密", offer_digest(matter.proposal))
    made = Determination(
        matter.id,
        "d1",
        "d1.docx",
        MARK,
        Origin.ORIGINAL,
        "张三",
        "王五",
        DAY,
        DAY,
        on_behalf_of="李四",
        basis=("某范围",),
    )
    register.approve(made, Actor("wang", "王五"), AT)
    return made


def say(register: Register, matter: str, words: str, offer: str) -> None:
    register.take((OpinionGiven(matter, Opinion("保密员", True, words, DAY, offer)),), KEEPER, AT)


def form(register: Register, settings: Settings, kind: str, matter: str) -> dict[str, Any]:
    return dict(make_form(kind, register, register.matter(matter), Asked(settings, DAY)).fields)


LONGER = Drafted(parse_mark("机密★15年"), "", None, "危害减轻")


def test_an_approval_stays_as_it_was_whatever_was_changed_since(register: Register, settings: Settings) -> None:
    made = approved(register)
    register.take((ChangeDrafted(made.id, LONGER, DAY),), WHO, AT)
    say(register, made.id, "同意变更", drafted_digest(LONGER))
    after = replace(made, mark=parse_mark("秘密★5年"), officer="李四", on_behalf_of="")
    lowered = replace(register.matter(made.id).proposal, level=Level.MIMI, term=parse_term("5年"))
    register.take((MatterChanged(ChangeKind.LEVEL, after, lowered, "李四", DAY, "x"),), WHO, AT)
    for _ in range(2):
        fields = form(register, settings, "定密审批表", made.id)
        assert (fields["密级和期限"], fields["定密责任人"]) == ("机密★20年", "王五（代行李四职责）")
        assert fields["拟定密级"] == "机密"
        assert [line["内容"] for line in fields["意见清单"]] == ["同意　同意定密"]
        register.take((MatterDeclassified(made.id, Ending.EARLY, DAY, "x", "李四"),), WHO, AT)


def test_only_opinions_on_what_stands_before_the_officer_are_on_its_form(
    register: Register, settings: Settings
) -> None:
    matter = proposed(register)
    say(register, matter.id, "同意原稿", offer_digest(matter.proposal))
    again = proposed(register, access_scope="甲处")
    say(register, matter.id, "同意改稿", offer_digest(again.proposal))
    fields = form(register, settings, "定密审批表", matter.id)
    assert [line["内容"] for line in fields["意见清单"]] == ["同意　同意改稿"]
    assert fields["已批准"] is False


def test_a_drafted_change_has_its_form_before_the_officer_signs(register: Register, settings: Settings) -> None:
    made = approved(register)
    with pytest.raises(UsageError, match="没有变更"):
        form(register, settings, "变更解密审批表", made.id)
    register.take((ChangeDrafted(made.id, LONGER, DAY),), WHO, AT)
    say(register, made.id, "同意缩短", drafted_digest(LONGER))
    fields = form(register, settings, "变更解密审批表", made.id)
    assert fields["现密级和期限"] == "拟变更为机密，期限15年"
    assert (fields["办理事项"], fields["承办人"], fields["定密责任人"]) == ("保密期限变更", "张三", "")
    assert [line["内容"] for line in fields["意见清单"]] == ["同意　同意缩短"]
    register.take((ChangeDrafted(made.id, Drafted(None, "", Ending.EARLY, "公开无害"), DAY),), WHO, AT)
    filled = make_form("变更解密审批表", register, register.matter(made.id), Asked(settings, DAY))
    assert (filled.name, filled.fields["现密级和期限"]) == ("国家秘密解密审批表", "拟解密")
    register.take((MatterDeclassified(made.id, Ending.EARLY, DAY, "x", "李四"),), WHO, AT)
    assert form(register, settings, "变更解密审批表", made.id)["现密级和期限"] == "解密"


def test_what_is_disputed_is_reported_as_it_was_proposed(register: Register, settings: Settings) -> None:
    matter = proposed(register)
    report = Report(ReportKind.DISPUTE, "某省保密局", Level.JUEMI, parse_term("30年"), DAY, None, "x")
    register.take((MatterReported(matter.id, report, (Claim("某厅", Level.JUEMI, parse_term("30年")),)),), WHO, AT)
    fields = form(register, settings, "争议事项报告", matter.id)
    assert (fields["拟定密级"], fields["保密期限"]) == ("机密", "期限20年")
    assert fields["已采取的措施"] == "自拟定之日起按绝密级采取保密措施"


def test_what_is_derived_needs_no_grant(register: Register, settings: Settings) -> None:
    top = parse_mark("绝密★2045年3月2日")
    taken = (Derivation(SOURCE, Grounds.DECLARED),)
    derived = proposed(register, level=top.level, term=top.term, origin=Origin.DERIVATIVE, derivations=taken)
    asked = make_form("授权申请表", register, None, Asked(settings, DAY)).fields
    assert asked["申请权限"] == "无"
    proposed(register, "d2", level=Level.JUEMI, points=(SecretPoint(parse_mark("绝密★30年"), item="某事项"),))
    asked = make_form("授权申请表", register, None, Asked(settings, DAY)).fields
    assert (asked["申请权限"], asked["事项范围"]) == ("绝密", "某事项")
    made = Determination(derived.id, "d1", "d1.docx", top, Origin.DERIVATIVE, "张三", "李四", DAY, DAY)
    register.approve(made, WHO, AT)
    listed: Any = make_form("事项一览表", register, None, Asked(settings, DAY)).fields["事项清单"]
    assert [line["事项"] for line in listed] == ["派生自《某方案》\n（d1.docx）"]


def test_an_application_bears_what_the_unit_s_own_steps_said(register: Register, settings: Settings) -> None:
    matter = proposed(register)
    say(register, matter.id, "确无权限", offer_digest(matter.proposal))
    fields = form(register, settings, "无权定密申报表", matter.id)
    assert [line["内容"] for line in fields["意见清单"]] == ["同意　确无权限"]
