"""Starting an office program without a network: run as `python -c … PROGRAM ARGUMENTS…`, it becomes the program.

Unlike a reading process (`confine`) an office program talks to itself over local sockets, so those stay; every other kind
of socket is refused to it and to its children, or it gets an empty network namespace.
"""

from __future__ import annotations

import errno
import os
import socket
import sys

from markpipe.pipeline.confine import by_namespace


def become(words: list[str]) -> None:
    """Give up the network and turn into a program; ends with status 97 where the network cannot be taken away."""
    if not (_by_seccomp() or by_namespace()):
        os._exit(97)
    os.execv(words[0], words)  # noqa: S606 - no shell is wanted


def _by_seccomp() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        import pyseccomp

        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        rules.add_rule(pyseccomp.ERRNO(errno.EACCES), "socket", pyseccomp.Arg(0, pyseccomp.NE, socket.AF_UNIX))
        rules.load()
    except (ImportError, OSError, ValueError, RuntimeError):
        return False
    return True
