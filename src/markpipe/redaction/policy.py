"""What a redaction may tell, and what it does with pages that it cannot decide.  Values only."""

from __future__ import annotations

import math
from enum import StrEnum

CLASS_EMS = 4


class Reason(StrEnum):
    """Why something is left out.  The value is what `--reason` takes and the kind of a finding."""

    OMITTED = "略"
    STATE_SECRET = "国家秘密"
    WORK_SECRET = "工作秘密"
    TRADE_SECRET = "商业秘密"
    LEGAL = "法定保密"
    PERSONAL = "个人信息"

    @property
    def label(self) -> str:
        """The placeholder: one character in brackets, so that all are of one size."""
        return f"【{_CODES.get(self, self.value)}】"


_CODES = {
    Reason.STATE_SECRET: "密",
    Reason.WORK_SECRET: "工",
    Reason.TRADE_SECRET: "商",
    Reason.LEGAL: "法",
    Reason.PERSONAL: "私",
}
LABEL = Reason.OMITTED.label


class Gap(StrEnum):
    """How much a gap may tell of what stood there.  The value is what `--gap` takes."""

    EXACT = "exact"
    CLASS = "class"
    LINE = "line"

    @property
    def remains(self) -> str:
        """What can still be inferred, in Chinese, for the report."""
        return _REMAINS[self]


_REMAINS = {
    Gap.EXACT: "版面不变，空白处的宽度就是原文的宽度，可据以推断字数",
    Gap.CLASS: f"空白按每 {CLASS_EMS} 个字归并，只能推断字数所在的档次；换行位置仍可能反映原文长短",
    Gap.LINE: "该行其余部分一并删去，不能由宽度推断字数；占到几行仍可看出",
}


class Undecidable(StrEnum):
    """What becomes of a page that cannot be rebuilt faithfully."""

    RASTERISE = "rasterise"
    REFUSE = "refuse"


def class_width(ems: float) -> int:
    """The width in em that a gap of this width is given: the next multiple of the class."""
    return max(1, math.ceil(round(ems, 3) / CLASS_EMS)) * CLASS_EMS
