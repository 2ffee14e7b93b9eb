"""What only a demo site does: entering its listed sources into the register when it is first opened.

A real site registers its sources with `markpipe source add`; nothing here runs for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markpipe.cli.site import Site
    from markpipe.store.register import Register


def register_sources(site: Site, register: Register) -> None:
    """Register the sources of `site.settings.demo_sources` when the register holds none yet."""
    settings = site.settings
    if settings.demo_sources is None or register.sources():
        return
    from markpipe.pipeline.sandbox import Worker
    from markpipe.pipeline.sources import load_source_list, register_source
    from markpipe.pipeline.workfolder import default_root, work_folder

    records = load_source_list(settings.demo_sources)
    with work_folder(default_root()) as work, Worker(settings.limits, work) as worker:
        for record in records:
            register_source(register, record, worker, settings.limits, site.keyring(), site.actor(), site.now())
    site.echo(f"演示站点：已登记 {len(records)} 份来源", err=True)
