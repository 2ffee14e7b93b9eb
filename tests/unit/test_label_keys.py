"""Signing keys: made with the key file, two algorithms, and SM2 as the standard's own example has it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from markpipe.errors import ConfigurationError
from markpipe.keys import signing
from markpipe.keys.keyring import Keyring
from markpipe.keys.signing import own_keys, signer, sm2_signer, verify

# GB/T 32918.5-2017, annex A: the signature example on the recommended curve
PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
PUBLIC = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
DIGEST = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNATURE = (
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
MESSAGE = b"message digest"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.create(tmp_path / "keys.json")


@pytest.mark.parametrize("algorithm", ["Ed25519", "SM2"])
def test_a_signature_is_of_its_key_and_message_only(keyring: Keyring, algorithm: str) -> None:
    one = signer(keyring, algorithm)
    signature = one.sign(MESSAGE)
    assert (len(signature), one.algorithm) == (64, algorithm)
    assert signature == signer(Keyring.load(keyring.path), algorithm).sign(MESSAGE)
    assert verify(algorithm, one.public, MESSAGE, signature)
    assert not verify(algorithm, one.public, MESSAGE + b".", signature)
    assert not verify(algorithm, one.public, MESSAGE, bytes([signature[0] ^ 1]) + signature[1:])
    assert not verify(algorithm, one.public, MESSAGE, signature[:-1])
    fresh = signer(keyring.rotated(), algorithm)
    assert fresh.public != one.public
    assert not verify(algorithm, fresh.public, MESSAGE, signature)
    assert "sign=" not in repr(one)


def test_earlier_keys_stay_the_sites_own(keyring: Keyring) -> None:
    before = signer(keyring).public
    after = keyring.rotated()
    assert {("Ed25519", before), ("Ed25519", signer(after).public)} <= set(own_keys(after))
    assert len({public for _, public in own_keys(after)}) == 4


@pytest.mark.parametrize("public", ["", "not base64", base64.b64encode(b"short").decode()])
@pytest.mark.parametrize("algorithm", ["Ed25519", "SM2", "RSA"])
def test_what_is_no_key_verifies_nothing(algorithm: str, public: str) -> None:
    assert not verify(algorithm, public, MESSAGE, b"\1" * 64)


def test_sm2_is_that_of_the_standards_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_nonces", lambda private, digest: iter([NONCE]))  # noqa: ARG005 - the example's
    one = sm2_signer(PRIVATE)
    assert base64.b64decode(one.public) == bytes.fromhex(PUBLIC)
    assert signing._engine("", PUBLIC)._sm3_z(MESSAGE).upper() == DIGEST
    assert one.sign(MESSAGE) == bytes.fromhex(SIGNATURE)
    assert verify("SM2", one.public, MESSAGE, bytes.fromhex(SIGNATURE))


def test_sm2_takes_no_point_off_the_curve_and_no_number_out_of_range() -> None:
    one = sm2_signer(PRIVATE)
    raw = bytearray(base64.b64decode(one.public))
    raw[-1] ^= 1
    assert not verify("SM2", base64.b64encode(bytes(raw)).decode(), MESSAGE, one.sign(MESSAGE))
    for r, s in ((0, 1), (1, 0), (signing._N, 1), (1, signing._N), (1, signing._N - 1)):
        assert not verify("SM2", one.public, MESSAGE, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_a_key_that_begins_with_the_digits_of_a_prefix_is_not_cut() -> None:
    found = next(
        one
        for private in range(2, 4000)
        if base64.b64decode((one := sm2_signer(private)).public)[0] in (0x04, 0x40, 0x44)
    )
    assert verify("SM2", found.public, MESSAGE, found.sign(MESSAGE))


def test_without_the_library_sm2_says_what_to_install(keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    public = sm2_signer(PRIVATE).public
    monkeypatch.setattr(signing, "_gmssl", lambda: None)
    with pytest.raises(ConfigurationError, match="gmssl"):
        signer(keyring, "SM2")
    with pytest.raises(ConfigurationError, match="gmssl"):
        verify("SM2", public, MESSAGE, b"\1" * 64)
    assert {algorithm for algorithm, _ in own_keys(keyring)} == {"Ed25519"}
