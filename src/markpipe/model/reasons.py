"""What the reason codes of a review mean, in a sentence that says what a signer has to know.  Quotes no document."""

from __future__ import annotations

_PERSONAL = "personal-"
_PERSONAL_WORDS = "原件有个人信息，公开件已按规定遮盖或者删去（个人信息保护法第二十五条）"
REASON_WORDS = {
    "mark-in-force": "标志位置有国家秘密标志，没有解密记录",
    "label-in-force": "文档属性里有密级标签，没有解密记录",
    "determination": "本单位已定密，尚未解密",
    "excerpt": "摘录了已定密文件的内容",
    "mark-expired": "原国家秘密标志的期限已满，须核实解密",
    "consent-missing": "已有解密决定，尚缺原定密机关同意公开",
    "source-free": "摘录的已定密文件已经解密，公开须经原定密机关同意",
    "mark-quoted": "行文中引用了国家秘密标志的样例",
    "mark-misused": "非国家秘密使用了国家秘密标志",
    "citation": "引用了涉密文号或者密级",
    "suspected": "疑似涉及保密事项范围所列事项",
    "work-secret": "疑似工作秘密",
    "trade-secret": "疑似商业秘密",
    "statutory": "疑似法律法规规定不得公开的信息",
    "aggregation": "单独不敏感的信息集中在一起，须作为整体审查",
    "unseen-content": "原件有批注、修订删除、隐藏文字等看不见的内容，公开件不带",
    "embedded": "原件嵌有其他文件，公开件不带",
    "attachment-missing": "网页链接的附件没有一并送审",
    "unread": "原件有内容没有读到",
}


_LEFT_WORDS = {
    "unseen-content": "还有看不见的内容",
    "embedded": "还嵌有其他文件",
    "unread": "还有内容没有读到",
}
"""What a clean copy still has, where `REASON_WORDS` speaks of the file as it came."""


def left_words(code: str) -> str:
    """The same of a copy that was to be clean and is not."""
    return "还有个人信息" if code.startswith(_PERSONAL) else _LEFT_WORDS.get(code) or REASON_WORDS[code]


def reason_words(code: str) -> str:
    """The sentence for a code; every kind of personal data has the same one."""
    return _PERSONAL_WORDS if code.startswith(_PERSONAL) else REASON_WORDS[code]
