"""`markpipe stamps apply`: 工作秘密 and 商业秘密 marks, and the 复制, 作废 and 销毁 stamps of a carrier."""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli.looking import make_worker
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import UsageError
from markpipe.marking.stamp import FIELDS

SCHEMA = "markpipe.stamps-apply/1"


@click.command(
    "apply",
    short_help="加工作秘密、商业秘密标志，盖复制、作废、销毁戳记",
    help="把一个版式加在 FILE（PDF、DOCX）上，写出后由其他工具读回核对。工作秘密、商业秘密的标志不需要定密决定；复制、作废、"
    "销毁戳记盖在台账登记的一份上（--carrier），内容取自台账。国家秘密标志用 stamp 加。",
)
@click.argument("identity", metavar="版式编号")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="写出的文件。")
@click.option("--carrier", metavar="份", help="盖在哪一份上，如 D2026-0001/000003，复制件如 D2026-0001/000003/000001。")
@click.option("--field", "fields", multiple=True, metavar="栏目=内容", help="填一栏，如 owner=示例集团。可重复。")
@as_option
@format_option
@pass_site
def apply(
    site: Site,
    identity: str,
    file: Path,
    out: Path,
    carrier: str | None,
    fields: tuple[str, ...],
    as_name: str | None,
    fmt: str,
) -> None:
    """A layout on a file."""
    from markpipe.pipeline.applying import apply_layout
    from markpipe.pipeline.bearing import Carrier
    from markpipe.pipeline.house import house_for
    from markpipe.pipeline.workfolder import default_root, work_folder

    given, actor = field_values(fields), site.actor(as_name)
    with site.open_register() as register, work_folder(default_root()) as work, make_worker(site, work) as worker:
        house = house_for(site.settings, site.keyring())
        if identity not in house.layouts:
            raise UsageError(f"没有编号为“{identity}”的版式", "运行 markpipe stamps list 查看全部编号")
        layout = house.layouts[identity]
        desk = Carrier(register, worker, site.settings.limits, house, actor, site.now)
        output = apply_layout(desk, layout, file, out, given, carrier)
    if fmt == "json":
        shown = {"schema": SCHEMA, "ok": True, "layout": identity, "path": output.path, "sha256": output.sha256}
        site.answer({**shown, "carrier": carrier, "notes": list(output.notes)}, fmt)
        return
    site.answer("\n".join((f"已加{layout.title}并核对：{out}", *output.notes)))


def field_values(fields: tuple[str, ...]) -> dict[str, str]:
    """栏目=内容 as given on the command line; `UsageError` for a field that no layout has."""
    values = {}
    for field in fields:
        key, equals, text = field.partition("=")
        if not equals or key not in FIELDS:
            raise UsageError(f"--field {field}：应写作 栏目=内容", f"栏目有 {'、'.join(FIELDS)}")
        values[key] = text
    return values
