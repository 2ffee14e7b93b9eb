"""Puts `tests/resources` on the import path (packages of fixture builders) and shares one reading process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

RESOURCES = Path(__file__).parents[1] / "resources"
if str(RESOURCES) not in sys.path:
    sys.path.insert(0, str(RESOURCES))

from postgres import Server, server, why_not  # noqa: E402 - the path comes first

from markpipe.model.limits import Limits  # noqa: E402
from markpipe.pipeline.sandbox import Worker  # noqa: E402


@pytest.fixture(scope="session")
def reading_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One reading process for a whole test run, as in a batch."""
    with Worker(Limits(), tmp_path_factory.mktemp("work")) as worker:
        yield worker


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for a whole test run; tests that need it are skipped, with the reason, where none can run."""
    if reason := why_not():
        pytest.skip(reason)
    with server("fsync=off") as running:
        yield running
