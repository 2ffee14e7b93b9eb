"""The settings of a site: `markpipe.toml`, `schema = 1`.

Found by flag, by environment, or upward from the working folder; flags beat environment beat file beat default, and
`Settings.origin` remembers which.  Relative paths start at the file.  Opens no register, reads no key and no dictionary.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from markpipe.config.custody import Custody, read_custody
from markpipe.config.labels import Labels, read_labels
from markpipe.config.printing import Printer, read_printers
from markpipe.config.procedure import Procedure, read_procedure
from markpipe.config.publication import Publication, read_publication
from markpipe.config.reader import Table, read_table
from markpipe.errors import RefusedError, UsageError
from markpipe.model.agency import SEPARATE_ROLES, Actor, Agency, Authority, Grant, Officer, Person, Tier
from markpipe.model.classification import Level
from markpipe.model.limits import Limits
from markpipe.text.entered import plain_name

FILE_NAME = "markpipe.toml"
SCHEMA = 1
SYSTEM_LEVELS = ("非密", "秘密", "机密", "绝密")
DEFAULT_REGISTER = "state/register.sqlite3"
DEFAULT_KEYS = "state/keys.json"
BUILT_IN = "默认值"

_TIERS = {
    Tier.CENTRAL: ("中央", "中央级", "国家级", "central"),
    Tier.PROVINCIAL: ("省级", "省", "自治区", "直辖市", "provincial"),
    Tier.MUNICIPAL: ("设区的市级", "设区的市", "市级", "市", "地级市", "自治州", "municipal"),
    Tier.COUNTY: ("县级", "县", "区级", "县级市", "county"),
    Tier.OTHER: ("其他", "other"),
}
_GRANTS = {"授权": Grant.WRITTEN, "特别授权": Grant.SPECIAL, "自身业务": Grant.OWN_WORK}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a site sets.  `path` is None where there is no file; `origin` maps a setting to where it came from.

    `system_level` is what the machine may hold (empty where nobody says).  `register_url` is an address as SQLAlchemy
    writes it.  `demo_sources` and `demo_today` have a meaning on a demo site only.
    """

    path: Path | None
    agency: Agency
    people: tuple[Person, ...]
    officers: tuple[Officer, ...]
    system_level: str
    demo: bool
    register_url: str
    key_file: Path
    dictionaries: tuple[Path, ...] = ()
    scorer: Path | None = None
    stamps: tuple[Path, ...] = ()
    stamps_running: bool = False
    stamps_scope: bool = False
    limits: Limits = field(default_factory=Limits)
    publication: Publication = field(default_factory=Publication)
    calendars: tuple[Path, ...] = ()
    procedure: Procedure = field(default_factory=Procedure)
    printers: tuple[Printer, ...] = ()
    custody: Custody = field(default_factory=Custody)
    form_templates: Path | None = None
    labels: Labels = field(default_factory=Labels)
    demo_sources: Path | None = None
    demo_today: dt.date | None = None
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def register_path(self) -> Path | None:
        """The file of an SQLite register; None where a database server keeps it."""
        return (
            Path(self.register_url.removeprefix("sqlite:///")) if self.register_url.startswith("sqlite:///") else None
        )

    @property
    def has_register(self) -> bool:
        """Whether the site was initialised: its keys and register are there (a server's register is taken to be)."""
        path = self.register_path
        return self.path is not None and self.key_file.exists() and (path is None or path.exists())

    def officer(self, name: str) -> Officer | None:
        """The 定密责任人 of that name, whatever the date."""
        return next((officer for officer in self.officers if officer.name == name), None)

    def person(self, name: str) -> Person | None:
        """The configured person of that name."""
        return next((person for person in self.people if person.name == plain_name(name)), None)

    def actor(self, account: str, as_name: str | None) -> Actor:
        """Who stands behind a command (REC-1): the account's person, or on a demo site the name that stands in.

        A demo site maps no accounts: without a name its first 承办人 acts.  `RefusedError` where somebody wants to
        stand in on a real site or the account belongs to nobody; `UsageError` where the name is unknown.
        """
        if not self.demo:
            return self._account_holder(account, as_name)
        if as_name is not None and self.person(as_name) is None:
            raise UsageError(f"“{as_name}”不在人员名单之中", f"可用的姓名：{'、'.join(p.name for p in self.people)}")
        stand_in = plain_name(as_name or "") or next((p.name for p in self.people if "承办人" in p.roles), "")
        if not stand_in:
            raise UsageError("没有写明由谁办理", '用 --as 姓名 指明，或在 [[people]] 中给一人加上 roles = ["承办人"]')
        return Actor(account, stand_in, demo=True)

    def _account_holder(self, account: str, as_name: str | None) -> Actor:
        if as_name is not None:
            raise RefusedError(
                f"不能以“{as_name}”的名义办理：正式站点按登录账户认定办理人，姓名不等于签字",
                f"请{as_name}本人登录后办理；--as 只用于演示站点",
                ("REC-1",),
            )
        holder = next((person for person in self.people if account in person.accounts), None)
        if holder is None:
            raise RefusedError(
                f"登录账户 {account} 没有对应的人员",
                f'请管理员在 {self.path or FILE_NAME} 的 [[people]] 中为该人员写上 accounts = ["{account}"]',
                ("REC-1",),
            )
        return Actor(account, holder.name)


