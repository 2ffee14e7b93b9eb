"""What a worker gives up before it looks at a file: memory, core files, new privileges, the network.

The network goes by a seccomp filter (no socket of any family but AF_UNIX, and no connection even there), which
children of the worker inherit; where the system has no libseccomp, by an empty network namespace.  Where it has
neither, `confine` says so and `doctor` and the report show it.  Files are not walled off: the worker runs as the
person who started the program.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import socket
import sys
from enum import StrEnum

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIGKILL = 9
_DENIED = (
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "sendto",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "ptrace",
    "bpf",
    "process_vm_readv",
    "process_vm_writev",
    "kexec_load",
    "init_module",
    "finit_module",
    "mount",
    "umount2",
    "pivot_root",
    "add_key",
    "request_key",
    "keyctl",
    "userfaultfd",
    "perf_event_open",
    "open_by_handle_at",
)


class Isolation(StrEnum):
    """How the network was taken away."""

    SECCOMP = "seccomp"
    NAMESPACE = "namespace"
    NONE = "none"

    @property
    def label(self) -> str:
        """What `doctor` and the report say."""
        return _LABELS[self]


_LABELS = {
    Isolation.SECCOMP: "读取进程不能使用网络（seccomp 过滤系统调用）",
    Isolation.NAMESPACE: "读取进程不能使用网络（空的网络命名空间）",
    Isolation.NONE: "本系统不能隔离读取进程的网络，请在断网的机器上使用",
}


def confine(memory_mib: int) -> Isolation:
    """Give up what reading does not need; called once, before the first file and before any thread."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = memory_mib << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
    return drop_network()


def drop_network() -> Isolation:
    """Take the network away for good, by the best means that this system gives, and try whether it is gone."""
    if _by_seccomp() and _refused():
        return Isolation.SECCOMP
    if by_namespace():
        return Isolation.NAMESPACE
    return Isolation.NONE


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def allow_cpu(seconds: int) -> None:
    """Let this process use `seconds` more of processor time; beyond that the kernel ends it (SIGXCPU)."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, resource.RLIM_INFINITY))


def _by_seccomp() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError):
        return False
    refuse = pyseccomp.ERRNO(errno.EACCES)
    try:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.NE, socket.AF_UNIX))
        for name in _DENIED:
            _deny(rules, refuse, name)
        rules.load()
    except (OSError, ValueError, RuntimeError):
        return False
    return True


def _deny(rules: object, refuse: int, name: str) -> None:
    """Deny one call; a call that this processor's kernel does not have needs no denying."""
    with contextlib.suppress(OSError, ValueError):
        rules.add_rule(refuse, name)  # type: ignore[attr-defined]


def _refused() -> bool:
    """Whether a socket to the outside can no longer be made."""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except OSError:
        return True
    return False


def by_namespace() -> bool:
    """Move this process into an empty network namespace; whether the system let it."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    if not hasattr(libc, "unshare") or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    try:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123
                file.write(text)
    except OSError:
        # The namespace stands without the maps; only file ownership looks different.
        return True
    return True
