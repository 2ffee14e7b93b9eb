"""Check digits and built-in dates of the numbers that stand for a person, a card or a unit.

身份证 by GB 11643, 统一社会信用代码 by GB 32100, bank cards by Luhn (ISO/IEC 7812-1).  Takes bare numbers without
separators, letters in lower case (as folded text has them).  Does not look for numbers in a text: `personal` does.
"""

from __future__ import annotations

import datetime as dt

_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91)
)
_ID_CHECK = "10x98765432"
_UNIT_DIGITS = "0123456789abcdefghjklmnpqrtuwxy"
_UNIT_WEIGHTS = tuple(pow(3, index, 31) for index in range(17))
_EARLIEST, _LATEST = 1900, 2100


def is_identity_number(number: str) -> bool:
    """Whether 18 or 15 characters can be a 公民身份号码 (or the number of a foreigner's permanent residence card).

    Place of issue and day of birth must exist; of 18, the check character must agree (15 have none).
    """
    return has_identity_form(number) and (len(number) == 15 or number[17] == _ID_CHECK[_weighted(number) % 11])


def has_identity_form(number: str) -> bool:
    """The same without the check character: what is left of a number that somebody mistyped or altered."""
    if len(number) == 15 and number.isdecimal():
        return int(number[:2]) in _PROVINCES and _is_day(f"19{number[6:12]}")
    if len(number) != 18 or not number[:17].isdecimal() or number[17] not in "0123456789x":
        return False
    place = int(number[:2])
    return (place in _PROVINCES or place // 10 == 9) and _is_day(number[6:14]) and number[14:17] != "000"


def _weighted(number: str) -> int:
    return sum(int(digit) * pow(2, 17 - index, 11) for index, digit in enumerate(number[:17]))


def _is_day(digits: str) -> bool:
    year = int(digits[:4])
    try:
        dt.date(year, int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return _EARLIEST <= year <= _LATEST


def is_luhn(number: str) -> bool:
    """Whether a string of digits passes Luhn's check and is not one digit over and over."""
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(number)) > 1


def is_unit_code(code: str) -> bool:
    """Whether 18 characters are a 统一社会信用代码 with the right check character."""
    if len(code) != 18 or any(character not in _UNIT_DIGITS for character in code):
        return False
    total = sum(_UNIT_DIGITS.index(character) * weight for character, weight in zip(code, _UNIT_WEIGHTS, strict=False))
    return _UNIT_DIGITS[(31 - total % 31) % 31] == code[17] and not code.isalpha()
