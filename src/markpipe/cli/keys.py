"""`markpipe keys`: which keys the site has, and a new one when the old is no longer to be used."""

from __future__ import annotations

import click

from markpipe.cli.offices import SECURITY, check_office
from markpipe.cli.site import Site, as_option, format_option, pass_site

SCHEMA = "markpipe.keys/1"


@click.group("keys", help="密钥文件：查看、更换。")
def group() -> None:
    """Nothing of its own."""


@group.command("status", help="有哪些密钥，哪个是当前的；不显示密钥本身。")
@format_option
@pass_site
def status(site: Site, fmt: str) -> None:
    keyring = site.keyring()
    if fmt == "json":
        keys = [{"id": key.id, "created": key.created, "current": key.id == keyring.current_id} for key in keyring.keys]
        site.answer({"schema": SCHEMA, "algorithm": keyring.algorithm, "keys": keys}, fmt)
        return
    lines = [f"密钥文件 {keyring.path}（{keyring.algorithm}）"]
    for key in keyring.keys:
        lines.append(f"  {key.id}  建于 {key.created}{'  当前' if key.id == keyring.current_id else ''}")
    lines.append("请与台账分开备份；遗失后台账不能再核验，已登记来源的指纹作废")
    site.answer("\n".join(lines))


@group.command(
    "public", short_help="签电子标签的公钥", help="本站点签电子标签的公钥：交给其他单位写进其 [[labels.trusted]]。"
)
@format_option
@pass_site
def public(site: Site, fmt: str) -> None:
    from markpipe.keys.signing import signer

    keyring = site.keyring()
    chosen = site.settings.labels.algorithm
    keys = [(key.id, signer(keyring, chosen, key.id).public, key.id == keyring.current_id) for key in keyring.keys]
    if fmt == "json":
        listed = [{"id": one, "algorithm": chosen, "public": text, "current": now} for one, text, now in keys]
        site.answer({"schema": SCHEMA, "keys": listed}, fmt)
        return
    lines = [f'{one}{"  当前" if now else ""}\n  algorithm = "{chosen}"\n  key = "{text}"' for one, text, now in keys]
    site.answer("\n".join(lines))


@group.command("rotate", help="更换：加一个新密钥并设为当前；旧密钥留着核验旧事件。")
@as_option
@pass_site
def rotate(site: Site, as_name: str | None) -> None:
    check_office(site, as_name, SECURITY, "更换密钥")
    keyring = site.keyring()
    with site.open_register() as register:
        problems = register.verify()
    if problems:
        site.echo(f"台账核验有 {len(problems)} 处问题，请先查明（register verify）；密钥照常更换", err=True)
    fresh = keyring.rotated(site.now())
    site.answer(f"当前密钥由 {keyring.current_id} 换为 {fresh.current_id}；请立即备份 {fresh.path}")
