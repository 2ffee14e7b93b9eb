"""份号 as GB/T 9704-2012 prints it."""

from __future__ import annotations

import pytest

from markpipe.model.carrier import Copy, CopyState, serial_label


@pytest.mark.parametrize(("serial", "label"), [(1, "000001"), (117, "000117"), (999999, "999999")])
def test_serials_have_six_digits(serial: int, label: str) -> None:
    assert serial_label(serial) == label


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_that_six_digits_cannot_hold_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="六位数字"):
        serial_label(serial)


def test_a_copy_has_no_holder_and_no_file_before_it_is_made() -> None:
    copy = Copy("D2026-0001", "ab", 1, 1, CopyState.ALLOCATED)
    assert (copy.holder, copy.sha256, copy.path) == ("", "", "")
    assert CopyState.MADE.value == "在库"