def find(start: Path) -> Path | None:
    """The nearest `markpipe.toml` in a folder or above it."""
    start = start.resolve()
    return next((file for folder in (start, *start.parents) if (file := folder / FILE_NAME).is_file()), None)


def load(path: Path | None, start: Path) -> Settings:
    """The settings from `path`, else $MARKPIPE_CONFIG, else the nearest file upward of `start`, else the defaults."""
    chosen = path or (Path(os.environ["MARKPIPE_CONFIG"]) if os.environ.get("MARKPIPE_CONFIG") else find(start))
    if chosen is None:
        return _without_file(start)
    return _from_file(chosen.absolute())


def _without_file(start: Path) -> Settings:
    base = start.absolute()
    return Settings(
        path=None,
        agency=Agency("", Tier.OTHER),
        people=(),
        officers=(),
        system_level="",
        demo=False,
        register_url=_register_url(DEFAULT_REGISTER, base),
        key_file=base / DEFAULT_KEYS,
        origin={"file": "没有找到 markpipe.toml，用默认值"},
    )


def _from_file(path: Path) -> Settings:
    root = read_table(path)
    schema = (
        root.positive("schema", 0) if "schema" in root else root.fail("schema", "没有填写", f"应写 schema = {SCHEMA}")
    )
    if schema != SCHEMA:
        root.fail("schema", f"是 {schema}，本程序只认 {SCHEMA}", "请用相应版本的程序，或按文档改写配置")
    origin = {"file": str(path)}
    base = path.parent
    agency = _agency(root.table("agency"), origin)
    people = tuple(_person(table) for table in root.tables("people"))
    _no_twins(root, people)
    officers = tuple(_officer(table, people) for table in root.tables("officers"))
    demo = root.table("demo")
    enabled = demo.boolean("enabled")
    sources, today = demo.text("sources"), demo.date("today")
    if not enabled and today is not None:
        demo.fail("today", "只能在演示站点设置：正式站点的日期取自系统时钟", "删去这一行，或写 enabled = true")
    system = root.table("system")
    dictionaries, stamps, calendar = root.table("dictionaries"), root.table("stamps"), root.table("calendar")
    scorer = _scorer(dictionaries, base)
    settings = Settings(
        path=path,
        agency=agency,
        people=people,
        officers=officers,
        system_level=system.choice("level", SYSTEM_LEVELS),
        demo=enabled,
        register_url=_register(root, base, origin),
        key_file=_keys(root.table("keys"), base, origin),
        dictionaries=_paths(dictionaries, base),
        scorer=scorer,
        stamps_running=stamps.boolean("running"),
        stamps_scope=stamps.boolean("scope"),
        stamps=_paths(stamps, base),
        limits=_limits(root.table("limits"), origin),
        publication=read_publication(root.table("publication"), base),
        calendars=_paths(calendar, base),
        procedure=read_procedure(root, origin),
        printers=read_printers(root),
        custody=read_custody(root.table("custody"), origin),
        form_templates=_form_templates(root.table("forms"), base, origin),
        labels=read_labels(root.table("labels")),
        demo_sources=base / sources if sources else None,
        demo_today=today,
        origin=origin,
    )
    _record_origins(root, origin)
    for table in (root, demo, system):
        table.finish()
    return settings


