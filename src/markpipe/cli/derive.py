"""`markpipe derive`: the calculator.  What must my excerpt carry?

Needs no configuration and no register, reads no file, and changes nothing: what a site sets aside
([rules] set_aside) counts where it proposes and approves.  The rules are in `classify.derive`.
"""

from __future__ import annotations

import click

from markpipe.classify.derive import derive
from markpipe.classify.written import read_derivations, without_notice
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.errors import ExitCode, UsageError
from markpipe.report.derived import as_json, as_text
from markpipe.text.dates import parse_date


@click.command(
    "derive",
    short_help="派生定密计算：摘录后应是什么密级、何时解密",
    help="派生定密计算：摘录、汇编、细化这些来源之后，应当标什么密级、何时解密。\n\n"
    "只作推算，不读文件，不改台账，也不需要站点配置。来源依次编号，第一个 --source 是来源1。"
    "\n\n\b\n例：\n"
    "  markpipe derive --source '机密★20年@2015-03-02'\n"
    "  markpipe derive --source '绝密★30年@2020-01-01' --touched '1:秘密★5年'\n"
    "  markpipe derive --source '机密@1999-05-01' --no-notice 1",
)
@click.option("--source", "sources", multiple=True, metavar="密级[★期限][@制发日]", help="一个来源；可以重复。")
@click.option(
    "--touched", multiple=True, metavar="N:密级[★期限]", help="来源 N 中涉及的密点；可以重复。不写就按来源整件。"
)
@click.option("--issued", metavar="日期", help="本稿的制发日，默认今天。")
@click.option(
    "--no-notice",
    "no_notice",
    multiple=True,
    type=int,
    metavar="N",
    help="已核实来源 N 没有书面通知期限、也没有延长；可以重复。",
)
@format_option
@pass_site
def command(
    site: Site,
    sources: tuple[str, ...],
    touched: tuple[str, ...],
    issued: str | None,
    no_notice: tuple[int, ...],
    fmt: str,
) -> ExitCode:
    """Calculate and answer; the exit code is 1 where a source is wrong or a person must settle something."""
    written = read_derivations(sources, touched)
    issued_on = site.today() if issued is None else parse_date(issued, "--issued ")
    derivations = without_notice(written, no_notice, issued_on)
    try:
        derived = derive(derivations, issued_on)
    except UsageError as error:
        raise UsageError(f"--source 中的{error.message}", error.remedy) from None
    site.answer(as_json(derived) if fmt == "json" else as_text(derived), fmt)
    return ExitCode.FINDINGS if derived.violations or derived.held else ExitCode.OK
