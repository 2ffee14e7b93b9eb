"""Loading dictionaries: those that come with the program, and a unit's own from outside it.

A unit's list may itself be secret: messages name the file, the line and the item's id, never a word of a list, and
nothing is cached on disk.  What a catalogue means is `detect.dictionary`'s.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from markpipe.config.lines import Lines
from markpipe.config.resources import dictionaries_dir
from markpipe.detect.catalogue import Catalogue
from markpipe.detect.dictionary import DictionaryError, parse_catalogue, parse_words
from markpipe.errors import ConfigurationError

SUFFIXES = (".toml", ".csv", ".xlsx")
Words = Mapping[str, tuple[str, ...]]


class _Places(Protocol):
    """Where in a file a value of its data stands: a line or a row."""

    def of(self, *path: str | int) -> int: ...


def load_catalogues(paths: Sequence[Path] = (), *, only: bool = False) -> tuple[Catalogue, ...]:
    """The built-in catalogues and those of the given files and folders; `ConfigurationError` names file and line.

    `only`: the given ones alone, with the built-in word lists, which they may refer to.
    """
    words: dict[str, tuple[str, ...]] = {}
    catalogues: list[Catalogue] = []
    sources: dict[str, Path] = {}
    built_in = list(_files(dictionaries_dir()))
    wanted = dict.fromkeys(file for path in paths for file in _files(path))
    texts = {file: _parsed(file) for file in (*built_in, *wanted)}
    for file, (data, lines) in texts.items():
        if "catalogue" not in data:
            words.update(_shared(file, data, lines))
    for file, (data, lines) in texts.items():
        if "catalogue" not in data or (only and file not in wanted):
            continue
        catalogue = _catalogue(file, data, lines, words)
        if catalogue.id in sources:
            raise ConfigurationError(
                f"{file} 第{lines.of('catalogue', 'id')}行：词典编号 {catalogue.id} 与 {sources[catalogue.id]} 重复",
                "请改用另一个编号",
            )
        _installed(file, lines, catalogue)
        sources[catalogue.id] = file
        catalogues.append(catalogue)
    return tuple(catalogues)


def ruleset_digest(catalogues: Sequence[Catalogue]) -> str:
    """SHA-256 of all that the catalogues say, the same in every process: what findings were made with."""
    plain = json.dumps(_plain(tuple(catalogues)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _installed(file: Path, lines: _Places, catalogue: Catalogue) -> None:
    """Token rules need spaCy, an optional extra: without it they would silently match nothing."""
    for number, item in enumerate(catalogue.items):
        if any(pattern.tokens for pattern in item.patterns) and find_spec("spacy") is None:
            raise ConfigurationError(
                f"{file} 第{lines.of('item', number)}行：{item.id} 用了 token_pattern，需要 spaCy，本机没有安装",
                "请安装可选组件：pip install 'markpipe[scorers]'，或改用 terms、all、near 和句式",
            )


def _files(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return sorted(
            file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
        )
    if not path.exists():
        raise ConfigurationError(f"找不到词典 {path}", "核对 markpipe.toml 中 dictionaries 的路径")
    return [path]


def _parsed(file: Path) -> tuple[dict[str, Any], _Places]:
    if file.suffix.lower() != ".toml":
        from markpipe.config.schedules import read_schedule

        return read_schedule(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{file} 第{line}行：不是 UTF-8 编码", "请另存为 UTF-8") from None
    except OSError as error:
        raise ConfigurationError(f"词典 {file} 无法读取（{error.strerror}）", "核对路径和权限") from None
    text = text.replace("\r\n", "\n")
    try:
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")
        line_words = place.rstrip(")").removeprefix("line ").partition(",")[0]
        line = int(line_words) if line_words.isdigit() else text.count("\n") + 1
        raise ConfigurationError(
            f"{file} 第{line}行：不是有效的 TOML（{reason}）", "核对该行的引号、括号和等号"
        ) from None


def _shared(file: Path, data: Mapping[str, Any], lines: _Places) -> Words:
    try:
        return parse_words(data)
    except DictionaryError as error:
        raise _located(file, lines, error) from None


def _catalogue(file: Path, data: Mapping[str, Any], lines: _Places, words: Words) -> Catalogue:
    try:
        return parse_catalogue(data, file.name, words)
    except DictionaryError as error:
        raise _located(file, lines, error) from None


def _located(file: Path, lines: _Places, error: DictionaryError) -> ConfigurationError:
    return ConfigurationError(f"{file} 第{lines.of(*error.path)}行：{error.message}", "写法见 docs/dictionaries.md")


def _plain(value: Any) -> Any:
    """A value as JSON can hold it: fields by name, sets in order."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, frozenset):
        return sorted(str(_plain(each)) for each in value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
