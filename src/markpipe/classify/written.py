"""Sources and 密点 as a person writes them down: `机密★20年@2015-03-02`, `1:秘密★5年`.

The one reading of this notation, for the command line and the Python API.  What follows from it is `derive`'s.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from markpipe.errors import UsageError
from markpipe.model.classification import Mark, parse_mark
from markpipe.model.decision import Derivation, Grounds, Source
from markpipe.text.dates import parse_date

_TOUCHED = re.compile(r"(?P<number>\d{1,6})[:：](?P<mark>.*)", re.ASCII | re.DOTALL)
_MARK_FORMS = "写作“密级★期限”，如 机密★20年、机密★2035年3月2日、绝密★长期；没有标期限的只写密级"


def read_derivations(sources: Sequence[str], touched: Sequence[str]) -> list[Derivation]:
    """The sources and points as the options give them; `UsageError` names the option, the source and what is wrong."""
    if not sources:
        raise UsageError("没有写来源", "至少写一个 --source，如 --source '机密★20年@2015-03-02'")
    derivations = [Derivation(_source(number, text), Grounds.DECLARED) for number, text in enumerate(sources, 1)]
    for text in touched:
        match = _TOUCHED.fullmatch(text)
        if match is None:
            raise UsageError(f"--touched “{text}”没有以来源编号开头", "写作“编号:密点”，如 --touched '1:秘密★5年'")
        number = int(match["number"])
        _in_range(number, derivations, f"--touched “{text}”")
        point = _mark(match["mark"], f"--touched “{text}”（来源{number}的密点）")
        one = derivations[number - 1]
        derivations[number - 1] = replace(one, touched=(*one.touched, point))
    return derivations


def _source(number: int, text: str) -> Source:
    mark, at, date = text.rpartition("@")
    if not at:
        mark = text
    where = f"--source 第{number}个“{text}”"
    return Source("", "", "", _mark(mark, where), parse_date(date, f"{where}的制发日") if at else None)


def _mark(text: str, where: str) -> Mark:
    try:
        return parse_mark(text)
    except ValueError as error:
        raise UsageError(f"{where}：{error}", _MARK_FORMS) from None


def _in_range(number: int, derivations: Sequence[Derivation], where: str) -> None:
    if not 1 <= number <= len(derivations):
        count = len(derivations)
        raise UsageError(f"{where}：没有来源{number}", f"一共写了 {count} 个 --source，编号从 1 到 {count}")


def without_notice(derivations: Sequence[Derivation], numbers: Sequence[int], on: dt.date) -> list[Derivation]:
    """The same derivations, with it recorded of these sources that no notice and no extension exists."""
    noted = list(derivations)
    for number in numbers:
        _in_range(number, noted, f"--no-notice {number}")
        one = noted[number - 1]
        noted[number - 1] = replace(one, source=replace(one.source, no_notice_on=on))
    return noted
