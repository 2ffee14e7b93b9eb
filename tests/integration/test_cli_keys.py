"""`markpipe keys` through the command line."""

from __future__ import annotations

from pathlib import Path

from office import Office


def test_keys_are_named_and_never_shown(office: Office) -> None:
    assert office.call("register", "verify").returncode == 0
    answer = office.json("keys", "status")
    (key,) = answer["keys"]
    assert key["current"] is True
    assert set(key) == {"id", "created", "current"}
    words = office.call("keys", "status").stdout
    assert key["id"] in words
    secret = Path(office.folder / "state" / "keys.json").read_text(encoding="utf-8").split('"secret": "')[1][:20]
    assert secret not in words


def test_a_rotated_key_leaves_the_register_sound(office: Office) -> None:
    office.add_source()
    old = office.json("keys", "status")["keys"][0]["id"]
    assert office.call("keys", "rotate").returncode == 0
    keys = office.json("keys", "status")["keys"]
    assert [key["current"] for key in keys] == [False, True]
    assert keys[0]["id"] == old
    assert office.json("register", "verify")["ok"] is True
