"""Who may sign what: three people, in order, for one digest; and what a purpose asks for besides."""

from __future__ import annotations

import pytest

from markpipe.classify.signing import (
    DEFAULTS,
    Procedure,
    Procedures,
    ensure_complete,
    ensure_recipient,
    ensure_same,
    step_to_sign,
)
from markpipe.errors import RefusedError
from markpipe.model.publication import Purpose, Release, Signature, Submission, Verdict

STEPS = DEFAULTS[Purpose.ONLINE].steps
NAMES = tuple(step.name for step in STEPS)


def release(*people: str, withdrawn: str = "") -> Release:
    submission = Submission(
        "R2026-0001", "a.txt", "o", "d", "f", "a.txt", Purpose.ONLINE, "", Verdict.PUBLISH, (), (), (), NAMES
    )
    signed = tuple(Signature(step, "d", person, "x", "t") for step, person in zip(NAMES, people, strict=False))
    return Release(submission, signed, withdrawn=withdrawn)


def test_steps_come_in_order_to_those_whose_role_it_is() -> None:
    assert step_to_sign(release(), "张三", ("承办人",), STEPS).name == "承办"
    assert step_to_sign(release("张三"), "王五", ("保密员",), STEPS, "保密审查").name == "保密审查"
    assert step_to_sign(release("张三", "王五"), "赵六", ("负责人",), STEPS).name == "负责人"


@pytest.mark.parametrize(
    ("given", "person", "roles", "wanted"),
    [
        (release(), "王五", ("保密员",), None),
        (release(), "张三", (), None),
        (release("张三"), "张三", ("承办人", "保密员"), None),
        (release(), "张三", ("承办人", "负责人"), "负责人"),
        (release("张三", "王五", "赵六"), "钱七", ("负责人",), None),
        (release(withdrawn="改动"), "张三", ("承办人",), None),
    ],
)
def test_everything_else_is_refused(given: Release, person: str, roles: tuple[str, ...], wanted: str | None) -> None:
    with pytest.raises(RefusedError) as caught:
        step_to_sign(given, person, roles, STEPS, wanted)
    assert caught.value.rules == ("PUB-1",)


def test_a_step_that_the_site_no_longer_has_can_be_signed_by_nobody() -> None:
    with pytest.raises(RefusedError):
        step_to_sign(release(), "张三", ("承办人",), STEPS[1:])


@pytest.mark.parametrize("people", [(), ("张三",), ("张三", "王五")])
def test_nothing_goes_out_before_all_have_signed(people: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError) as caught:
        ensure_complete(release(*people))
    assert f"{len(people)}/3" in caught.value.message
    ensure_complete(release("张三", "王五", "赵六"))
    with pytest.raises(RefusedError):
        ensure_complete(release("张三", "王五", "赵六", withdrawn="改动"))


def test_a_signature_is_for_one_digest() -> None:
    ensure_same(release(), "d")
    with pytest.raises(RefusedError):
        ensure_same(release(), "e")


def test_some_purposes_name_their_recipient_and_abroad_the_head_signs() -> None:
    procedures = Procedures({Purpose.ONLINE: Procedure(STEPS, recipient=True)})
    for purpose in Purpose:
        procedure = Procedures().of(purpose)
        ensure_recipient(procedure, purpose, "某单位")
        if purpose in (Purpose.ONLINE, Purpose.PUBLICITY):
            ensure_recipient(procedure, purpose, "")
        else:
            with pytest.raises(RefusedError):
                ensure_recipient(procedure, purpose, " ")
    with pytest.raises(RefusedError):
        ensure_recipient(procedures.of(Purpose.ONLINE), Purpose.ONLINE, "")
    assert [step.name for step in DEFAULTS[Purpose.ABROAD].steps] == [*NAMES, "主要负责人"]
