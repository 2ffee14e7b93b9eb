"""Signing electronic labels and checking signatures: Ed25519 by default, SM2 where a unit asks for it.

No key file of its own: a signing key follows from a secret of the site's key file, so it is made with it, backed up
with it, and changed by `keys rotate`.  A public key is written as base64 of its raw bytes (Ed25519: 32, SM2: x and y, 64).

SM2 (GB/T 32918.2, curve of GB/T 32918.5, SM3 with Z of the usual id 1234567812345678) comes from `gmssl`, the optional
extra `sm2`.  Its nonce follows from key and message, so that the same label has the same signature.  `gmssl` computes in
plain Python and not in constant time: it is for offices that have to, on a machine of their own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from markpipe.errors import ConfigurationError
from markpipe.keys.keyring import Keyring
from markpipe.marking.label import ED25519, KEY_BYTES, SM2

_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93


@dataclass(frozen=True, slots=True)
class Signer:
    """A site's own signing key: its algorithm, its public key as text, and how it signs."""

    algorithm: str
    public: str
    sign: Callable[[bytes], bytes] = field(repr=False)


def signer(keyring: Keyring, algorithm: str = ED25519, key_id: str | None = None) -> Signer:
    """The signing key of the current secret, or of an earlier one; `ConfigurationError` where SM2 is not to be had."""
    seed = keyring.signing_seed(algorithm, key_id)
    if algorithm == SM2:
        return sm2_signer(1 + int.from_bytes(hashlib.sha512(seed).digest(), "big") % (_N - 2))
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(ED25519, _text(private.public_key().public_bytes_raw()), private.sign)


def own_keys(keyring: Keyring) -> Iterator[tuple[str, str]]:
    """(algorithm, public key) of every signing key that this site has had; SM2 ones where they can be computed."""
    for algorithm in KEY_BYTES if _gmssl() is not None else (ED25519,):
        for key in keyring.keys:
            yield algorithm, signer(keyring, algorithm, key.id).public


def verify(algorithm: str, public: str, message: bytes, signature: bytes) -> bool:
    """Whether a signature is that of a public key; False as well for what is no key or no known algorithm.

    `ConfigurationError` for an SM2 signature on a machine that cannot check it: that is no answer about the label.
    """
    try:
        raw = base64.b64decode(public, validate=True)
    except (ValueError, binascii.Error):
        return False
    if algorithm == SM2:
        return _sm2_verify(raw, message, signature)
    if algorithm != ED25519 or len(raw) != 32:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sm2_signer(private: int) -> Signer:
    """The SM2 key with a private number."""
    engine = _engine(f"{private:064x}", "")
    public = engine._kg(private, engine.ecc_table["g"])
    engine.public_key = public

    def sign(message: bytes) -> bytes:
        digest = bytes.fromhex(engine._sm3_z(message))
        for nonce in _nonces(private, digest):
            signature = engine.sign(digest, f"{nonce:064x}")
            if signature is not None:
                return bytes.fromhex(signature)
        raise AssertionError("unreachable: nonces do not end")

    return Signer(SM2, _text(bytes.fromhex(public)), sign)


def _nonces(private: int, digest: bytes) -> Iterator[int]:
    counter = 0
    while True:
        data = digest + counter.to_bytes(4, "big")
        yield 1 + int.from_bytes(hmac.digest(private.to_bytes(32, "big"), data, "sha512"), "big") % (_N - 1)
        counter += 1


def _sm2_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64 or not _on_curve(public):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (1 <= r < _N and 1 <= s < _N) or (r + s) % _N == 0:
        return False
    engine = _engine("", public.hex())
    return bool(engine.verify(signature.hex(), bytes.fromhex(engine._sm3_z(message))))


def _on_curve(public: bytes) -> bool:
    if len(public) != 64:
        return False
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0


def _engine(private: str, public: str) -> Any:
    module = _gmssl()
    if module is None:
        raise ConfigurationError(
            "本机没有 SM2 算法库 gmssl", "安装 markpipe[sm2]，或把 [labels] algorithm 改为 Ed25519"
        )
    engine = module.CryptSM2(private_key=private, public_key="")
    engine.public_key = public  # the constructor would strip digits that a key may begin with
    return engine


def _gmssl() -> Any:
    try:
        from gmssl import sm2
    except ImportError:
        return None
    return sm2


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
