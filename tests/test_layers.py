"""The rows of the architecture: a module imports only from strictly lower rows, and packages of one row are strangers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
ROWS = {
    1: "model errors",
    2: "text",
    3: "detect reuse classify marking redaction ledger",
    4: "formats ocr imaging scorers keys proof store report forms config",
    5: "pipeline",
    6: "printing",
    7: "api cli",
}
ROW_OF = {package: row for row, packages in ROWS.items() for package in packages.split()}
FRIENDS = {  # who may know whom within a row
    ("store", "keys"): "events are sealed with the site's keys",
    ("formats.*", "formats"): "what formats share knows none of them",
    ("formats.reader", "formats.*"): "chooses the format by content",
    ("cli", "api"): "commands call the documented API",
}
FORMATS = ["pdf", "docx", "plain", "xlsx", "pptx", "ofd", "html", "mail", "image", "legacy", "reader"]
PURE = ("pathlib", "random", "secrets", "os", "shutil", "subprocess", "logging", "time", "tempfile", "io", "socket")
CLOCKS = {"today", "now", "utcnow", "time"}
MODULES = sorted(path.relative_to(SRC) for path in (SRC / "markpipe").rglob("*.py"))


def package_of(dotted: str) -> str:
    """`markpipe.formats.pdf.mark` → formats.pdf: each format is a package of its own; the root is the empty name."""
    first, *rest = [*dotted.split(".")[1:], ""]
    return f"{first}.{rest[0]}" if first == "formats" and rest[0] in FORMATS else first


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_follow_the_rows(path: Path) -> None:
    here = package_of(".".join(path.with_suffix("").parts))
    row = ROW_OF.get(here.split(".")[0], 0)
    tree = ast.parse((SRC / path).read_text(encoding="utf-8"))
    for name in imports_of(tree):
        if name.split(".")[0] == "markpipe":
            there = package_of(name)
            lower = ROW_OF.get(there.split(".")[0], 0) < row
            friends = any(fnmatch(here, a) and fnmatch(there, b) for a, b in FRIENDS)
            assert lower or friends or there == here or not row, f"{here} → {name}"
        if row == 3:
            assert name.split(".")[0] not in PURE, f"{here} is pure and imports {name}"
        if here == "proof":
            assert name.split(".")[0] not in ("pymupdf", "fitz", "pikepdf"), f"proof → {name}"
    if row == 3:
        clocks = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in CLOCKS]
        assert not clocks, f"{here} asks for the time: {clocks}"
