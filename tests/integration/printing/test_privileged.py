"""cupsd as a system starts it: as root, with the policies that CUPS comes with, and the backend 0700."""

from __future__ import annotations

import os
import pwd
import tempfile
from collections.abc import Iterator
from pathlib import Path

import printshop
import pytest
from printroom import QUEUE, PrintRoom, open_room, serial_of
from printshop import CUPS_DEFAULTS, PrintShop, missing, until

TITLE = "关于隐蔽基准桩的通知"
OWNER = pwd.getpwnam("daemon")


@pytest.fixture(scope="module")
def shop() -> Iterator[PrintShop]:
    if os.geteuid() != 0:
        pytest.skip("需要 root 才能按系统的方式启动 cupsd")
    if why := missing() or ("" if CUPS_DEFAULTS.exists() else "没有 CUPS 的默认配置"):
        pytest.skip(why)
    with tempfile.TemporaryDirectory(prefix="markpipe-shop-") as folder:
        shop = PrintShop(Path(folder), privileged=True)
        try:
            yield shop.open()
        finally:
            shop.close()


@pytest.fixture(scope="module")
def room(shop: PrintShop) -> Iterator[PrintRoom]:
    """An office of an account of its own, neither root nor the one that cupsd's filters run as."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printshop, "owner", lambda: (OWNER.pw_uid, OWNER.pw_gid))
        with open_room(shop) as opened:
            backend = shop.root / "bin" / "backend" / "markpipe"
            # root's Python may lie in a home folder, where nobody else may look: see `printshop.as_user`
            look = "setpriv --inh-caps=+dac_read_search --ambient-caps=+dac_read_search --reuid"
            text = backend.read_text()
            assert text.count("setpriv --reuid") == 1
            backend.write_text(text.replace("setpriv --reuid", look))
            yield opened


def test_root_gives_the_backend_the_job_and_does_nothing_else(shop: PrintShop, room: PrintRoom) -> None:
    backend = shop.root / "bin" / "backend" / "markpipe"
    assert (backend.stat().st_uid, backend.stat().st_mode & 0o777) == (0, 0o700)
    draft = room.determine("owned.pdf", pages=3, approve=2)
    assert shop.call("lp", "-d", QUEUE, "-n", 2, "-t", TITLE, draft).returncode == 0
    until(lambda: len(shop.sheets()) == 2 and not shop.jobs(), "两份打印件")
    assert [serial_of(sheet) for sheet in shop.sheets()] == ["000001", "000002"]
    (order,) = room.orders("owned.pdf")
    assert order["summary"] == {"已打印": 2}
    assert {path.stat().st_uid for path in room.folder.rglob("*")} == {OWNER.pw_uid}
    kept = [path for path in (shop.root / "spool").rglob("*") if path.is_file()]
    assert kept == []
    for path in (path for path in shop.root.rglob("*") if path.is_file()):
        assert TITLE.encode() not in path.read_bytes(), path
    assert room.call("register", "verify").returncode == 0


def test_a_held_job_has_no_title_and_says_why(shop: PrintShop, room: PrintRoom) -> None:
    draft = room.draft("unapproved.pdf")
    room.call("determination", "propose", draft, "--handler", "张三")
    assert shop.call("lp", "-d", QUEUE, "-t", TITLE, draft).returncode == 0
    until(lambda: any(job["job-state"] == "pending-held" for job in shop.jobs()), "扣住的任务")
    (job,) = shop.jobs()
    assert job["job-name"] == f"markpipe-{job['job-id']}"
    assert "没有批准" in job["job-printer-state-message"]
    (control,) = (shop.root / "spool").glob("c*")
    assert TITLE.encode() not in control.read_bytes()
    assert control.stat().st_uid == 0
    assert {path.stat().st_uid for path in room.folder.rglob("*")} == {OWNER.pw_uid}
