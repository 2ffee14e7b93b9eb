"""On which line of a TOML file a value stands, so that a message can name it.

`tomllib` parses but keeps no positions; this reads only headers and keys, and answers with the nearest line that it
knows.  It does not validate: a text that `tomllib` refuses never comes here.
"""

from __future__ import annotations

import re

Key = str | int

_BARE = r"[A-Za-z0-9_\-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*'"
_DOTTED = rf"(?:{_BARE})(?:\s*\.\s*(?:{_BARE}))*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?")
_ASSIGNMENT = re.compile(rf"\s*({_DOTTED})\s*=\s*(.*)", re.DOTALL)
_PART = re.compile(_BARE)
_FENCE = re.compile(r'"""|\'\'\'')


class Lines:
    """The lines of one TOML text, looked up by the path of a value: `of("people", 0, "name")`."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[Key, ...], int] = {}
        self._counts: dict[tuple[Key, ...], int] = {}
        self._table: tuple[Key, ...] = ()
        fence = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if fence:  # inside a multi-line string nothing is a key
                fence = "" if line.count(fence) % 2 else fence
                continue
            self._read(line, number)
            opened = _FENCE.search(line)
            if opened and line.count(opened[0]) % 2:
                fence = opened[0]

    def of(self, *path: Key) -> int:
        """The line of a value, or of the nearest thing around it; 1 where nothing is known."""
        while path:
            if path in self._found:
                return self._found[path]
            path = path[:-1]
        return 1

    def _read(self, line: str, number: int) -> None:
        if header := _HEADER.fullmatch(line):
            self._table = self._resolve(_parts(header[2]), array=header[1] == "[[")
            for length in range(1, len(self._table) + 1):
                self._found.setdefault(self._table[:length], number)
        elif assignment := _ASSIGNMENT.fullmatch(line):
            path = self._table
            for part in _parts(assignment[1]):
                path = (*path, part)
                self._found.setdefault(path, number)

    def _resolve(self, names: tuple[str, ...], *, array: bool) -> tuple[Key, ...]:
        """The path that a header opens: `[[people]]` for the second time is ("people", 1)."""
        path: tuple[Key, ...] = ()
        for index, name in enumerate(names):
            path = (*path, name)
            last = index == len(names) - 1
            if last and array:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
