"""What only a demo site does: entering its listed sources into the register when it is first opened.

A real site registers its sources with `markpipe source add`; nothing here runs for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markpipe.cli.site import Site
    from markpipe.store.register import Register


def register_sources(site: Site, register: Register) -> None:
    """Register the sources of `site.settings.demo_sources` that the register does not hold yet."""
