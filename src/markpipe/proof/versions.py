"""Which programs check, and in which version: for the manifest of what was released."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from enum import Enum
from functools import cache
from importlib import metadata

_NUMBER = re.compile(r"\d+(?:\.\d+)+")


class Tool(Enum):
    """A program that takes part in checks; the value is the command that tells its version (none: a library)."""

    PYPDF = ()
    POPPLER = ("pdftotext", "-v")
    TESSERACT = ("tesseract", "--version")


def versions(tools: Iterable[Tool]) -> tuple[str, ...]:
    """`poppler 24.02.0` for each tool that is there; one that is not there checks nothing and is left out."""
    return tuple(f"{tool.name.lower()} {number}" for tool in tools if (number := _version(tool)))


@cache
def _version(tool: Tool) -> str:
    if not tool.value:
        return metadata.version(tool.name.lower())
    command = shutil.which(tool.value[0])
    if command is None:
        return ""
    done = subprocess.run([command, *tool.value[1:]], capture_output=True, check=False, timeout=60)
    found = _NUMBER.search((done.stdout + done.stderr).decode("utf-8", "replace"))
    return found[0] if found else ""
