"""`markpipe copies form`: the forms and registers of an office about its carriers, filled from the register."""

from __future__ import annotations

from pathlib import Path

import click

from markpipe.cli.custodian import custodians
from markpipe.cli.site import Site, pass_site
from markpipe.errors import UsageError
from markpipe.pipeline.copyforms import ABOUT, LEDGERS, make_copy_form, make_ledger
from markpipe.pipeline.writer import write


@click.command("form", help=f"按台账填写表格（DOCX：{'、'.join(ABOUT)}）和登记簿（XLSX：{'、'.join(LEDGERS)}）。")
@click.argument("kind", metavar="表格", type=click.Choice((*ABOUT, *LEDGERS)))
@click.argument("about", metavar="[编号]", required=False, default="")
@click.option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="写出的文件，默认在配置旁的 forms。")
@pass_site
def form(site: Site, kind: str, about: str, out: Path | None) -> None:
    from markpipe.forms.copies import Desk
    from markpipe.forms.ledgers import workbook

    settings = site.settings
    desk = Desk(settings.agency.name, site.today(), custodians(site), settings.demo)
    suffix = ".xlsx" if kind in LEDGERS else ".docx"
    if kind in LEDGERS and about:
        raise UsageError(f"{kind}是全部的登记，不写编号", f"copies form {kind}")
    name = "-".join(part for part in (kind, about.replace("/", "-").replace("@", "-")) if part)
    target = out if out is not None else site.forms_folder() / f"{name}{suffix}"
    if target.suffix.lower() != suffix:
        raise UsageError(f"{kind}写成 {suffix[1:].upper()}，而 {target.name} 不是", f"文件名用 {suffix} 结尾")
    with site.open_register() as register:
        if kind in LEDGERS:
            data = workbook(make_ledger(kind, register, desk))
        else:
            data = site.templates().make(make_copy_form(kind, register, desk, about))
    write(target, data, replace=True)
    site.answer(f"已写出 {target}")
