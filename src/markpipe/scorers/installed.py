"""Whether spaCy, an optional extra, is there; asked without importing it."""

from __future__ import annotations

from importlib.util import find_spec

from markpipe.errors import ConfigurationError

HOW = "请安装可选组件：pip install 'markpipe[scorers]'"


def require(what: str) -> None:
    """Raise `ConfigurationError` where something that needs spaCy is asked for and it is not installed."""
    if find_spec("spacy") is None:
        raise ConfigurationError(f"{what} 需要 spaCy，本机没有安装", HOW)
