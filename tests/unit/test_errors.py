"""Exit codes are a contract; errors say what is wrong and what to do, and survive the border between processes."""

from __future__ import annotations

import pickle

import pytest

from markpipe.errors import (
    ConfigurationError,
    ExitCode,
    IncompleteError,
    MarkpipeError,
    OutputError,
    RefusedError,
    RegisterError,
    UsageError,
    worst,
)

CODES = {
    "OK": 0,
    "FINDINGS": 1,
    "USAGE": 2,
    "CONFIGURATION": 3,
    "INCOMPLETE": 4,
    "REFUSED": 5,
    "REGISTER": 6,
    "OUTPUT": 7,
    "INTERNAL": 70,
    "INTERRUPTED": 130,
}


def test_the_exit_codes_are_the_contract() -> None:
    assert {code.name: code.value for code in ExitCode} == CODES
    assert all(code.label for code in ExitCode)
    assert len({code.label for code in ExitCode}) == len(ExitCode)


def test_the_gravest_code_wins() -> None:
    order = [130, 70, 3, 6, 7, 4, 5, 1, 0]
    codes = [ExitCode(number) for number in order]
    for index, code in enumerate(codes):
        assert worst(*reversed(codes[index:])) is code
    assert worst() is ExitCode.OK


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (MarkpipeError, 70),
        (UsageError, 2),
        (ConfigurationError, 3),
        (IncompleteError, 4),
        (RefusedError, 5),
        (RegisterError, 6),
        (OutputError, 7),
    ],
)
def test_each_error_has_its_code_and_says_what_to_do(kind: type[MarkpipeError], code: int) -> None:
    error = kind("文件打不开", "请核对路径")
    assert error.exit_code == code
    assert str(error) == "文件打不开。请核对路径"
    assert str(kind("文件打不开")) == "文件打不开"
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  what the reading worker sends
    assert (type(again), again.message, again.remedy) == (kind, error.message, error.remedy)


def test_a_refusal_keeps_its_rules() -> None:
    again = pickle.loads(pickle.dumps(RefusedError("不行", "改", ("LVL-2", "REC-1"))))  # noqa: S301
    assert again.rules == ("LVL-2", "REC-1")
