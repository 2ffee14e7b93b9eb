"""Targets outside the package: hyperlinks, templates, data sources."""

from __future__ import annotations

from urllib.parse import unquote

from lxml import etree


def link_targets(root: etree._Element) -> list[str]:
    """External targets of a relationships member, as written and with percent signs undone.

    Targets inside the package count too where they are more than a plain member name.
    """
    found: dict[str, None] = {}
    for relation in root.iter(etree.Element):
        target = str(relation.get("Target", ""))
        if relation.get("TargetMode") == "External" or not target.isascii() or "%" in target:
            found.setdefault(target)
            found.setdefault(unquote(target, errors="replace"))
    return [target for target in found if target]
