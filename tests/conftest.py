"""Puts `tests/resources` on the import path and gives tests an office."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test has a time limit, and how busy a machine is says nothing about the program.
settings.register_profile("ours", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

RESOURCES = Path(__file__).parent / "resources"
if str(RESOURCES) not in sys.path:
    sys.path.insert(0, str(RESOURCES))

from office import Office, make_office  # noqa: E402 - the path comes first


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A demo site of a city with authority up to 机密."""
    return make_office(tmp_path / "office")


@pytest.fixture
def real_office(tmp_path: Path) -> Office:
    """A site that is no demo: this account is 张三's, 李四's account is somebody else's."""
    office = make_office(tmp_path / "office")
    site = (office.folder / "markpipe.toml").read_text(encoding="utf-8")
    site = site.replace("[demo]\nenabled = true\ntoday = 2026-05-10\n", "")
    site = site.replace('name = "张三"\nroles', f'name = "张三"\naccounts = ["{getpass.getuser()}"]\nroles', 1)
    site = site.replace('name = "李四"\nroles', 'name = "李四"\naccounts = ["somebody-else"]\nroles', 1)
    (office.folder / "markpipe.toml").write_text(site, encoding="utf-8")
    return office
