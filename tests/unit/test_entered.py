"""What people type, in one spelling."""

from __future__ import annotations

import pytest

from markpipe.text.entered import plain_document_number, plain_name, plain_number, serial_numbers


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("李　四", "李四"),
        (" 李 四\t", "李四"),
        ("\ufeff李\u200b四", "李四"),
        ("张三（办公室）", "张三（办公室）"),
        ("John  Smith", "John Smith"),
        ("省 水 利 厅", "省水利厅"),
        ("买买提·艾力", "买买提·艾力"),
        ("", ""),
    ],
)
def test_names(typed: str, plain: str) -> None:
    assert plain_name(typed) == plain
    assert plain_name(plain) == plain


@pytest.mark.parametrize(
    "typed",
    [
        "省厅发〔2026〕3号",
        "省厅发[2026]3号",
        "省厅发（2026）３号",
        "省厅发【2026】 3号",
        "省厅发 〔 ２０２６ 〕 3号",
        "省厅发［2026］3号",
    ],
)
def test_document_numbers(typed: str) -> None:
    assert plain_document_number(typed) == "省厅发〔2026〕3号"


def test_other_brackets_of_a_document_number_stay() -> None:
    assert plain_document_number("省厅(密)发〔2026〕3号") == "省厅(密)发〔2026〕3号"


def test_numbers() -> None:
    assert plain_number(" ２０２６－０００１／１１７ ") == "2026-0001/117"


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("117", (117,)),
        ("０００１１７", (117,)),
        ("000117、000118", (117, 118)),
        ("101-103；7", (101, 102, 103, 7)),
        ("101－103", (101, 102, 103)),
        ("101至103", (101, 102, 103)),
        ("5 6", (5, 6)),
    ],
)
def test_serial_numbers(typed: str, numbers: tuple[int, ...]) -> None:
    assert serial_numbers(typed) == numbers


@pytest.mark.parametrize("typed", ["", "、", "12a", "0", "000000", "1234567", "9-7", "1-", "3、3", "1-3、2", "一"])
def test_what_is_no_serial_number(typed: str) -> None:
    with pytest.raises(ValueError, match="份号"):
        serial_numbers(typed)