def _record_origins(root: Table, origin: dict[str, str]) -> None:
    """Where each value stands, for `doctor`; what is not written is built in."""
    system, demo, labels = root.table("system"), root.table("demo"), root.table("labels")
    dictionaries, stamps, calendar = root.table("dictionaries"), root.table("stamps"), root.table("calendar")
    for name, table, key in (
        ("people", root, "people"),
        ("officers", root, "officers"),
        ("system.level", system, "level"),
        ("printers", root, "printers"),
        ("demo.enabled", demo, "enabled"),
        ("demo.today", demo, "today"),
        ("dictionaries.paths", dictionaries, "paths"),
        ("dictionaries.scorer", dictionaries, "scorer"),
        ("stamps.paths", stamps, "paths"),
        ("stamps.running", stamps, "running"),
        ("stamps.scope", stamps, "scope"),
        ("labels.algorithm", labels, "algorithm"),
        ("labels.trusted", labels, "trusted"),
        ("calendar.paths", calendar, "paths"),
    ):
        origin[name] = table.where(key) if key in table else BUILT_IN


def _agency(table: Table, origin: dict[str, str]) -> Agency:
    name = table.text("name")
    written = table.text("tier", "其他")
    tier = next((tier for tier, words in _TIERS.items() if written in words), None)
    if tier is None:
        table.fail("tier", f"应是{'、'.join(Tier)}之一，现在是“{written}”")
    granted = table.levels("authority")
    authorities = [Authority(granted, "站点配置所列授权")] if granted else []
    authorities += [_authority(item) for item in table.tables("authorities")]
    others = ("related", "business_authority", "secrecy_office", "provincial_office")
    agency = Agency(name, tier, tuple(authorities), table.text("superior"), *(table.text(key) for key in others))
    for key in ("name", "tier", "superior", *others, "authority", "authorities"):
        origin[f"agency.{key}"] = table.where(key) if key in table else BUILT_IN
    table.finish()
    return agency


def _authority(table: Table) -> Authority:
    levels = table.levels("levels")
    if not levels:
        table.fail("levels", "没有填写", '写明授权的密级，如 levels = ["机密", "秘密"]')
    kind = table.choice("kind", _GRANTS, "授权")
    authority = Authority(
        levels,
        table.text("basis", required=True),
        table.date("from"),
        table.date("to"),
        _GRANTS[kind],
        table.texts("matters"),
        table.positive("longest_years", 1) if "longest_years" in table else 0,
        table.text("granted_by"),
    )
    table.finish()
    return authority


def _person(table: Table) -> Person:
    person = Person(plain_name(table.text("name", required=True)), table.texts("accounts"), table.texts("roles"))
    if len(held := [role for role in SEPARATE_ROLES if role in person.roles]) > 1:
        table.fail("roles", f"一人不能兼任{'和'.join(held)}", "系统管理、安全保密管理、安全审计由三个人分别担任")
    table.finish()
    return person


def _no_twins(root: Table, people: tuple[Person, ...]) -> None:
    """A name and an account stand for one person each: events bear nothing else."""
    names: set[str] = set()
    owners: dict[str, str] = {}
    for person, table in zip(people, root.tables("people"), strict=True):
        if person.name in names:
            table.fail("name", f"“{person.name}”写了两次", "同名的人请加区分，如“张三（办公室）”")
        names.add(person.name)
        for account in person.accounts:
            if account in owners:
                table.fail("accounts", f"账户 {account} 已属于“{owners[account]}”", "一个账户只能属于一个人")
            owners[account] = person.name


