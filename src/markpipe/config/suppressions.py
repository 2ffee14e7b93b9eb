"""Reading the file of findings that were put aside: `docs/dictionaries.md` is its contract with those who write one.

The file stands outside of the documents: nothing in a document can put a finding aside.
"""

from __future__ import annotations

from pathlib import Path

from markpipe.config.reader import Table, read_table
from markpipe.detect.triage import Suppression

SCHEMA = 1


def read_suppressions(path: Path) -> tuple[Suppression, ...]:
    """The entries of a file; `ConfigurationError` names file and line of what is wrong."""
    root = read_table(path)
    if root.positive("schema", 0) != SCHEMA:
        root.fail("schema", f"应写 schema = {SCHEMA}")
    entries = tuple(_entry(table) for table in root.tables("suppression"))
    root.finish()
    seen: set[str] = set()
    for table, entry in zip(root.tables("suppression"), entries, strict=True):
        if entry.fingerprint in seen:
            table.fail("fingerprint", "与前面的一条重复", "同一提示只写一条")
        seen.add(entry.fingerprint)
    return entries


def _entry(table: Table) -> Suppression:
    fingerprint, reason, approver = (table.text(key, required=True) for key in ("fingerprint", "reason", "approver"))
    expires = table.date("expires")
    if expires is None:
        table.fail("expires", "没有填写", "写明到哪一天为止，如 expires = 2027-06-30；到期后重新判断")
    table.finish()
    return Suppression(fingerprint, reason, approver, expires)
