"""The PWG's own suites against the printer that our queue prints on: what fails without us, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from printroom import QUEUE, PrintRoom
from printshop import PrintShop, until

SUITES = Path("/usr/share/cups/ipptool")
LEAST_PASSED = 24
ONE_JOB_AT_A_TIME = {
    "RFC 8011 section 4.2.4: Create-Job Operation",
    "Send-Document missing last-document: Create-Job Operation",
    "Send-URI with bad URI: Create-Job Operation",
}
"""ippeveprinter takes no second job while one prints: these race with the test before."""
NOT_THERE = {
    "PWG 5100.12 section 6.3 - Required Printer Description Attributes",
    "PWG 5100.12 section 6.4 - Required Printer Description Attributes",
    "PWG 5100.14 section 5.1/5.2 - Required Operations and Attributes",
}
"""Attributes that ippeveprinter 2.4 does not have."""


@pytest.mark.parametrize("suite", ["ipp-1.1", "ipp-2.0", "ipp-2.1", "ipp-2.2", "ipp-everywhere"])
def test_the_printer_still_conforms_as_it_did(shop: PrintShop, room: PrintRoom, suite: str) -> None:
    if not (SUITES / f"{suite}.test").exists():
        pytest.skip("没有 PWG 的测试文件（cups-ipp-utils）")
    if suite == "ipp-1.1":  # it has just printed for us
        shop.call("lp", "-d", QUEUE, room.plain("plain.pdf"))
        until(lambda: bool(shop.sheets()), "打印件")
        room.idle()
    words = ("-tI", "-T", "20", "-f", room.plain("plain.pdf"), shop.device, SUITES / f"{suite}.test")
    lines = shop.call("ipptool", *words).stdout.splitlines()
    results = [found for line in lines if (found := re.match(r"\s+(.*?)\s+\[(PASS|FAIL|SKIP)\]$", line))]
    failed = {found[1] for found in results if found[2] == "FAIL"}
    assert failed <= ONE_JOB_AT_A_TIME | NOT_THERE
    assert sum(found[2] == "PASS" for found in results) >= LEAST_PASSED
