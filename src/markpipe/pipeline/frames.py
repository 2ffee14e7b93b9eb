"""Length-prefixed messages on the pipes between the program and its reading worker.

Both ends check the length before they take anything in.  What the bytes mean is `codec`'s matter.
"""

from __future__ import annotations

import os
import select
import struct
import time

_LENGTH = struct.Struct("!Q")
_CHUNK = 1 << 20


class PipeClosedError(Exception):
    """The other side is gone."""


class TooLongError(Exception):
    """The other side announces more than was agreed."""


class LateError(Exception):
    """Nothing (or not all) came within the time."""


def pack(payload: bytes) -> bytes:
    """A payload with its length in front."""
    return _LENGTH.pack(len(payload)) + payload


def send(descriptor: int, payload: bytes, deadline: float) -> None:
    """Write one message to a non-blocking pipe before `deadline` (of `time.monotonic`)."""
    view = memoryview(pack(payload))
    while view:
        _wait(descriptor, select.POLLOUT, deadline)
        try:
            view = view[os.write(descriptor, view[:_CHUNK]) :]
        except BlockingIOError:
            continue
        except OSError as error:
            raise PipeClosedError from error


def receive(descriptor: int, longest: int, deadline: float) -> bytes:
    """Read one message of at most `longest` bytes from a non-blocking pipe before `deadline`."""
    (length,) = _LENGTH.unpack(_exactly(descriptor, _LENGTH.size, deadline))
    if length > longest:
        raise TooLongError
    return _exactly(descriptor, length, deadline)


def _exactly(descriptor: int, count: int, deadline: float) -> bytes:
    chunks = bytearray()
    while len(chunks) < count:
        _wait(descriptor, select.POLLIN, deadline)
        try:
            chunk = os.read(descriptor, min(_CHUNK, count - len(chunks)))
        except BlockingIOError:
            continue
        if not chunk:
            raise PipeClosedError
        chunks += chunk
    return bytes(chunks)


def _wait(descriptor: int, event: int, deadline: float) -> None:
    poller = select.poll()
    poller.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poller.poll(left * 1000):
        raise LateError


def read_blocking(descriptor: int) -> bytes | None:
    """The worker's side: one message from a blocking pipe, or None when the program has closed it."""
    head = _read_all(descriptor, _LENGTH.size)
    if head is None:
        return None
    return _read_all(descriptor, _LENGTH.unpack(head)[0])


def write_blocking(descriptor: int, payload: bytes) -> None:
    """The worker's side: one message to a blocking pipe."""
    view = memoryview(pack(payload))
    while view:
        view = view[os.write(descriptor, view) :]


def _read_all(descriptor: int, count: int) -> bytes | None:
    chunks = bytearray()
    while len(chunks) < count:
        chunk = os.read(descriptor, min(_CHUNK, count - len(chunks)))
        if not chunk:
            return None
        chunks += chunk
    return bytes(chunks)
