"""`markpipe stamps`: which marks and stamps there are, a sheet to look at them, and labels to print.

A preview says of each that it is a sample; what sets one on a file is `stamps apply` and `stamp`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from markpipe.cli.site import Site, format_option, pass_site
from markpipe.cli.stamps_apply import apply, field_values
from markpipe.errors import UsageError
from markpipe.text.printable import display_width, pad

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markpipe.marking.stamp import StampLayout

SCHEMA = "markpipe.stamps/1"
_NOTE = "（样张，不作标志使用）"


@click.group("stamps", short_help="标志和印章：列出、预览", help="程序自带的和本单位的标志、戳记、标签版式。")
def group() -> None:
    """Layouts of marks and stamps."""


group.add_command(apply)


@group.command("list", short_help="列出全部版式", help="列出全部版式：编号、名称、用途、依据、要填的栏目。")
@format_option
@pass_site
def list_(site: Site, fmt: str) -> None:
    """All layouts, the unit's own in the place of built-in ones of the same id."""
    layouts = _layouts(site)
    if fmt == "json":
        site.answer(_as_json(layouts), fmt)
        return
    widths = [max(display_width(word) for word in column) for column in zip(*_rows(layouts), strict=True)]
    lines = ["  ".join(pad(word, width) for word, width in zip(row, widths, strict=True)) for row in _rows(layouts)]
    site.answer("\n".join(line.rstrip() for line in lines), fmt)


@group.command(
    "preview", short_help="画出版式样张", help="把版式画成 PDF 样张（用版式自带的样例填写）；不给编号则画全部。"
)
@click.argument("identities", metavar="[编号]...", nargs=-1)
@click.option("-o", "--out", required=True, metavar="OUT.pdf", type=click.Path(path_type=Path), help="写出的 PDF。")
@click.option("--field", "fields", multiple=True, metavar="栏目=内容", help="换掉样例里的一栏，如 level=绝密。可重复。")
@pass_site
def preview(site: Site, identities: tuple[str, ...], out: Path, fields: tuple[str, ...]) -> None:
    """Draw layouts with their samples."""
    from markpipe.formats.pdf.ink import sheet
    from markpipe.marking.stamp import StampError, fill
    from markpipe.pipeline.writer import write

    layouts = _layouts(site)
    if unknown := [identity for identity in identities if identity not in layouts]:
        raise UsageError(f"没有编号为“{unknown[0]}”的版式", "运行 markpipe stamps list 查看全部编号")
    values = field_values(fields)
    items = []
    for identity in identities or layouts:
        layout = layouts[identity]
        sample = dict(layout.sample) | {key: text for key, text in values.items() if key in layout.fields}
        try:
            items.append((f"{layout.id} {layout.title}", fill(layout, sample)))
        except StampError as error:
            raise UsageError(f"版式 {identity}：{error.message}", "请改 --field 的内容") from error
    write(out, sheet(tuple(items), _NOTE), replace=True)
    site.answer(f"已画出 {len(items)} 种版式：{out}")


@group.command(
    "label",
    short_help="制作标签：信封、卷皮、介质和设备、邮件标志行",
    help="按定密决定填写标签，画成 PDF（-o），写出后由其他工具读回核对；不给 -o 则输出文字，如邮件标志行。"
    "密级和期限只取自定密决定，其余栏目用 --field 填写。",
)
@click.argument("identity", metavar="版式编号")
@click.option("--determination", "determination_id", required=True, metavar="编号", help="定密编号，如 D2026-0001。")
@click.option(
    "--serial", "serials", multiple=True, type=click.IntRange(1, 999_999), help="份号，可重复：一份一个标签。"
)
@click.option(
    "--field", "fields", multiple=True, metavar="栏目=内容", help="填一栏，如 receiver=示例县示例局。可重复。"
)
@click.option("-o", "--out", metavar="OUT.pdf", type=click.Path(path_type=Path), help="写出的 PDF。")
@pass_site
def label(
    site: Site,
    identity: str,
    determination_id: str,
    serials: tuple[int, ...],
    fields: tuple[str, ...],
    out: Path | None,
) -> None:
    """Labels of a determined matter."""
    from markpipe.cli.looking import make_worker
    from markpipe.pipeline.labels import label_of, text_of, values_of, write_labels
    from markpipe.pipeline.workfolder import default_root, work_folder

    layouts = _layouts(site)
    if identity not in layouts:
        raise UsageError(f"没有编号为“{identity}”的版式", "运行 markpipe stamps list 查看全部编号")
    given, unit = field_values(fields), site.settings.agency.name
    with site.open_register() as register:
        labels = [
            label_of(layouts[identity], values_of(register, determination_id, unit, given, serial))
            for serial in serials or (None,)
        ]
    if out is None:
        site.answer("\n\n".join(text_of(one) for one in labels))
        return
    with work_folder(default_root()) as work, make_worker(site, work) as worker:
        write_labels(worker, labels, determination_id, out)
    site.answer(f"已制作并核对 {len(labels)} 个标签：{out}")


def _layouts(site: Site) -> Mapping[str, StampLayout]:
    from markpipe.config.stamps import load_stamps

    return load_stamps(site.settings.stamps)


def _rows(layouts: Mapping[str, StampLayout]) -> list[tuple[str, ...]]:
    head = ("编号", "名称", "种类", "栏目")
    return [head, *((one.id, one.title, one.kind.value, " ".join(one.fields) or "—") for one in layouts.values())]


def _as_json(layouts: Mapping[str, StampLayout]) -> dict[str, object]:
    stamps = [
        {
            "id": one.id,
            "title": one.title,
            "kind": one.kind.value,
            "about": one.about,
            "basis": one.basis,
            "position": one.position,
            "fields": list(one.fields),
            "required": list(one.required),
        }
        for one in layouts.values()
    ]
    return {"schema": SCHEMA, "ok": True, "stamps": stamps}
