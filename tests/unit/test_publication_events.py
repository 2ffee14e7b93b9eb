"""Publishing in the register: events fold to releases, and the same asked twice is one event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from markpipe.errors import UsageError
from markpipe.keys.keyring import Keyring
from markpipe.ledger.events import Entry
from markpipe.ledger.publication import (
    ClearanceRecorded,
    IncidentOpened,
    MarksRemoved,
    PublicationEvent,
    PublicationReleased,
    PublicationSigned,
    PublicationSubmitted,
    PublicationWithdrawn,
    publication_subject,
    releases_of,
)
from markpipe.model.agency import Actor
from markpipe.model.classification import Level
from markpipe.model.publication import Clearance, ClearanceKind, Incident, Purpose, Removed, Submission, Verdict
from markpipe.store.register import Register

AT = dt.datetime(2026, 5, 10, 1, 2, 3, tzinfo=dt.UTC)
ACTOR = Actor("zhangsan", "张三")
SUBMISSION = Submission(
    "", "a.txt", "o" * 64, "d" * 64, "/out", "a.txt", Purpose.ONLINE, "", Verdict.HOLD, ("personal-mobile",),
    (Removed("手机号码", 2),), ("markpipe 0.1",), ("承办", "保密审查", "负责人"),
)  # fmt: skip
CLEARANCE = Clearance(ClearanceKind.CONSENT, "原单位", "函〔2026〕2号")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    keyring = Keyring.create(tmp_path / "keys.json")
    with Register.open(f"sqlite:///{tmp_path}/register.sqlite3", keyring, create=True) as opened:
        yield opened


def test_a_release_from_submission_to_the_end(register: Register) -> None:
    release = register.submit(SUBMISSION, ACTOR, AT)
    assert release.submission.id == "R2026-0001"
    assert register.submit(SUBMISSION, ACTOR, AT) == release
    for step in SUBMISSION.steps:
        release = register.sign("R2026-0001", step, "d" * 64, "同意", ACTOR, AT)
    assert [signature.step for signature in release.signatures] == list(SUBMISSION.steps)
    assert release.missing == ()
    done = register.record_release("R2026-0001", "d" * 64, "m", "f", ACTOR, AT)
    assert done.released_at
    assert register.record_release("R2026-0001", "d" * 64, "m", "f", ACTOR, AT) == done
    assert register.releases() == (done,)
    assert register.release("R2026-0001") == done
    assert register.verify() == ()
    with pytest.raises(UsageError):
        register.release("R2026-0009")


def test_another_purpose_is_another_release_and_so_is_one_after_a_withdrawal(register: Register) -> None:
    from dataclasses import replace

    register.submit(SUBMISSION, ACTOR, AT)
    abroad = register.submit(replace(SUBMISSION, purpose=Purpose.ABROAD, recipient="某所"), ACTOR, AT)
    assert abroad.submission.id == "R2026-0002"
    assert register.withdraw("R2026-0001", "要修改", ACTOR, AT).withdrawn == "要修改"
    assert register.submit(SUBMISSION, ACTOR, AT).submission.id == "R2026-0003"


def test_clearances_and_incidents(register: Register) -> None:
    for _ in range(2):
        register.clear("d" * 64, CLEARANCE, ACTOR, AT)
    assert register.clearances("d" * 64) == (CLEARANCE,)
    assert register.clearances("e" * 64) == ()
    incident = Incident("", "a.txt", "d" * 64, Level.JIMI, "非密", AT.isoformat(), AT.isoformat())
    opened = register.open_incident(incident, ACTOR, AT)
    assert opened.id == "I2026-0001"
    assert register.open_incident(incident, ACTOR, AT) == opened
    assert register.incidents() == (opened,)
    assert sum(1 for _ in register.events()) == 2
    assert register.decided() == {}


def test_events_about_releases_that_are_not_there_change_nothing() -> None:
    events: tuple[PublicationEvent, ...] = (
        PublicationSigned("R1", "承办", "d"),
        PublicationReleased("R1", "d", "m", "f"),
        PublicationWithdrawn("R1", "x"),
        ClearanceRecorded("d", CLEARANCE),
    )
    assert releases_of(Entry(n, "t", "a", "p", event) for n, event in enumerate(events)) == ()
    assert [publication_subject(event) for event in events] == ["R1", "R1", "R1", "d"]
    assert publication_subject(PublicationSubmitted(SUBMISSION)) == ""
    incident = Incident("I1", "a.txt", "d", Level.JIMI, "非密", "t", "t")
    assert publication_subject(IncidentOpened(incident)) == "I1"
    assert publication_subject(MarksRemoved("D2026-0001", "R2026-0001", "a", "b", "件.docx")) == "D2026-0001"
