"""Where the dictionaries and stamps that come with the program are.

An installed wheel carries them as `markpipe/data`; a checkout has them at its root.  Reads none of them.
"""

from __future__ import annotations

from pathlib import Path

from markpipe.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parents[1]


def dictionaries_dir() -> Path:
    """The folder of the built-in dictionaries."""
    return _folder("dictionaries")


def stamps_dir() -> Path:
    """The folder of the built-in stamps."""
    return _folder("stamps")


def _folder(name: str) -> Path:
    candidates = [_PACKAGE / "data" / name]
    if (_CHECKOUT / "pyproject.toml").is_file():
        candidates.append(_CHECKOUT / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise ConfigurationError(f"程序自带的 {name} 不见了", "请重新安装 markpipe")
