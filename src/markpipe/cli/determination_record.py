"""`markpipe determination …`: what is recorded around a decision: consents, opinions, absences, reports, notices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from markpipe.classify import procedure as steps
from markpipe.classify.authority import addressee, office_for
from markpipe.classify.procedure import ensure_may
from markpipe.classify.rules import highest_claim
from markpipe.classify.terms import end_of
from markpipe.cli.acting import bench, matter_argument, said_by
from markpipe.cli.determination import acting_officer, person, read_level, read_term
from markpipe.cli.site import Site, as_option, pass_site
from markpipe.config.procedure import ROLES
from markpipe.errors import UsageError
from markpipe.ledger.fold import offer_digest
from markpipe.ledger.procedure import (
    AbsenceRecorded,
    ConsentRecorded,
    KnowerLogged,
    MatterReported,
    MatterReviewed,
    NoticeGiven,
    OpinionGiven,
    ProcedureEvent,
    ReportAnswered,
    SheetAttached,
    drafted_digest,
)
from markpipe.ledger.views import Matter
from markpipe.model.classification import Level, Term
from markpipe.model.decision import Proposal, Source
from markpipe.model.procedure import (
    Absence,
    Answer,
    Attachment,
    Claim,
    Consent,
    ConsentKind,
    Knower,
    Notice,
    Opinion,
    Report,
    ReportKind,
    Review,
)
from markpipe.pipeline.history import history
from markpipe.pipeline.standing import UNCERTAIN_DAYS, drawn_up, open_draft
from markpipe.store.register import Register
from markpipe.text.dates import parse_date

CONSENTS = {"原定密机关": ConsentKind.ORIGINATOR, "本单位": ConsentKind.LEADER, "扩大范围": ConsentKind.WIDENING}
REPORTS = {"无权": ReportKind.NO_AUTHORITY, "不明确": ReportKind.UNCERTAIN, "争议": ReportKind.DISPUTE}


@click.command("consent", help="登记对摘录、引用、汇编或者扩大知悉范围的同意；编号可写事项编号或草稿文件。")
@click.argument("draft", metavar="编号|FILE")
@click.option("--kind", type=click.Choice(list(CONSENTS)), required=True, help="谁同意、同意什么。")
@click.option("--source", "source_id", required=True, metavar="来源编号", help="哪份来源。")
@said_by("同意的机关、单位或者负责人。", "同意的公文或者批件。")
@click.option("--on", "day", metavar="日期", help="同意的日期，默认今天。")
@click.option("--scope", default="", metavar="知悉范围", help="同意扩大到的单位和人员。")
@as_option
@pass_site
def consent(
    site: Site,
    draft: str,
    kind: str,
    source_id: str,
    by: str,
    document: str,
    day: str | None,
    scope: str,
    as_name: str | None,
) -> None:
    chosen = CONSENTS[kind]
    if chosen is ConsentKind.WIDENING and not scope.strip():
        raise UsageError("没有写同意扩大到的知悉范围", "用 --scope 逐一列出单位和人员")
    _filled(by=by, document=document)
    on = parse_date(day, "--on ") if day else site.today()
    with site.open_register() as register:
        _source(register, source_id)
        digest = _digest(register, draft)
        given = Consent(chosen, source_id, by, document, on, scope)
        register.take((ConsentRecorded(digest, given),), site.actor(as_name), site.now())
    site.answer(f"已登记：{chosen.value}（来源 {source_id}，{by}，{document}）")


@click.command("opinion", help="登记定密责任人之前各环节的意见。")
@matter_argument
@click.option("--step", type=click.Choice(list(ROLES)), required=True, help="哪个环节。")
@click.option("--agree/--object", "agrees", default=True, help="同意或者不同意。")
@click.option("--words", default="", metavar="意见", help="意见的内容；不同意的必须写。")
@as_option
@pass_site
def opinion(site: Site, matter_id: str, step: str, agrees: bool, words: str, as_name: str | None) -> None:
    actor = site.actor(as_name)
    if not agrees and not words.strip():
        raise UsageError("不同意的必须写明意见", "用 --words 写明")
    with site.open_register() as register:
        matter = register.matter(matter_id)
        draft = open_draft(register, matter_id)
        drew_up = matter.proposal.handler if draft is None else draft.handler
        ensure_may(person(site, actor), steps.Opinion(step, ROLES[step], drew_up))
        offer = offer_digest(matter.proposal) if draft is None else drafted_digest(draft.drafted)
        given = Opinion(step, agrees, words or "同意", site.today(), offer)
        register.take((OpinionGiven(matter_id, given),), actor, site.now())
    site.answer(f"已登记：{matter_id} {step}{'同意' if agrees else '不同意'}（{actor.person}）")


@click.command("absence", help="登记定密责任人（A 角）不在岗的起止日；B 角只能在这几天代行。")
@click.argument("officer", metavar="姓名")
@click.option("--from", "start", required=True, metavar="日期", help="第一天。")
@click.option("--to", "end", required=True, metavar="日期", help="最后一天（含当日）。")
@click.option("--reason", required=True, metavar="事由", help="为什么不在岗。")
@as_option
@pass_site
def absence(site: Site, officer: str, start: str, end: str, reason: str, as_name: str | None) -> None:
    if site.settings.officer(officer) is None:
        raise UsageError(f"“{officer}”不是已配置的定密责任人", "核对 [[officers]] 中的姓名")
    away = Absence(officer, parse_date(start, "--from "), parse_date(end, "--to "), reason)
    if away.end < away.start:
        raise UsageError("--to 早于 --from", "核对日期")
    actor = site.actor(as_name)
    deputies = tuple(one.name for one in site.settings.officers if one.deputy_of == officer)
    ensure_may(person(site, actor), steps.Absence(officer, deputies))
    with site.open_register() as register:
        register.take((AbsenceRecorded(away),), actor, site.now())
    site.answer(f"已登记：{officer} {away.start} 至 {away.end} 不在岗（{reason}）")


@click.command("report", help="登记上报：无权定密、不明确或者有争议的事项；答复之前按拟定（争议按最高主张）保护。")
@matter_argument
@click.option("--kind", type=click.Choice(list(REPORTS)), required=True, help="为什么上报。")
@click.option("--reason", required=True, metavar="理由", help="理由。")
@click.option(
    "--claim",
    "claims",
    multiple=True,
    metavar="机关=密级[★期限]",
    help="争议各方的主张，可写多次；不属于国家秘密写“无”。",
)
@click.option("--drafted", metavar="日期", help="拟定日期，默认为台账里第一次拟定密级的那天。")
@as_option
@pass_site
def report(
    site: Site,
    matter_id: str,
    kind: str,
    reason: str,
    claims: tuple[str, ...],
    drafted: str | None,
    as_name: str | None,
) -> None:
    from markpipe.config.workdays import load_calendar  # files of its own, needed by no other command here

    chosen, agency = REPORTS[kind], site.settings.agency
    said = tuple(_claim(text) for text in claims)
    if (chosen is ReportKind.DISPUTE) != bool(said):
        raise UsageError(
            "争议须写明各方主张，其他上报不写" if not said else "只有争议才写各方主张", "--claim 机关=密级★期限"
        )
    with site.open_register() as register:
        matter = register.matter(matter_id)
        proposal = matter.proposal
        actor, ours = site.actor(as_name), bench(site).context(register, matter.digest, matter)
        leaving = steps.Departure(replace(ours, steps=site.settings.procedure.report_steps))
        ensure_may(person(site, actor), leaving)
        today = site.today()
        drafted_on = parse_date(drafted, "--drafted ") if drafted else drawn_up(register, today).get(matter_id, today)
        level, term = proposal.level, proposal.term
        if chosen is ReportKind.DISPUTE:
            level, term = _claimed(said, proposal)
        to = addressee(agency) if chosen is ReportKind.NO_AUTHORITY else office_for(agency, level)
        uncertain = chosen is ReportKind.UNCERTAIN
        due = load_calendar(site.settings.calendars).after(drafted_on, UNCERTAIN_DAYS) if uncertain else None
        drawn = Report(chosen, to.label, level, term, drafted_on, due, reason)
        register.take((MatterReported(matter_id, drawn, said),), actor, site.now())
    by = (
        "，没有当年的工作日安排，期限请自行核算"
        if uncertain and due is None
        else ""
        if due is None
        else f"，{due} 前报出"
    )
    kept = "" if level is None else f"；按{level.label}级保护"
    site.answer(f"已登记：{matter_id} 作为{chosen.value}报{to.label}{by}{kept}")


@click.command("answered", help="登记有权机关对上报事项的答复。")
@matter_argument
@click.option("--kind", type=click.Choice(list(REPORTS)), required=True, help="答复的是哪种上报。")
@said_by("答复机关。", "答复的文号。")
@click.option("--level", metavar="密级", help="确定的密级；不写为不属于国家秘密。")
@click.option("--term", metavar="期限", help="确定的期限。")
@as_option
@pass_site
def answered(
    site: Site,
    matter_id: str,
    kind: str,
    by: str,
    document: str,
    level: str | None,
    term: str | None,
    as_name: str | None,
) -> None:
    _filled(by=by, document=document)
    given = Answer(
        REPORTS[kind], by, document, site.today(), None if level is None else read_level(level), read_term(term)
    )
    with site.open_register() as register:
        kinds = {e.event.report.kind for e in register.steps(matter_id) if isinstance(e.event, MatterReported)}
        if REPORTS[kind] not in kinds:
            raise UsageError(f"{matter_id} 没有登记{REPORTS[kind].value}的上报", "先用 determination report 登记")
        register.take((ReportAnswered(matter_id, given),), site.actor(as_name), site.now())
    decided = "不属于国家秘密" if given.level is None else given.level.label
    site.answer(f"已登记：{matter_id} 由{by}答复为{decided}（{document}）")


@click.command("know", help="登记知悉人员（机密级以上逐人登记）。")
@matter_argument
@click.option("--name", required=True, metavar="姓名", help="知悉人。")
@click.option("--unit", default="", metavar="单位", help="所在单位、部门。")
@click.option("--reason", default="", metavar="事由", help="因何知悉。")
@as_option
@pass_site
def know(site: Site, matter_id: str, name: str, unit: str, reason: str, as_name: str | None) -> None:
    _take(site, matter_id, KnowerLogged(matter_id, Knower(name, unit, site.today(), reason)), as_name)
    site.answer(f"已登记：{name}知悉 {matter_id}")


@click.command("notice", help="登记书面通知：变更、解密、无法标志或者知悉范围。")
@matter_argument
@click.option(
    "--subject", type=click.Choice(["变更", "解密", "无法标志", "知悉范围"]), required=True, help="通知什么。"
)
@click.option("--to", "recipients", multiple=True, required=True, metavar="单位或人员", help="通知谁，可写多次。")
@click.option("--document", default="", metavar="文号", help="通知的文号。")
@as_option
@pass_site
def notice(
    site: Site, matter_id: str, subject: str, recipients: tuple[str, ...], document: str, as_name: str | None
) -> None:
    events = tuple(NoticeGiven(matter_id, Notice(subject, to, document, site.today())) for to in recipients)
    with site.open_register() as register:
        register.take(events, site.actor(as_name), site.now())
    site.answer(f"已登记：{matter_id} {subject}已书面通知{'、'.join(recipients)}")


@click.command("review", help="登记定期审核的结果。")
@matter_argument
@click.option("--result", required=True, metavar="结果", help="审核结果，如 维持。")
@as_option
@pass_site
def review(site: Site, matter_id: str, result: str, as_name: str | None) -> None:
    acting_officer(site, as_name)
    _take(site, matter_id, MatterReviewed(matter_id, Review(site.today(), result)), as_name)
    site.answer(f"已登记：{matter_id} 审核结果 {result}")


@click.command("attach", help="把签字盖章的扫描件登记到事项名下（只记名称和校验值，文件自行保管）。")
@matter_argument
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--what", required=True, metavar="名称", help="是什么，如 审批表。")
@click.option(
    "--step", type=int, default=0, metavar="序号", help="属于经过中的哪一步（determination show 列出的序号）。"
)
@as_option
@pass_site
def attach(site: Site, matter_id: str, file: Path, what: str, step: int, as_name: str | None) -> None:
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    with site.open_register() as register:
        known = [happened.seq for happened in history(register, register.matter(matter_id))]
        if step and step not in known:
            raise UsageError(f"{matter_id} 的经过里没有第 {step} 步", "用 determination show 查看序号")
        event = SheetAttached(matter_id, Attachment(what, file.name, checksum, step))
        register.take((event,), site.actor(as_name), site.now())
    site.answer(f"已登记：{matter_id} 的{what} {file.name}（SHA-256 {checksum[:16]}…）")


def _take(site: Site, matter_id: str, event: ProcedureEvent, as_name: str | None) -> Matter:
    with site.open_register() as register:
        register.take((event,), site.actor(as_name), site.now())
        return register.matter(matter_id)


def _digest(register: Register, draft: str) -> str:
    """The digest of a draft that is named by its matter or by its file."""
    path = Path(draft)
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return register.matter(draft).digest


def _source(register: Register, source_id: str) -> Source:
    source = next((one for one in register.sources() if one.id == source_id), None)
    if source is None:
        raise UsageError(f"来源“{source_id}”没有登记", "用 markpipe source list 查看编号")
    return source


def _claimed(claims: Sequence[Claim], proposal: Proposal) -> tuple[Level | None, Term | None]:
    """The highest level and the longest term claimed, as they were claimed; the proposal's where nobody claims one."""
    level, end = highest_claim(claims, proposal.issued_on)
    terms = (one.term for one in claims if one.level is not None and one.term is not None)
    term = next((term for term in terms if end is not None and end_of(term, proposal.issued_on) == end), proposal.term)
    return level or proposal.level, term


def _claim(text: str) -> Claim:
    by, equals, words = text.partition("=")
    if not equals or not by.strip():
        raise UsageError(f"--claim “{text}”没有写是谁的主张", "写作 机关=密级★期限，如 某厅=机密★10年")
    if words == "无":
        return Claim(by, None)
    level, _, term = words.partition("★")
    return Claim(by, read_level(level), read_term(term or None))


def _filled(**values: str) -> None:
    for name, content in values.items():
        if not content.strip():
            raise UsageError(f"--{name} 是空的", "请写明")
