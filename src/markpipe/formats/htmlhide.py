"""Which elements of a page are not shown, as far as the page itself says: what the reader and the cleaner share.

Inline styles, the hidden attribute, a few elements, and plain selectors (.a, #b) of the page's own style sheets.
"""

from __future__ import annotations

import re

from lxml import etree

_UNSEEN = frozenset(("template", "noscript", "datalist", "noframes"))
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)|font-size\s*:\s*0"
    r"|(?:left|top|text-indent|margin-left)\s*:\s*-\d{3,}|color\s*:\s*transparent|(?:^|[;\s])(?:width|height)\s*:\s*0(?:px)?\s*(?:;|$)"
    r"|clip\s*:\s*rect\(\s*0|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?:^|[;\s])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)", re.IGNORECASE
)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"\s*(?:[a-z]\w*)?([.#][\w\-\u4e00-\u9fff]+)\s*", re.IGNORECASE)


def hidden_selectors(root: etree._Element) -> frozenset[str]:
    """Classes (.a) and ids (#b) that the page's own style sheets hide."""
    hidden: set[str] = set()
    for style in root.iter("style"):
        for selectors, rules in _RULE.findall(re.sub(r"/\*.*?\*/", "", style.text or "", flags=re.DOTALL)):
            if _HIDING.search(rules):
                hidden.update(found[1] for each in selectors.split(",") if (found := _SELECTOR.fullmatch(each)))
    return frozenset(hidden)


def conceals(element: etree._Element, selectors: frozenset[str]) -> bool:
    """Whether an element itself is not shown."""
    names = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
    return (
        element.tag in _UNSEEN
        or element.get("hidden") is not None
        or bool(_HIDING.search(element.get("style") or ""))
        or bool(names & selectors)
        or (element.tag == "dialog" and element.get("open") is None)
        or (element.tag == "input" and (element.get("type") or "").lower() == "hidden")
    )


def in_white(element: etree._Element, around: bool) -> bool:
    """Whether an element's text is white with no ground of its own; `around` says that of its parent."""
    style = element.get("style") or ""
    return (around or bool(_WHITE.search(style))) and "background" not in style and element.get("bgcolor") is None
