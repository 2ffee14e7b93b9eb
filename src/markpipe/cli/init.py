"""`markpipe init`: a new site, that is a commented `markpipe.toml`, a key file and an empty register.

Never overwrites: what is there already stays, and only what is missing is made.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from markpipe.cli.site import Site, pass_site
from markpipe.errors import ExitCode, OutputError, RegisterError

TEMPLATE = """\
# markpipe 站点配置。各项说明见 docs/configuration.md；改完运行 markpipe doctor 核对。
# 相对路径从本文件所在文件夹算起。
schema = 1

[agency]
name = "（填写机关、单位名称）"
tier = "其他"            # 中央、省级、设区的市级、县级、其他
superior = ""            # 上级机关、单位，无权定密时向其报告
# 书面定密授权，没有就不写：
# [[agency.authorities]]
# levels = ["机密", "秘密"]
# basis = "授权机关和文号"
# from = 2026-01-01
# to = 2030-12-31

# 人员：登录账户对应到人，办理时按登录账户认定，一个账户只属于一个人。
[[people]]
name = "（填写姓名）"
accounts = [{account}]
roles = ["承办人"]       # 承办人、定密责任人、保密员、负责人

# 定密责任人：法定（机关、单位负责人）或指定；须先写在 [[people]] 中。
# [[officers]]
# name = "（填写姓名）"
# kind = "指定"          # 法定、指定
# levels = ["秘密"]      # 指定的须写明密级
# from = 2026-01-01
# to = 2028-12-31
# certificate = ""       # 培训证书编号

# 办理定密的程序，各项说明见 docs/determination.md：
# [procedure]
# steps = ["保密员"]               # 定密责任人之前的环节：保密员、办公室、主要负责人
# report_steps = ["保密员", "办公室", "主要负责人"]   # 上报（无权、不明确、争议）之前的环节
# approver = "定密责任人"          # 或者“主要负责人”
# remind_days = 90                 # 届满前多少天提醒
# review_months = 12               # 几个月审核一次
# annual_due = "01-31"             # 年度统计的报送日

[system]
level = "非密"           # 本机是什么密级的信息系统：非密、秘密、机密、绝密

[register]
url = "state/register.sqlite3"   # 只能放在本机磁盘，不能放在网络共享文件夹

[keys]
file = "state/keys.json"         # 遗失后台账不能再核验，请单独备份

[dictionaries]
paths = []               # 本单位的保密事项范围词典（*.toml 文件或文件夹）

[stamps]
paths = []

# 本单位的表格模板：先用 markpipe determination templates 文件夹 写出自带的，改好版式，再写在这里；写法见 docs/forms.md：
# [forms]
# templates = "表格模板"

# 本单位的工作日安排（自带 2024、2025、2026 年的），一年一个文件，写法见 docs/determination.md：
# [calendar]
# paths = ["工作日"]

# 停用没有读到条文的规则，哪些可以停用见 markpipe rule：
# [rules]
# set_aside = []
"""


@click.command(help="新建站点：在 DIR（默认当前文件夹）写出 markpipe.toml、密钥文件和空台账。已有的文件一律不动。")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@pass_site
def command(site: Site, folder: Path) -> ExitCode:
    file = (site.config or folder / "markpipe.toml").absolute()
    site.echo(f"{'已有' if not _write_once(file, site.account()) else '已写'}配置 {file}")
    made = Site(file)
    settings = made.settings
    if settings.demo:
        site.echo("这是演示站点，密钥和台账在第一次使用时自动建立")
        return ExitCode.OK
    _keys_and_register(made)
    site.echo("下一步：填写配置中的机关、人员和定密责任人，再运行 markpipe doctor 核对")
    return ExitCode.OK


def _keys_and_register(site: Site) -> None:
    """Make what is missing; a register whose keys are gone must not get new ones, which could not vouch for it."""
    from markpipe.keys.keyring import Keyring
    from markpipe.store.register import Register

    settings = site.settings
    path = settings.register_path
    has_keys, has_register = settings.key_file.exists(), path is not None and path.exists()
    if has_register and not has_keys:
        raise RegisterError(
            f"台账 {path} 还在，而密钥文件 {settings.key_file} 不见了",
            "请从备份恢复密钥；另建的密钥不能核验原有台账",
        )
    keyring = Keyring.load(settings.key_file) if has_keys else Keyring.create(settings.key_file, site.now())
    site.echo(f"{'已有' if has_keys else '已建'}密钥 {settings.key_file}")
    with Register.open(settings.register_url, keyring, create=not has_register):
        site.echo(f"{'已有' if has_register else '已建'}台账 {path or '（数据库服务器）'}")


def _write_once(file: Path, account: str) -> bool:
    """Write the commented configuration unless there is one; whether it was written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(TEMPLATE.format(account=json.dumps(account, ensure_ascii=False)))
    except FileExistsError:
        return False
    except OSError as error:
        raise OutputError(f"配置 {file} 写不进去（{error.strerror}）", "检查文件夹的权限和磁盘空间") from None
    return True
