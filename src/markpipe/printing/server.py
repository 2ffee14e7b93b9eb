"""The settings of cupsd that printing secrets needs: checked where they can be read, written where that is asked for.

Without `DirtyCleanInterval 0` and `SyncOnClose Yes` a job is lost when cupsd is killed; with history, kept files or a
page log the server keeps documents or their titles.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markpipe.errors import OutputError

_DAEMON, _FILES = "cupsd.conf", "cups-files.conf"
_OFF = ("no", "off", "false", "0")
_ON = ("yes", "on", "true", "1")
_LOUD = ("debug", "debug2", "info")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A directive, the value to write, whether a value (None: not there) will do, and why."""

    file: str
    name: str
    value: str
    fits: Callable[[str | None], bool]
    why: str


WANTED = (
    Wanted(_DAEMON, "DirtyCleanInterval", "0", lambda v: v == "0", "任务立即落盘，断电和异常退出后不丢失、不重号"),
    Wanted(_FILES, "SyncOnClose", "Yes", lambda v: v is not None and v.lower() in _ON, "任务文件真正写到磁盘"),
    Wanted(_DAEMON, "PreserveJobFiles", "No", lambda v: v is not None and v.lower() in _OFF, "打印后不留下文件"),
    Wanted(_DAEMON, "PreserveJobHistory", "No", lambda v: v is not None and v.lower() in _OFF, "打印后不留下任务名称"),
    Wanted(_DAEMON, "PageLogFormat", "", lambda v: v == "", "不写含有任务名称的页日志"),
    Wanted(_DAEMON, "LogLevel", "warn", lambda v: v is None or v.lower() not in _LOUD, "日志里不出现任务名称"),
)


@dataclass(frozen=True, slots=True)
class Lack:
    """A directive that does not fit; `found` is its value, None where the file could not be read."""

    wanted: Wanted
    found: str | None


def root() -> Path:
    """Where cupsd has its configuration ($CUPS_SERVERROOT)."""
    return Path(os.environ.get("CUPS_SERVERROOT", "/etc/cups"))


def binaries() -> Path:
    """Where cupsd has its filters and backends ($CUPS_SERVERBIN)."""
    return Path(os.environ.get("CUPS_SERVERBIN", "/usr/lib/cups"))


def lacking(folder: Path | None = None) -> tuple[Lack, ...]:
    """What of the configuration does not fit."""
    folder = folder or root()
    found = []
    for wanted in WANTED:
        try:
            value = _value((folder / wanted.file).read_text(encoding="utf-8", errors="replace"), wanted.name)
        except OSError:
            found.append(Lack(wanted, None))
            continue
        if not wanted.fits(value):
            found.append(Lack(wanted, value or "（默认值）"))
    return tuple(found)


def put_right(lacks: tuple[Lack, ...], folder: Path | None = None) -> None:
    """Write what does not fit; cupsd has to be started anew.  `OutputError` where a file cannot be written."""
    folder = folder or root()
    for name in {lack.wanted.file for lack in lacks}:
        path = folder / name
        try:
            text = path.read_text(encoding="utf-8")
            for lack in lacks:
                if lack.wanted.file == name:
                    text = _with(text, lack.wanted.name, lack.wanted.value)
            path.write_text(text, encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise OutputError(f"{path} 改不了（{error}）", "请以管理员身份运行，或按提示手工修改") from None


def _line(name: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*{name}(?:[ \t]+(.*?))?[ \t]*$", re.MULTILINE | re.IGNORECASE)


def _value(text: str, name: str) -> str | None:
    """The last value of a directive, empty where it has none; None where it is not there."""
    found = _line(name).findall(text)
    return str(found[-1]) if found else None


def _with(text: str, name: str, value: str) -> str:
    line = f"{name} {value}".rstrip()
    return f"{line}\n{_line(name).sub('', text)}"
