"""Registering a classified source: its record and keyed fingerprints enter the register, its text never does."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

from markpipe.errors import ConfigurationError, IncompleteError, RefusedError, RegisterError, UsageError
from markpipe.keys.keyring import Keyring
from markpipe.model.agency import Actor
from markpipe.model.classification import Mark, parse_mark
from markpipe.model.decision import SecretPoint, Source
from markpipe.model.document import TextMap, visible_text
from markpipe.model.limits import Limits
from markpipe.pipeline.assess import Registered
from markpipe.pipeline.dispatch import read_file
from markpipe.pipeline.sandbox import Worker
from markpipe.reuse.fingerprints import Fingerprints, fingerprint
from markpipe.store.register import Register
from markpipe.text.fold import fold

REUSE_KEY = "reuse"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What the office says about a source; the file says the rest."""

    path: Path
    title: str
    document_number: str
    mark: Mark
    issued_on: dt.date | None
    access_scope: str = ""
    points: tuple[Mark, ...] = ()
    derived_from: tuple[str, ...] = ()
    determination: str = ""


def register_source(
    register: Register,
    record: SourceRecord,
    worker: Worker,
    limits: Limits,
    keyring: Keyring,
    actor: Actor,
    at: dt.datetime,
) -> Source:
    """Read the file wholly and register it; `IncompleteError` when any of it cannot be read.

    The same file registered again under the same record answers the source that is there already.
    """
    document = read_file(record.path, worker, limits)
    if document.unread:
        first = document.unread[0]
        raise IncompleteError(
            f"来源文件 {record.path} 没有读全（{first.where}：{first.reason.message}），不能登记",
            first.reason.remedy,
        )
    if not visible_text(document.text_map).text.strip():
        raise IncompleteError(f"来源文件 {record.path} 没有文字，不能登记", "请核对文件")
    source = Source(
        id="",
        title=record.title or document.title or record.path.stem,
        document_number=record.document_number,
        mark=record.mark,
        issued_on=record.issued_on,
        points=tuple(SecretPoint(mark) for mark in record.points),
        access_scope=record.access_scope,
        digest=document.digest,
        derived_from=_parents(register, record),
        determination=record.determination,
    )
    content = visible_text(document.text_map)  # what every file of a format says unseen (style names) is no excerpt
    prints = fingerprint(fold(content), keyring.subkey(REUSE_KEY), _Places(content))
    return register.add_source(source, prints.to_bytes(), actor, at)


def _parents(register: Register, record: SourceRecord) -> tuple[str, ...]:
    """The sources of a source: those named, and those of the unit's own decision, whose mark it must bear."""
    known = {source.id for source in register.sources()}
    for parent in record.derived_from:
        if parent not in known:
            raise UsageError(f"来源“{parent}”没有登记", "用 markpipe source list 查看编号")
    if not record.determination:
        return record.derived_from
    matter = register.matter(record.determination)
    if matter.determination is None or matter.determination.mark != record.mark:
        raise RefusedError(
            f"{record.path} 的标志与 {record.determination} 的定密决定不一致", "请核对标志和定密编号", ("DRV-4",)
        )
    own = (derivation.source.id for derivation in matter.proposal.derivations)
    return tuple(dict.fromkeys((*record.derived_from, *own)))


@dataclass(frozen=True, slots=True)
class _Places:
    """Raw offset → the place in the source that a report names."""

    content: TextMap

    def __call__(self, offset: int) -> str:
        return self.content.part_at(min(offset, len(self.content.text) - 1)).label


def registered(register: Register, keyring: Keyring) -> Registered:
    """All sources that drafts are compared with; `RegisterError` when another key made their fingerprints."""
    key = keyring.subkey(REUSE_KEY)
    prints = tuple((source_id, Fingerprints.from_bytes(data)) for source_id, data in register.fingerprints())
    for source_id, one in prints:
        if not one.made_with(key):
            raise RegisterError(
                f"来源 {source_id} 的指纹不是用本站点现在的密钥做的，比对不出摘录",
                "请恢复原来的密钥文件，或用 source remove 注销后重新登记该来源",
            )
    return Registered({source.id: source for source in register.sources()}, prints, key)


def load_source_list(path: Path) -> tuple[SourceRecord, ...]:
    """The sources that a demonstration site starts with (`[[sources]]` in TOML, files relative to it)."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"来源清单 {path} 读不出来：{error}", "请改正后重新运行") from error
    return tuple(_record(path, index, entry) for index, entry in enumerate(data.get("sources", []), start=1))


def _record(path: Path, index: int, entry: dict[str, object]) -> SourceRecord:
    where = f"来源清单 {path} 第 {index} 项"
    try:
        issued = entry.get("issued_on")
        if issued is not None and not isinstance(issued, dt.date):
            raise ValueError("issued_on 应为日期，如 2015-03-02")
        points = entry.get("points", [])
        if not isinstance(points, list):
            raise ValueError("points 应为标志的列表")
        return SourceRecord(
            path.parent / str(entry["file"]),
            str(entry.get("title", "")),
            str(entry.get("document_number", "")),
            parse_mark(str(entry["mark"])),
            issued,
            str(entry.get("access_scope", "")),
            tuple(parse_mark(str(point)) for point in points),
        )
    except KeyError as error:
        raise ConfigurationError(f"{where}缺少 {error.args[0]}", "每项都要有 file 和 mark") from error
    except ValueError as error:
        raise ConfigurationError(f"{where}：{error}", "请改正后重新运行") from error
