"""Operations for a reading process under test: the first word of the bytes says how to misbehave."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from markpipe.model.limits import Limits
from markpipe.pipeline import codec, worker


def read(data: bytes, argument: Any, limits: Limits) -> bytes:
    """Read like the real one, unless the bytes say otherwise."""
    match data.split(b"\n", 1)[0]:
        case b"HANG":
            time.sleep(600)
        case b"SPIN":
            while True:
                pass
        case b"SEGFAULT":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"MEMORY":
            hoard = [bytes(1 << 26) for _ in range(4096)]
            raise AssertionError(len(hoard))
        case b"RAISE":
            raise KeyError("机密内容")
        case b"EXIT":
            os._exit(3)
        case b"LIE":
            return b"\x00" * 40
        case b"LIE-DIGEST":
            return codec.pack({"is": "document", "digest": "0" * 64})
    return worker.read(data, argument, limits)


def network(data: bytes, argument: Any, limits: Limits) -> bytes:
    """Try what a parser could try; answer what came of it."""
    return codec.pack({"is": "tried", **{str(family): _try(family) for family in _FAMILIES}, "connect": _connect()})


_FAMILIES = (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET)


def _try(family: int) -> str:
    try:
        socket.socket(family, socket.SOCK_DGRAM).close()
    except OSError as error:
        return type(error).__name__
    return "open"


def _connect() -> str:
    try:
        with socket.socket(socket.AF_UNIX) as local:
            local.connect(data := "/run/nonexistent.socket")
    except PermissionError:
        return "PermissionError"
    except OSError as error:
        return type(error).__name__
    return data


def modules(data: bytes, argument: Any, limits: Limits) -> bytes:
    """Which modules are loaded, and what the process may do."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return codec.pack(
        {
            "is": "modules",
            "modules": sorted(sys.modules),
            "status": status,
            "environment": sorted(os.environ),
            "umask": 0,
        }
    )


OPERATIONS = {"read": read, "network": network, "modules": modules}
