"""One rule as people read it."""

from __future__ import annotations

from dataclasses import dataclass

REGULATION_2025 = "国家秘密定密管理规定（2025）"
UNNUMBERED_2025 = f"{REGULATION_2025}，条号待核"
DERIVATION_2023 = "派生国家秘密定密管理暂行办法"
UNNUMBERED_2023 = f"{DERIVATION_2023}，条号待核"

ON_DERIVING = "推算派生时"
ON_PROPOSING = "拟定时"
ON_REVIEW = "送审和审批时"
ON_APPROVAL = "审批时"
ON_READING = "读写标志时"
ON_STAMPING = "加盖标志并读回核对时"
ON_ISSUING = "编份号时"
ON_COPYING = "复制和核对标志时"
ON_DESTROYING = "销毁时"
ON_CHANGE = "变更和解密时"
ON_DUE = "列出待办时"
ON_PUBLISHING = "公开前审查时"
ON_RELEASE = "公开件签字和放行时"
ON_READING_ANY = "审查和办理每份文件时（配置了机器密级的站点）"

CONFIDENCE = {
    "R": "已读到现行条文",
    "R-old": "内容读自已被取代的文本，认为沿用，现行条号未见",
    "R2": "读自培训、问答等转述材料，未见原文",
    "M": "凭一般了解，待核原文",
    "I": "本程序按条文精神作的推断",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: stable id, Chinese title, article, how well its source is known (keys of `CONFIDENCE`, most certain
    first), what it asks for, when the program checks it now (empty: not yet, people see to it), and what setting the
    part aside that rests on memory or inference alone means (empty: there is no such part, or all of it goes)."""

    id: str
    title: str
    article: str
    confidence: tuple[str, ...]
    text: str
    checked: str = ""
    part: str = ""

    @property
    def can_be_set_aside(self) -> bool:
        """Whether a unit may leave it, or a part of it, out: what no text in force that was read supports."""
        unread = not {"R", "R2"} & set(self.confidence) and bool({"M", "I"} & set(self.confidence))
        return unread or bool(self.part)
