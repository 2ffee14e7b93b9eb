"""`markpipe stamp FILE`: the marks of a determination on the file that it was made for."""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.pipeline.stamp import stamp_file
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.report.stamped import stamp_json


@click.command(help="给已定密的 FILE 加国家秘密标志和定密戳记，写出后由其他工具读回核对。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--determination", "determination_id", required=True, metavar="编号", help="定密编号，如 D2026-0001。")
@click.option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="写出的文件。")
@as_option
@format_option
@pass_site
def command(site: Site, file: Path, determination_id: str, out: Path, as_name: str | None, fmt: str) -> None:
    actor = site.actor(as_name)
    with (
        site.open_register() as register,
        work_folder(default_root()) as work,
        make_worker(site, work) as worker,
    ):
        limits = site.settings.limits
        determination, output = stamp_file(register, worker, limits, file, determination_id, out, actor, site.now)
    shown = "【演示】" if determination.demo else ""
    lines = [f"{shown}已加盖并核对：{out}（{determination.mark.text}）", *output.notes]
    site.answer(stamp_json(determination, output) if fmt == "json" else "\n".join(lines), fmt)
