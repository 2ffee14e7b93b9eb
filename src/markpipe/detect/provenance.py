"""What a document says about itself: its date, whether this unit issued it, whether a firm wrote it for its business.

Read from the layout of office papers (GB/T 9704): 成文日期 alone on a line near the end, the issuer in the head or above
the date.  These are hints for a reviewer, not facts.
"""

from __future__ import annotations

import datetime as dt
import re

from markpipe.model.document import TextMap, visible_text
from markpipe.text.fold import fold
from markpipe.text.numerals import parse_chinese

_DATE_LINE = re.compile(
    r"(?m)^[^\n]{0,24}?((?:19|20)\d{2}|[二一][〇零○o0-9一二三四五六七八九]{3})\s?年\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?月\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?日\s*(?:印发)?\s*$"
)
_FIRM = re.compile("有限公司|股份公司|集团公司|责任公司|集团|公司|商行|事务所")
_BUSINESS = re.compile("报价|价格|单价|底价|成本|客户|供应商|采购价|折扣|毛利|经销|代理商|产品|投标价|销售")
_HEAD, _TAIL = 400, 300
_DIGITS = {digit: index for index, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "o": 0}


def document_date(text_map: TextMap) -> dt.date | None:
    """成文日期: the last date that ends a short line of what is shown; None where there is none."""
    dates = [_date(*match.groups()) for match in _DATE_LINE.finditer(fold(visible_text(text_map)).text)]
    return next((date for date in reversed(dates) if date is not None), None)


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(_year(year), _number(month), _number(day))
    except ValueError:
        return None


def _year(digits: str) -> int:
    return int("".join(str(_DIGITS.get(digit, digit)) for digit in digits))


def _number(digits: str) -> int:
    return int(digits) if digits.isdecimal() else parse_chinese(digits)


def is_own(text_map: TextMap, agency: str) -> bool:
    """Whether the unit's name stands where an issuer's does: in the head, or near the end."""
    text = visible_text(text_map).text
    return bool(agency) and (agency in text[:_HEAD] or agency in text[-_TAIL:])


def is_commercial(text_map: TextMap) -> bool:
    """Whether a firm speaks of its business: named in head or end, with at least two words of trade."""
    text = visible_text(text_map).text
    named = _FIRM.search(text[:_HEAD]) or _FIRM.search(text[-_TAIL:])
    return bool(named) and len(set(_BUSINESS.findall(text))) >= 2
