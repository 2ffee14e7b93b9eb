"""What `markpipe doctor` looks at, one function a matter; each answers with values and repairs nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from markpipe.cli.site import Site
from markpipe.config.procedure import APPROVERS, Procedure
from markpipe.config.settings import BUILT_IN, Settings
from markpipe.errors import ConfigurationError, ExitCode, MarkpipeError
from markpipe.model.classification import Level

_NONE = "（空）"
_FONT_PLACES = ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",)


class State(StrEnum):
    """How one matter stands."""

    GOOD = "正常"
    NOTE = "提示"
    BAD = "有误"


@dataclass(frozen=True, slots=True)
class Check:
    """One matter: what was found, what to do about it, and the exit code that it calls for."""

    name: str
    state: State
    message: str
    remedy: str = ""
    code: ExitCode = ExitCode.OK


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is in force, and where it came from."""

    name: str
    value: str
    origin: str


def settings_in_force(settings: Settings) -> tuple[Setting, ...]:
    """Every setting with its value and origin, in the order of the file."""
    agency, limits = settings.agency, settings.limits
    rows: list[tuple[str, object]] = [
        ("agency.name", agency.name),
        ("agency.tier", agency.tier.value),
        ("agency.superior", agency.superior),
        ("agency.authorities", "；".join(_levels(a.levels) + f"（{a.basis}）" for a in agency.authorities)),
        ("people", "、".join(f"{p.name}（{'、'.join(p.accounts) or '无账户'}）" for p in settings.people)),
        (
            "officers",
            "、".join(
                f"{o.name}（{'法定' if o.statutory else '指定'}，{_levels(o.levels)}）" for o in settings.officers
            ),
        ),
        ("system.level", settings.system_level),
        ("demo.enabled", "是" if settings.demo else "否"),
        ("demo.today", settings.demo_today or ""),
        ("register.url", without_password(settings.register_url)),
        ("keys.file", settings.key_file),
        ("dictionaries.paths", "、".join(map(str, settings.dictionaries))),
        ("stamps.paths", "、".join(map(str, settings.stamps))),
        ("stamps.running", "是" if settings.stamps_running else "否"),
        ("stamps.scope", "是" if settings.stamps_scope else "否"),
        ("labels.algorithm", settings.labels.algorithm),
        ("labels.trusted", "、".join(one.unit for one in settings.labels.trusted)),
        *procedure_in_force(settings.procedure),
        ("calendar.paths", "、".join(map(str, settings.calendars))),
        ("forms.templates", settings.form_templates or ""),
        *((f"custody.{name}", value) for name, value in settings.custody.values()),
        *((f"limits.{name}", getattr(limits, name)) for name in limits.__dataclass_fields__),
    ]
    origin = dict(settings.origin)
    if origin.get("agency.authorities", BUILT_IN) == BUILT_IN and "agency.authority" in origin:
        origin["agency.authorities"] = origin["agency.authority"]
    if settings.calendars:
        origin["calendar.paths"] = str(settings.path)
    return tuple(Setting(name, str(value) or _NONE, origin.get(name, BUILT_IN)) for name, value in rows)


def procedure_in_force(procedure: Procedure) -> Iterator[tuple[str, object]]:
    """How the unit goes about its decisions."""
    yield "procedure.steps", "、".join(procedure.steps)
    yield "procedure.report_steps", "、".join(procedure.report_steps)
    yield "procedure.approver", APPROVERS[procedure.head_only]
    yield "procedure.remind_days", procedure.remind_days
    yield "procedure.review_months", procedure.review_months
    yield "procedure.annual_due", "{:02}-{:02}".format(*procedure.annual_due)
    yield "rules.set_aside", "、".join(sorted(procedure.set_aside))