def _officer(table: Table, people: tuple[Person, ...]) -> Officer:
    name = plain_name(table.text("name", required=True))
    if name not in {person.name for person in people}:
        known = "、".join(person.name for person in people) or "（空）"
        table.fail("name", f"“{name}”不在 [[people]] 之中", f"先在 [[people]] 中写上此人；现有：{known}")
    kind = table.choice("kind", ("法定", "指定"))
    statutory = table.boolean("statutory", kind == "法定")
    if kind and "statutory" in table and statutory != (kind == "法定"):
        table.fail("statutory", f"与 kind = “{kind}”矛盾", "两者写一个即可")
    if not kind and "statutory" not in table:
        table.fail("kind", "没有填写", '写 kind = "法定"（机关、单位负责人）或 kind = "指定"')
    levels = table.levels("levels")
    if not levels and not statutory:
        table.fail("levels", "没有填写", '指定的定密责任人须写明密级，如 levels = ["机密", "秘密"]')
    start, end = table.date("from"), table.date("to")
    if start and end and end < start:
        table.fail("to", f"{end} 早于 from {start}")
    deputy_of = plain_name(table.text("deputy_of"))
    if deputy_of and (deputy_of == name or deputy_of not in {person.name for person in people}):
        table.fail("deputy_of", f"“{deputy_of}”不能是本人，且须列入 [[people]]", "写 A 角的姓名")
    officer = Officer(
        name,
        statutory,
        levels or frozenset(Level),
        start,
        end,
        table.text("certificate"),
        table.date("certificate_to"),
        table.text("appointment"),
        table.date("published"),
        table.date("filed"),
        deputy_of,
    )
    table.finish()
    return officer


def _register(root: Table, base: Path, origin: dict[str, str]) -> str:
    """The register's address; the file may say `register = "…"` or have a table [register]."""
    if root.is_text("register"):
        origin["register.url"], url = root.where("register"), root.text("register")
    else:
        table = root.table("register")
        origin["register.url"] = table.where("url") if "url" in table else BUILT_IN
        url = table.text("url", DEFAULT_REGISTER)
        table.finish()
    if os.environ.get("MARKPIPE_REGISTER"):
        origin["register.url"] = "环境变量 MARKPIPE_REGISTER"
        return _register_url(os.environ["MARKPIPE_REGISTER"], Path.cwd())
    return _register_url(url, base)


def _register_url(text: str, base: Path) -> str:
    """A path, or sqlite:/// before a path, becomes absolute from `base`; any other address stays as it is."""
    scheme, separator, rest = text.partition("://")
    if separator and scheme != "sqlite":
        return text
    path = base / (rest.removeprefix("/") if separator else text)
    return f"sqlite:///{path}"


def _keys(table: Table, base: Path, origin: dict[str, str]) -> Path:
    written = table.text("file", DEFAULT_KEYS)
    origin["keys.file"] = table.where("file") if "file" in table else BUILT_IN
    table.finish()
    if os.environ.get("MARKPIPE_KEYS"):
        origin["keys.file"] = "环境变量 MARKPIPE_KEYS"
        return Path(os.environ["MARKPIPE_KEYS"]).absolute()
    return base / written


def _paths(table: Table, base: Path) -> tuple[Path, ...]:
    paths = tuple(base / text for text in table.texts("paths"))
    table.finish()
    for path in paths:
        if not path.exists():
            table.fail("paths", f"所写的 {path} 不存在", "核对路径；相对路径从配置文件所在文件夹算起")
    return paths


def _scorer(table: Table, base: Path) -> Path | None:
    """The folder of a spaCy pipeline that orders findings; asked for before the table is finished."""
    folder = base / table.text("scorer") if "scorer" in table else None
    if folder is not None and not folder.is_dir():
        table.fail("scorer", f"所写的模型文件夹 {folder} 不存在", "先运行 markpipe dictionary train，或删去这一行")
    return folder


def _form_templates(table: Table, base: Path, origin: dict[str, str]) -> Path | None:
    """The folder of the unit's own form templates."""
    folder = base / table.text("templates") if "templates" in table else None
    if folder is not None and not folder.is_dir():
        table.fail(
            "templates", f"所写的文件夹 {folder} 不存在", "核对路径；用 determination templates 取得程序自带的模板"
        )
    origin["forms.templates"] = table.where("templates") if "templates" in table else BUILT_IN
    table.finish("templates")
    return folder


def _limits(table: Table, origin: dict[str, str]) -> Limits:
    names = [item.name for item in fields(Limits)]
    defaults = Limits()
    limits = Limits(**{name: table.positive(name, getattr(defaults, name)) for name in names})
    for name in names:
        origin[f"limits.{name}"] = table.where(name) if name in table else BUILT_IN
    table.finish()
    return limits
