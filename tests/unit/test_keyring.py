"""The key file: made once, closed to others, several keys, subkeys by purpose."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from markpipe.errors import RegisterError
from markpipe.keys.keyring import Keyring, digest, preferred_algorithm

AT = dt.datetime(2026, 5, 10, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "site" / "keys.json"


def test_a_key_file_is_private_and_comes_back(path: Path) -> None:
    made = Keyring.create(path, AT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]
    loaded = Keyring.load(path)
    assert loaded.current_id == made.current_id
    assert loaded.keys[0].created == "2026-05-10T02:00:00Z"
    assert loaded.verify(made.current_id, b"data", made.mac(b"data"))


def test_a_key_file_is_never_overwritten(path: Path) -> None:
    Keyring.create(path)
    before = path.read_bytes()
    with pytest.raises(RegisterError, match="已经存在"):
        Keyring.create(path)
    assert path.read_bytes() == before


def test_whoever_comes_second_at_the_same_moment_loses(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Keyring.create(path)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "exists", lambda _self: False)
    with pytest.raises(RegisterError, match="可能另有程序正在建立"):
        Keyring.create(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_two_sites_have_different_keys(tmp_path: Path) -> None:
    one, two = Keyring.create(tmp_path / "a"), Keyring.create(tmp_path / "b")
    assert one.current_id != two.current_id
    assert one.mac(b"data") != two.mac(b"data")
    assert not two.verify(one.current_id, b"data", one.mac(b"data"))


def test_a_mac_is_of_its_data_and_algorithm(path: Path) -> None:
    keyring = Keyring.create(path)
    mac = keyring.mac(b"data")
    assert not keyring.verify(keyring.current_id, b"date", mac)
    other = "SHA-256" if keyring.algorithm == "SM3" else "SM3"
    assert not keyring.verify(keyring.current_id, b"data", mac, other)
    assert not keyring.verify(keyring.current_id, b"data", b"", "MD5")
    assert keyring.verify(keyring.current_id, b"data", mac, keyring.algorithm)


def test_subkeys_differ_by_purpose_and_are_not_the_secret(path: Path) -> None:
    keyring = Keyring.create(path)
    subkeys = {keyring.subkey("reuse"), keyring.subkey("finding"), keyring.keys[0].secret}
    assert len(subkeys) == 3
    assert {len(subkey) for subkey in subkeys} == {32}
    assert Keyring.load(path).subkey("reuse") == keyring.subkey("reuse")


def test_rotation_keeps_old_macs_and_all_subkeys(path: Path) -> None:
    first = Keyring.create(path, AT)
    mac = first.mac(b"data")
    second = first.rotated(AT)
    assert second.current_id != first.current_id
    loaded = Keyring.load(path)
    assert loaded.current_id == second.current_id
    assert loaded.verify(first.current_id, b"data", mac)
    assert loaded.mac(b"data") != mac
    assert loaded.subkey("reuse") == first.subkey("reuse")
    assert path.stat().st_mode & 0o777 == 0o600


def test_secrets_do_not_print(path: Path) -> None:
    keyring = Keyring.create(path)
    for shown in (repr(keyring), repr(keyring.keys)):
        assert repr(keyring.keys[0].secret)[2:-1] not in shown
        assert keyring.keys[0].secret.hex() not in shown


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622])
def test_a_key_file_open_to_others_is_refused(path: Path, mode: int) -> None:
    Keyring.create(path)
    path.chmod(mode)
    with pytest.raises(RegisterError, match="chmod 600"):
        Keyring.load(path)


def test_a_missing_key_file_says_what_to_do(path: Path) -> None:
    with pytest.raises(RegisterError, match="markpipe init"):
        Keyring.load(path)


def test_a_link_is_no_key_file(path: Path, tmp_path: Path) -> None:
    Keyring.create(path)
    link = tmp_path / "link"
    link.symlink_to(path)
    with pytest.raises(RegisterError, match="打不开"):
        Keyring.load(link)
    link.unlink()
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(RegisterError, match="已经存在"):
        Keyring.create(link)


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="不是普通文件"):
        Keyring.load(tmp_path)


def damaged(path: Path, **changed: object) -> None:
    Keyring.create(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"keys": []}, "没有注明当前"),
        ({"keys": [{"id": "k1-00000000"}]}, "格式不对"),
        ({"keys": [{"id": "k1-00000000", "created": "", "secret": "AAAA"}]}, "与其编号不符"),
        ({"keys": [{"id": "k1-00000000", "created": "", "secret": "!"}]}, "格式不对"),
        ({"keys": 7}, "格式不对"),
        ({"current": "k9-00000000"}, "没有注明当前"),
        ({"schema": 2}, "不认识"),
    ],
)
def test_a_damaged_key_file_is_named(path: Path, changed: dict[str, object], says: str) -> None:
    damaged(path, **changed)
    with pytest.raises(RegisterError, match=says):
        Keyring.load(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_what_is_no_key_file_at_all_is_named(path: Path, content: bytes) -> None:
    Keyring.create(path)
    path.write_bytes(content)
    with pytest.raises(RegisterError, match="已损坏"):
        Keyring.load(path)


def test_one_flipped_bit_of_a_secret_is_noticed(path: Path) -> None:
    Keyring.create(path)
    held = json.loads(path.read_text())
    secret = held["keys"][0]["secret"]
    held["keys"][0]["secret"] = ("B" if secret[0] == "A" else "A") + secret[1:]
    path.write_text(json.dumps(held))
    with pytest.raises(RegisterError, match="与其编号不符"):
        Keyring.load(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RegisterError, match="写不进去"):
        Keyring.create(tmp_path / "keys.json")


def test_a_parent_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RegisterError, match="建不起来"):
        Keyring.create(tmp_path / "file" / "keys.json")


def test_hashes_are_named_in_what_they_make() -> None:
    # GB/T 32905 example 1 and the FIPS 180 example for "abc"
    if preferred_algorithm() == "SM3":
        assert digest("SM3", b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest("SHA-256", b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(RegisterError, match="不支持"):
        digest("MD5", b"abc")


def test_without_sm3_the_rows_say_sha_256(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(algorithm: hashes.HashAlgorithm) -> None:
        if isinstance(algorithm, hashes.SM3):
            raise UnsupportedAlgorithm("no SM3 in this OpenSSL")

    monkeypatch.setattr(hashes, "Hash", missing)
    assert preferred_algorithm() == "SHA-256"
    with pytest.raises(RegisterError, match="不支持"):
        digest("SM3", b"abc")
    monkeypatch.undo()
    keyring = Keyring.create(path)
    keyring.algorithm = "SHA-256"
    assert keyring.verify(keyring.current_id, b"x", keyring.mac(b"x"), "SHA-256")