def without_password(url: str) -> str:
    """A database address that may be shown."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def look(site: Site) -> Iterator[Check]:
    """All checks, cheap ones first."""
    yield from _office(site)
    yield from _tools()
    yield _mark_fonts()
    yield _isolation()
    yield _dictionaries(site)
    yield _stamps(site)
    yield from _templates(site)
    yield _calendar(site)
    yield _register(site)


def _office(site: Site) -> Iterator[Check]:
    settings, today = site.settings, site.today()
    if settings.path is None:
        yield Check(
            "站点",
            State.NOTE,
            "没有站点配置，只能使用 scan、derive 等不登记的命令",
            "运行 markpipe init 新建站点",
            ExitCode.FINDINGS,
        )
        return
    if not settings.agency.name or settings.agency.name.startswith("（"):
        yield Check("机关、单位", State.NOTE, "没有填写名称", "在 [agency] 中填写 name、tier", ExitCode.FINDINGS)
    else:
        yield Check("机关、单位", State.GOOD, f"{settings.agency.name}（{settings.agency.tier}）")
    if settings.demo:
        yield Check("登录账户", State.GOOD, "演示站点，不认登录账户，由 --as 指名办理")
    else:
        try:
            yield Check("登录账户", State.GOOD, f"{site.account()}，对应{site.actor().person}")
        except MarkpipeError as error:
            yield Check("登录账户", State.NOTE, error.message, error.remedy, ExitCode.FINDINGS)
    serving = [officer.name for officer in settings.officers if officer.in_office(today)]
    if serving:
        yield Check("定密责任人", State.GOOD, "、".join(serving))
    else:
        yield Check(
            "定密责任人", State.NOTE, "今日没有在任的定密责任人，不能审批", "在 [[officers]] 中写明", ExitCode.FINDINGS
        )


def _tools() -> Iterator[Check]:
    if shutil.which("pdftotext") and shutil.which("pdftoppm"):
        yield Check("Poppler", State.GOOD, _first_line("pdftotext", "-v"))
    else:
        yield Check(
            "Poppler",
            State.BAD,
            "没有 pdftotext、pdftoppm，写出的标志无法核对，因此不能盖章",
            "安装 poppler-utils",
            ExitCode.CONFIGURATION,
        )
    for name, program, package, purpose in (
        ("qpdf", "qpdf", "qpdf", "PDF 结构的另行核对"),
        ("文字识别", "tesseract", "tesseract-ocr tesseract-ocr-chi-sim", "扫描件的文字识别"),
    ):
        if not shutil.which(program):
            yield Check(name, State.NOTE, f"没有 {program}，不能进行{purpose}", f"安装 {package}")
        elif program == "tesseract" and "chi_sim" not in _output("tesseract", "--list-langs").split():
            yield Check(name, State.NOTE, "没有简体中文识别数据", "安装 tesseract-ocr-chi-sim")
        else:
            yield Check(name, State.GOOD, _first_line(program, "--version"))
    if any(Path(place).exists() for place in _FONT_PLACES) or _output("fc-list", ":lang=zh").strip():
        yield Check("中文字体", State.GOOD, "有")
    else:
        yield Check("中文字体", State.NOTE, "没有中文字体，由其他软件打开的副本可能显示不全", "安装 fonts-wqy-zenhei")


def _mark_fonts() -> Check:
    """Which fonts draw marks here: of a 仿宋 that is not installed another stands in, and that is said."""
    from markpipe.formats.pdf.mark_fonts import face_of, of_system
    from markpipe.marking.plan import FontRole

    named = (FontRole.HEITI, FontRole.FANGSONG, FontRole.KAITI)
    used = "、".join(f"{role.value} {face_of(role)}" for role in named)
    if of_system(FontRole.FANGSONG):
        return Check("标志字体", State.GOOD, used)
    return Check(
        "标志字体", State.NOTE, f"{used}（没有仿宋，份号等以此代替）", "安装仿宋（如 simfang.ttf）后即改用仿宋"
    )


def _isolation() -> Check:
    from markpipe.pipeline.confine import Isolation
    from markpipe.pipeline.sandbox import network_isolation

    found = network_isolation()
    if found == Isolation.NONE.label:
        return Check("网络隔离", State.NOTE, found, code=ExitCode.FINDINGS)
    return Check("网络隔离", State.GOOD, found)


def _dictionaries(site: Site) -> Check:
    from markpipe.config.dictionaries import load_catalogues

    try:
        catalogues = load_catalogues(site.settings.dictionaries)
    except ConfigurationError as error:
        return Check("词典", State.BAD, error.message, error.remedy, error.exit_code)
    count = sum(len(catalogue.items) for catalogue in catalogues)
    if not count:
        return Check("词典", State.BAD, "没有任何词典，查不出疑似密点", "请重新安装 markpipe", ExitCode.CONFIGURATION)
    return Check("词典", State.GOOD, f"{len(catalogues)} 部，{count} 条")


def _stamps(site: Site) -> Check:
    from markpipe.config.stamps import load_stamps

    try:
        layouts = load_stamps(site.settings.stamps)
    except ConfigurationError as error:
        return Check("标志和印章", State.BAD, error.message, error.remedy, error.exit_code)
    return Check("标志和印章", State.GOOD, f"{len(layouts)} 种版式")


def _templates(site: Site) -> Iterator[Check]:
    """Every template of the unit's own is filled once; each that cannot be is named."""
    from markpipe.forms.trial import problems

    templates, wrong = site.templates(), False
    for error in problems(templates):
        wrong = True
        yield Check("表格模板", State.BAD, error.message, error.remedy, error.exit_code)
    if not wrong:
        own = len(templates.own())
        yield Check("表格模板", State.GOOD, f"用本单位的 {own} 种，其余用自带的" if own else "用自带的")


def _calendar(site: Site) -> Check:
    """Whether the working days of this year are known: without them no date is given (UNC-1)."""
    from markpipe.config.workdays import load_calendar

    try:
        years = sorted(load_calendar(site.settings.calendars).years)
    except ConfigurationError as error:
        return Check("工作日安排", State.BAD, error.message, error.remedy, error.exit_code)
    known = "、".join(map(str, years))
    if site.today().year in years:
        return Check("工作日安排", State.GOOD, f"有{known}年的")
    return Check(
        "工作日安排",
        State.NOTE,
        f"只有{known}年的，没有今年的，不明确事项的报送期限算不出来",
        "照放假通知写一个文件，放进 [calendar] paths，写法见 docs/determination.md",
    )


def _register(site: Site) -> Check:
    settings = site.settings
    path = settings.register_path
    if settings.path is None or (settings.demo and path is not None and not path.exists()):
        return Check("台账", State.GOOD, "还没有" + ("，演示站点第一次使用时建立" if settings.demo else ""))
    try:
        with site.open_register(seed=lambda _site, _register: None) as register:
            problems = register.verify()
            count = sum(1 for _ in register.events())
    except MarkpipeError as error:
        return Check("台账", State.BAD, error.message, error.remedy, error.exit_code)
    if problems:
        message = f"核验不通过：{problems[0]}" + (f"（共 {len(problems)} 处）" if len(problems) > 1 else "")
        return Check("台账", State.BAD, message, "停止使用，运行 markpipe register verify 查看全部", ExitCode.REGISTER)
    return Check("台账", State.GOOD, f"核验通过，{count} 条记录")


def _levels(levels: frozenset[Level]) -> str:
    return "、".join(level.label for level in sorted(levels, reverse=True))


def _first_line(*command: str) -> str:
    return next(iter(_output(*command).splitlines()), "有")


def _output(*command: str) -> str:
    """What a tool prints on either stream; empty where it is not there or does not answer."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr
