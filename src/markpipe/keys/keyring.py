"""钥匙文件: the secret keys that authenticate the register and hide the fingerprints.

One file, 0600, holds several keys with ids and dates; one is current.  Each purpose gets a subkey of its own (HKDF,
RFC 5869), so that no use can be turned against another::

    file ── key k1-5f0c… ──┬─ HKDF "register"  ──▶ MAC of events       (the current key; old ones still verify)
         │                 └─ HKDF "reuse" …   ──▶ fingerprints        (always the first key)
         └─ key k2-91ab… ───── HKDF "register" ──▶ MAC of events after a rotation

A rotation changes the MAC of what is written from then on.  Fingerprints and finding identities stay on the first
key: they are compared with what was stored years before.  This module does not decide when to rotate, and does not
protect the file beyond its permissions: whoever can read it can forge a register.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from markpipe.errors import RegisterError

SCHEMA = 1
SECRET_BYTES = 32
REGISTER_PURPOSE = "register"
SIGNING_PURPOSE = "label signing"
_INFO = "markpipe/1/"
_LONGEST = 1 << 20
_ALGORITHMS: Mapping[str, type[hashes.SM3] | type[hashes.SHA256]] = {"SM3": hashes.SM3, "SHA-256": hashes.SHA256}


def preferred_algorithm() -> str:
    """SM3 (GB/T 32905) where this build of OpenSSL has it, else SHA-256; rows name what they were made with."""
    try:
        hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm:
        return "SHA-256"
    return "SM3"


def digest(algorithm: str, data: bytes) -> bytes:
    """Hash bytes by the name a row gives; `RegisterError` where the name is unknown or the machine lacks it."""
    try:
        running = hashes.Hash(_ALGORITHMS[algorithm]())
    except (KeyError, UnsupportedAlgorithm):
        raise _unsupported(algorithm) from None
    running.update(data)
    return running.finalize()


def _unsupported(algorithm: str) -> RegisterError:
    return RegisterError(f"本机不支持台账所用的杂凑算法“{algorithm}”", "请升级程序或 OpenSSL 后再试")


@dataclass(frozen=True, slots=True)
class Key:
    """One secret; its id comes from the secret itself, so that two files cannot call different keys alike."""

    id: str
    created: str
    secret: bytes = field(repr=False)


def _key_id(ordinal: int, secret: bytes) -> str:
    return f"k{ordinal}-{hashlib.sha256(b'markpipe key id' + secret).hexdigest()[:8]}"


def _new_key(ordinal: int, at: dt.datetime | None) -> Key:
    secret = os.urandom(SECRET_BYTES)
    moment = (at or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return Key(_key_id(ordinal, secret), f"{moment:%Y-%m-%dT%H:%M:%SZ}", secret)


class Keyring:
    """The keys of a site, read once.  Instances never print their secrets."""

    def __init__(self, path: Path, keys: tuple[Key, ...], current_id: str) -> None:
        self.path = path
        self.keys = keys
        self.current_id = current_id
        self.algorithm = preferred_algorithm()
        self._by_id = {key.id: key for key in keys}
        self._subkeys: dict[tuple[str, str], bytes] = {}

    def __repr__(self) -> str:
        return f"Keyring({str(self.path)!r}, {len(self.keys)} keys, current {self.current_id})"

    @classmethod
    def create(cls, path: Path, at: dt.datetime | None = None) -> Keyring:
        """Make a key file with one key, mode 0600; `RegisterError` when there is one already."""
        if path.exists() or path.is_symlink():
            raise RegisterError(f"密钥文件 {path} 已经存在", "不会覆盖密钥；确需更换请先备份并阅读 docs/register.md")
        key = _new_key(1, at)
        keyring = cls(path, (key,), key.id)
        _write(path, keyring, replace=False)
        return keyring

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read a key file; `RegisterError` when it is missing, open to others, or damaged."""
        data = _read_private(path)
        try:
            raw = json.loads(data)
            if raw["schema"] != SCHEMA:
                raise RegisterError(f"密钥文件 {path} 的版本 {raw['schema']!r} 本程序不认识", "请升级 markpipe")
            keys = tuple(
                Key(str(item["id"]), str(item["created"]), base64.b64decode(item["secret"], validate=True))
                for item in raw["keys"]
            )
            current = str(raw["current"])
        except (ValueError, KeyError, TypeError, binascii.Error):
            raise _damaged(path, "内容不完整或格式不对") from None
        for ordinal, key in enumerate(keys, start=1):
            if len(key.secret) != SECRET_BYTES or key.id != _key_id(ordinal, key.secret):
                raise _damaged(path, f"第{ordinal}个密钥与其编号不符")
        if current not in {key.id for key in keys}:
            raise _damaged(path, "没有注明当前使用的密钥")
        return cls(path, keys, current)

    def rotated(self, at: dt.datetime | None = None) -> Keyring:
        """Add a key and make it current; the old ones stay in the file, for what they authenticated."""
        key = _new_key(len(self.keys) + 1, at)
        keyring = Keyring(self.path, (*self.keys, key), key.id)
        _write(self.path, keyring, replace=True)
        return keyring

    def mac(self, data: bytes) -> bytes:
        """Authenticate with the current key (HMAC over `self.algorithm`)."""
        return self._hmac(self.current_id, data, self.algorithm)

    def verify(self, key_id: str, data: bytes, mac: bytes, algorithm: str | None = None) -> bool:
        """Whether a MAC is that of the named key; False as well for a key or an algorithm that is not known here."""
        algorithm = algorithm or self.algorithm
        if key_id not in self._by_id or algorithm not in _ALGORITHMS:
            return False
        return hmac.compare_digest(self._hmac(key_id, data, algorithm), mac)

    def subkey(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same after every rotation."""
        return self._derive(self.keys[0].id, purpose)

    def signing_seed(self, algorithm: str, key_id: str | None = None) -> bytes:
        """32 bytes that a signing key is made from: of the current key, or of an earlier one by its id."""
        return self._derive(key_id or self.current_id, f"{SIGNING_PURPOSE} {algorithm}")

    def _derive(self, key_id: str, purpose: str) -> bytes:
        known = self._subkeys.get((key_id, purpose))
        if known is None:
            expand = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=(_INFO + purpose).encode())
            known = self._subkeys[key_id, purpose] = expand.derive(self._by_id[key_id].secret)
        return known

    def _hmac(self, key_id: str, data: bytes, algorithm: str) -> bytes:
        try:
            running = HMAC(self._derive(key_id, REGISTER_PURPOSE), _ALGORITHMS[algorithm]())
        except UnsupportedAlgorithm:
            raise _unsupported(algorithm) from None
        running.update(data)
        return running.finalize()


def _damaged(path: Path, what: str) -> RegisterError:
    return RegisterError(f"密钥文件 {path} 已损坏：{what}", "请用备份恢复；没有备份时台账仍可读，但不能再证明未被改动")


def _read_private(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise RegisterError(f"找不到密钥文件 {path}", "新建站点请运行 markpipe init；已有站点请用备份恢复") from None
    except OSError as error:
        raise RegisterError(
            f"密钥文件 {path} 打不开（{error.strerror}）", "检查路径、权限，链接不作为密钥文件"
        ) from None
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise RegisterError(f"密钥文件 {path} 不是普通文件", "请检查配置里的密钥路径")
        if stat.S_IMODE(facts.st_mode) & 0o077:
            raise RegisterError(f"密钥文件 {path} 其他用户也能读写", f"请运行 chmod 600 {path}，并考虑密钥是否已经外泄")
        return os.read(handle, _LONGEST)
    finally:
        os.close(handle)


def _write(path: Path, keyring: Keyring, *, replace: bool) -> None:
    """Write beside, flush, then put in place, so that a half-written key file never stands under the name."""
    body = {
        "schema": SCHEMA,
        "current": keyring.current_id,
        "keys": [
            {"id": key.id, "created": key.created, "secret": base64.b64encode(key.secret).decode()}
            for key in keyring.keys
        ],
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RegisterError(f"密钥文件夹 {path.parent} 建不起来（{error.strerror}）", "检查路径和权限") from None
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(json.dumps(body, indent=1).encode())
                stream.flush()
                os.fsync(stream.fileno())
            if replace:
                temporary.replace(path)
            else:
                os.link(temporary, path)  # fails where somebody else was first, unlike a rename
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileExistsError:
        raise RegisterError(f"密钥文件 {path} 已经存在", "不会覆盖密钥；可能另有程序正在建立，请核对后再试") from None
    except OSError as error:
        raise RegisterError(f"密钥文件 {path} 写不进去（{error.strerror}）", "检查目录权限和磁盘空间") from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
