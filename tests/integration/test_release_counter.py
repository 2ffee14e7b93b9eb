"""What signatures release: all of them and nothing less, exactly the digest that was signed, also after a crash anywhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from markpipe.classify.signing import DEFAULTS, Procedures
from markpipe.errors import OutputError, RefusedError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.model.agency import Actor
from markpipe.model.publication import Purpose, Release, Removed, Verdict
from markpipe.pipeline import release as releases
from markpipe.pipeline import writer
from markpipe.pipeline.release import Counter, Prepared, issue, sign, submit, withdraw
from markpipe.store.register import Register

NOW = dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)
DATA = "公开件的内容".encode()
DIGEST = hashlib.sha256(DATA).hexdigest()
ROLES = {"承办": "承办人", "保密审查": "保密员", "负责人": "负责人", "主要负责人": "主要负责人"}


def person(step: str) -> Actor:
    return Actor(f"u-{step}", f"{step}某", demo=False)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    url = f"sqlite:///{tmp_path / 'register.sqlite3'}"
    with Register.open(url, Keyring.create(tmp_path / "keys.json"), create=True) as register:
        yield Counter(register, Procedures(), "某单位", lambda: NOW, NOW.date())


def submitted(
    counter: Counter, folder: Path, purpose: Purpose = Purpose.ONLINE, recipient: str = "", data: bytes = DATA
) -> Release:
    aside = folder / "aside"
    aside.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    reasons = ("personal-mobile", "personal-identity", "unseen-content")
    removed = (Removed("手机号码", 2),)
    copy = Prepared(
        "件.txt",
        "o" * 64,
        Verdict.HOLD,
        reasons,
        aside,
        digest,
        removed,
        ("markpipe 0.1.0", "ruleset 0123456789abcdef0123"),
    )
    return submit(counter, folder / "out", copy, purpose, recipient, person("承办"))


def sign_all(counter: Counter, release: Release, *, but: int = 0) -> Release:
    steps = release.submission.steps[: len(release.submission.steps) - but]
    for step in steps:
        release = sign(counter, release.submission.id, person(step), (ROLES[step],), None, "")
    return release


def lying(folder: Path, name: str) -> list[str]:
    return sorted(path.name for path in (folder / "out" / name).glob("*")) if (folder / "out" / name).exists() else []


RELEASED = ["件.txt", "件.txt.一事一审表.docx", "件.txt.放行清单.json"]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_has_its_signers_its_recipient_and_its_record(
    counter: Counter, tmp_path: Path, purpose: Purpose
) -> None:
    needs = purpose in (Purpose.SUBMISSION, Purpose.PROVISION, Purpose.ABROAD)
    if needs:
        with pytest.raises(RefusedError, match="接收方"):
            submitted(counter, tmp_path, purpose)
        assert lying(tmp_path, "待审") == []
    waiting = submitted(counter, tmp_path, purpose, "某研究所" if needs else "")
    steps = ("承办", "保密审查", "负责人", *(("主要负责人",) if purpose is Purpose.ABROAD else ()))
    assert waiting.submission.steps == steps == tuple(step.name for step in DEFAULTS[purpose].steps)
    last = sign_all(counter, waiting, but=1)
    assert last.missing == steps[-1:]
    with pytest.raises(RefusedError, match="签字不齐"):
        issue(counter, waiting.submission.id, person("承办"))
    assert lying(tmp_path, "放行") == []
    done = sign(counter, waiting.submission.id, person(steps[-1]), (ROLES[steps[-1]],), None, "")
    assert done.released_at
    assert lying(tmp_path, "放行") == RELEASED
    manifest = json.loads((tmp_path / "out" / "放行" / RELEASED[2]).read_text(encoding="utf-8"))
    assert (manifest["purpose"], manifest["recipient"]) == (purpose.value, "某研究所" if needs else "")
    assert [each["step"] for each in manifest["signatures"]] == list(steps)
    form = form_words(tmp_path)
    assert all(words in form for words in (purpose.value, "某研究所" if needs else "社会公众", *steps))


def form_words(folder: Path) -> str:
    table = Document(str(folder / "out" / "放行" / RELEASED[1])).tables[0]
    return "\n".join(cell.text for row in table.rows for cell in row.cells)


def test_the_form_says_sentences_and_the_manifest_names_what_checked(counter: Counter, tmp_path: Path) -> None:
    sign_all(counter, submitted(counter, tmp_path))
    form = form_words(tmp_path)
    assert "公开件已按规定遮盖或者删去" in form
    assert "看不见的内容，公开件不带" in form
    assert "personal-" not in form
    assert "unseen" not in form
    assert "手机号码 2 处" in form
    manifest = json.loads((tmp_path / "out" / "放行" / RELEASED[2]).read_text(encoding="utf-8"))
    assert manifest["checkers"] == ["markpipe 0.1.0", "ruleset 0123456789abcdef0123"]
    assert "词典和规则 0123456789abcdef" in form
    assert (
        manifest["sha256"] == DIGEST == hashlib.sha256((tmp_path / "out" / "放行" / "件.txt").read_bytes()).hexdigest()
    )
    form_bytes = (tmp_path / "out" / "放行" / RELEASED[1]).read_bytes()
    assert manifest["form_sha256"] == hashlib.sha256(form_bytes).hexdigest()


def test_one_copy_for_two_purposes_waits_and_is_recorded_for_each(counter: Counter, tmp_path: Path) -> None:
    online = submitted(counter, tmp_path)
    abroad = submitted(counter, tmp_path, Purpose.ABROAD, "某研究所")
    third = submitted(counter, tmp_path, Purpose.PUBLICITY)
    sign_all(counter, online)
    assert lying(tmp_path, "待审") == ["件.txt"]
    withdraw(counter, third.submission.id, "不宣传了", person("承办"))
    assert lying(tmp_path, "待审") == ["件.txt"]
    sign_all(counter, abroad)
    assert lying(tmp_path, "待审") == []
    named = [name.replace("件.txt", f"件.txt.{abroad.submission.id}", 1) for name in RELEASED[1:]]
    assert lying(tmp_path, "放行") == sorted([*RELEASED, *named])
    issue(counter, abroad.submission.id, person("承办"))
    assert lying(tmp_path, "放行") == sorted([*RELEASED, *named])


class KilledError(BaseException):
    """Stands for the power going out: nothing of the program runs after it."""


def killing(monkeypatch: pytest.MonkeyPatch, counter: Counter, place: str) -> None:
    """Let the next release die at a place: before the n-th file is written, around its event, before the copy leaves."""
    count = iter(range(1, 10))

    def write(target: Path, data: Any, **more: Any) -> str:
        if place == f"write {next(count)}":
            raise KilledError
        return str(real_write(target, data, **more))

    def record(*arguments: Any) -> Release:
        if place == "before the event":
            raise KilledError
        real_record(*arguments)
        raise KilledError

    real_write, real_record = writer.write, counter.register.record_release
    monkeypatch.setattr(releases, "write", write)
    if "event" in place:
        monkeypatch.setattr(counter.register, "record_release", record)


PLACES = ["write 1", "write 2", "write 3", "before the event", "after the event"]


@pytest.mark.parametrize("place", PLACES)
def test_a_release_that_was_cut_off_is_finished_and_recorded_once(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    waiting = submitted(counter, tmp_path)
    sign_all(counter, waiting, but=1)
    with monkeypatch.context() as patched:
        killing(patched, counter, place)
        with pytest.raises(KilledError):
            sign(counter, waiting.submission.id, person("负责人"), ("负责人",), None, "")
    there = lying(tmp_path, "放行")
    assert ("件.txt" in there) == ("event" in place)
    assert lying(tmp_path, "待审") == ["件.txt"]
    assert bool(counter.register.release(waiting.submission.id).released_at) == (place == "after the event")
    done = issue(counter, waiting.submission.id, person("负责人"))
    assert done.released_at
    assert lying(tmp_path, "放行") == RELEASED
    assert lying(tmp_path, "待审") == []
    assert (tmp_path / "out" / "放行" / "件.txt").read_bytes() == DATA
    issue(counter, waiting.submission.id, person("负责人"))
    events = [type(entry.event).__name__ for entry in counter.register.steps(waiting.submission.id)]
    assert events.count("PublicationReleased") == 1


def test_bytes_that_changed_after_the_crash_are_not_released(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = submitted(counter, tmp_path)
    sign_all(counter, waiting, but=1)
    with monkeypatch.context() as patched:
        killing(patched, counter, "write 3")
        with pytest.raises(KilledError):
            sign(counter, waiting.submission.id, person("负责人"), ("负责人",), None, "")
    (tmp_path / "out" / "待审" / "件.txt").write_bytes(DATA + b"!")
    with pytest.raises(RefusedError, match="不一致"):
        issue(counter, waiting.submission.id, person("负责人"))
    assert "件.txt" not in lying(tmp_path, "放行")
    assert not counter.register.release(waiting.submission.id).released_at


def test_another_file_under_the_name_is_never_written_over(counter: Counter, tmp_path: Path) -> None:
    sign_all(counter, submitted(counter, tmp_path))
    with pytest.raises(OutputError, match="已有另一份放行件"):
        submitted(counter, tmp_path, data=DATA + b"2")
    assert (tmp_path / "out" / "放行" / "件.txt").read_bytes() == DATA


def test_what_changed_while_it_was_kept_aside_is_not_submitted(counter: Counter, tmp_path: Path) -> None:
    aside = tmp_path / "aside"
    aside.write_bytes(b"other")
    copy = Prepared("件.txt", "o" * 64, Verdict.PUBLISH, (), aside, DIGEST, (), ())
    with pytest.raises(OutputError, match="被改动"):
        submit(counter, tmp_path / "out", copy, Purpose.ONLINE, "", person("承办"))
    assert counter.register.releases() == ()


def test_a_withdrawn_submission_leaves_and_cannot_be_signed(counter: Counter, tmp_path: Path) -> None:
    waiting = submitted(counter, tmp_path)
    withdraw(counter, waiting.submission.id, "改稿", person("承办"))
    assert lying(tmp_path, "待审") == []
    with pytest.raises(RefusedError, match="已撤回"):
        sign(counter, waiting.submission.id, person("承办"), ("承办人",), None, "")
    with pytest.raises(UsageError):
        counter.register.release("R2026-9999")
    again = submitted(counter, tmp_path)
    assert again.submission.id == "R2026-0002"
    done = sign_all(counter, again)
    with pytest.raises(RefusedError, match="已经放行"):
        withdraw(counter, done.submission.id, "晚了", person("承办"))


def test_a_copy_that_is_gone_is_an_answer(counter: Counter, tmp_path: Path) -> None:
    waiting = submitted(counter, tmp_path)
    (tmp_path / "out" / "待审" / "件.txt").unlink()
    with pytest.raises(OutputError, match="读不出来"):
        sign(counter, waiting.submission.id, person("承办"), ("承办人",), None, "")
