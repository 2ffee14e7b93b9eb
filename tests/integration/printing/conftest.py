"""A print shop for a whole test run, one office in it for each module, and a counter that needs neither."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from counter import Bench
from office import make_office
from printroom import PEOPLE, PrintRoom, open_room
from printshop import PrintShop, missing, open_shop

from markpipe.pipeline.sandbox import Worker


@pytest.fixture(scope="session")
def shop() -> Iterator[PrintShop]:
    """A cupsd and a printer of this test process."""
    if why := missing():
        pytest.skip(why)
    with tempfile.TemporaryDirectory(prefix="markpipe-shop-") as folder, open_shop(Path(folder)) as opened:
        yield opened


@pytest.fixture(scope="module")
def room(shop: PrintShop) -> Iterator[PrintRoom]:
    """An office with a marking queue."""
    with open_room(shop) as opened:
        yield opened


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, reading_worker: Worker) -> Bench:
    """The office of a module; every test determines a draft of its own."""
    folder = make_office(tmp_path_factory.mktemp("counter") / "office", extra=PEOPLE).folder
    return Bench(folder, reading_worker)
