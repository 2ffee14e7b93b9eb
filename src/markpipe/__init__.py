"""markpipe: marks, derives, numbers and checks documents that may hold state secrets.

The documented Python API is in `markpipe.api`; the names below are looked up there only when somebody asks.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

__all__ = ["derive", "redact", "review", "scan", "stamp"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("markpipe.api"), name)
    raise AttributeError(f"module 'markpipe' has no attribute '{name}'")
