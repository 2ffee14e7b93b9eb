"""`markpipe determination`: the life of a decision, one matter at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import click

from markpipe.classify import determine
from markpipe.classify.procedure import Change, ensure_may
from markpipe.classify.procedure import Decision as Settling
from markpipe.classify.rules import check
from markpipe.cli.acting import approver, bench, declared_sources, handler, matter_argument
from markpipe.cli.looking import make_worker, site_examiner
from markpipe.cli.matters import LIST_SCHEMA, SHOW_SCHEMA, matter_json, matter_line, matter_text
from markpipe.cli.site import Site, as_option, format_option, pass_site
from markpipe.errors import ExitCode, IncompleteError, RefusedError, UsageError
from markpipe.ledger.fold import offer_digest
from markpipe.ledger.views import Matter
from markpipe.model.agency import Actor, Person
from markpipe.model.classification import Level, Term, parse_term
from markpipe.model.decision import Proposal, Violation
from markpipe.model.document import ReadStatus
from markpipe.model.outcome import Assessment
from markpipe.pipeline.batch import Item, list_inputs
from markpipe.pipeline.drafting import given_on, no_authority_form, no_authority_name
from markpipe.pipeline.history import Happened, history
from markpipe.pipeline.house import house_for
from markpipe.pipeline.markable import obstacles
from markpipe.pipeline.press import MARKABLE
from markpipe.pipeline.settle import UNRELATED, Approver, Desk, draw_up, excerpt_approvals
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.pipeline.writer import write as write_file
from markpipe.store.register import Register
from markpipe.text.dates import parse_date

ANSWERS = (UNRELATED, "涉及内容")


@click.group("determination", help="定密事项：承办人拟定，定密责任人审批（批准、纠正、退回、不予定密），查询。")
def group() -> None:
    """Nothing of its own."""


@group.command("propose", help="为一份草稿拟定密级，报定密责任人审批。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--handler", "handler_name", metavar="姓名", help="承办人，默认为登录账户本人。")
@click.option("--source", "sources", multiple=True, metavar="来源编号", help="申明派生自该来源，可写多次。")
@click.option("--touched", multiple=True, metavar="来源编号:密级[★期限]", help="涉及该来源的哪个密点，可写多次。")
@click.option("--level", metavar="密级", help="承办人拟定的密级（不写则按提示和来源拟定）。")
@click.option("--term", metavar="期限", help="承办人拟定的期限、解密时间或解密条件。")
@click.option("--reason", default="", metavar="理由", help="另行拟定密级或期限的理由。")
@click.option("--basis", default="", metavar="范围事项", help="所据保密事项范围的名称、条目和事项（词典里没有的）。")
@click.option("--issued", metavar="日期", help="拟制发日期，默认今天。")
@click.option("--scope", default="", metavar="知悉范围", help="知悉范围，逐一列出单位和人员，用顿号分开。")
@format_option
@pass_site
def propose(
    site: Site,
    file: Path,
    handler_name: str | None,
    sources: tuple[str, ...],
    touched: tuple[str, ...],
    level: str | None,
    term: str | None,
    reason: str,
    basis: str,
    issued: str | None,
    scope: str,
    fmt: str,
) -> int:
    acting = handler(site, handler_name)
    issued_on = parse_date(issued, "--issued ") if issued else site.today()
    with site.open_register() as register:
        assessment = _assess(site, register, file)
        desk = Desk(
            site.settings.agency,
            acting,
            site.today(),
            issued_on,
            site.now,
            declared=declared_sources(register, sources, touched),
            procedure=site.settings.procedure,
        )
        proposal = draw_up(assessment, register, desk)
        wanted = None if level is None else read_level(level)
        proposal = determine.put_forward(proposal, wanted, read_term(term), reason, basis)
        if scope:
            proposal = replace(proposal, access_scope=scope)
        matter = register.propose(proposal, acting, site.now())
        violations = check(matter.proposal, bench(site).context(register, matter.digest, matter))
    show_matter(site, matter, fmt, violations)
    unmarkable = _unmarkable(site, file, assessment, matter.proposal)
    for line in unmarkable:
        site.echo(f"提示：{line}", err=True)
    held = violations or proposal.open_questions or unmarkable or assessment.document.status is not ReadStatus.READ
    if assessment.document.status is not ReadStatus.READ:
        return ExitCode.INCOMPLETE
    return ExitCode.FINDINGS if held else ExitCode.OK


@group.command("answer", help="承办人答复：草稿引用的涉密文号是否涉及其内容。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--citation", metavar="引用编号", help="报告中的引用编号；草稿只有一处引用时可以不写。")
@click.option("--answer", "answer_", type=click.Choice(ANSWERS), required=True, help="是否涉及所引文件的内容。")
@click.option("--reason", required=True, metavar="理由", help="答复的理由。")
@click.option("--handler", "handler_name", metavar="姓名", help="承办人，默认为登录账户本人。")
@pass_site
def answer(site: Site, file: Path, citation: str | None, answer_: str, reason: str, handler_name: str | None) -> None:
    acting = handler(site, handler_name)
    if not reason.strip():
        raise UsageError("--reason 是空的", "请写明理由")
    with site.open_register() as register:
        assessment = _assess(site, register, file)
        found = [each for each in assessment.citations if citation in (None, each.id)]
        if not found or (citation is None and len(found) > 1):
            known = "、".join(each.id for each in assessment.citations) or "没有"
            raise UsageError(f"{file} 中没有这处引用，或须指明是哪一处", f"--citation 可用的编号：{known}")
        one = found[0]
        digest = assessment.document.digest
        register.answer_citation(digest, one.id, one.text, answer_, reason, acting, site.now())
    site.answer(f"已记录：{file} 的引用 {one.id} {answer_}（承办人 {acting.person}）")


@group.command("approve", help="定密责任人批准。")
@matter_argument
@as_option
@format_option
@pass_site
def approve(site: Site, matter_id: str, as_name: str | None, fmt: str) -> None:
    officer = acting_officer(site, as_name)
    with site.open_register() as register:
        matter = register.matter(matter_id)
        context = bench(site, officer).context(register, matter.digest, matter)
        with recording(site, register, matter, officer):
            determination = determine.approve(matter.proposal, context, officer.actor, matter.id)
        register.take(excerpt_approvals(determination, matter.proposal, context), officer.actor, site.now())
        matter = register.approve(determination, officer.actor, site.now())
    show_matter(site, matter, fmt)


@group.command("correct", help="定密责任人纠正密级或期限；纠正后仍须批准。")
@matter_argument
@click.option("--level", required=True, metavar="密级", help="应为的密级。")
@click.option("--term", metavar="期限", help="应为的期限、解密时间或解密条件。")
@click.option("--reason", required=True, metavar="理由", help="纠正的理由。")
@as_option
@format_option
@pass_site
def correct(
    site: Site, matter_id: str, level: str, term: str | None, reason: str, as_name: str | None, fmt: str
) -> None:
    officer = acting_officer(site, as_name)
    with site.open_register() as register:
        matter = register.matter(matter_id)
        _settled_by(site, register, matter, officer)
        corrected = determine.correct(matter.proposal, read_level(level), read_term(term), reason)
        matter = register.correct(matter_id, corrected, reason, officer.actor, site.now())
    show_matter(site, matter, fmt)


def _with_a_reason(name: str, help_: str, decide: Callable[[Register], Callable[..., Matter]]) -> None:
    """A command by which an officer ends a proposal with a reason."""

    @group.command(name, help=help_)
    @matter_argument
    @click.option("--reason", required=True, metavar="理由", help="理由。")
    @as_option
    @format_option
    @pass_site
    def command(site: Site, matter_id: str, reason: str, as_name: str | None, fmt: str) -> None:
        officer = acting_officer(site, as_name)
        with site.open_register() as register:
            _settled_by(site, register, register.matter(matter_id), officer, settles=name != "return")
            matter = decide(register)(matter_id, reason, officer.actor, site.now())
        show_matter(site, matter, fmt)


_with_a_reason("return", "定密责任人退回承办人。", lambda register: register.give_back)
_with_a_reason("decline", "定密责任人决定不予定密。", lambda register: register.decline)


@group.command("list", help="列出定密事项。")
@format_option
@pass_site
def list_(site: Site, fmt: str) -> None:
    with site.open_register() as register:
        matters = register.matters()
    if fmt == "json":
        site.answer({"schema": LIST_SCHEMA, "determinations": [matter_json(matter) for matter in matters]}, fmt)
    else:
        site.answer("\n".join(matter_line(matter) for matter in matters) or "没有定密事项")


@group.command("show", help="查看一件定密事项。")
@matter_argument
@format_option
@pass_site
def show(site: Site, matter_id: str, fmt: str) -> None:
    with site.open_register() as register:
        matter = register.matter(matter_id)
        past = history(register, matter)
    show_matter(site, matter, fmt, past=past)


def _assess(site: Site, register: Register, file: Path) -> Assessment:
    """One draft, read and looked through; `IncompleteError` when nothing of it could be read."""
    item = list_inputs([file])[0]
    with work_folder(default_root()) as work, make_worker(site, work) as worker:
        assessment = site_examiner(site, register)[0].look(Item(file, item.name, item.unread), worker)
    document = assessment.document
    if document.status is ReadStatus.UNREAD:
        reason = document.unread[0].reason
        raise IncompleteError(f"{file}：{reason.message}", reason.remedy)
    return assessment


def _unmarkable(site: Site, file: Path, assessment: Assessment, proposal: Proposal) -> tuple[str, ...]:
    """What would keep a file from being marked once it is approved: said while it can still be mended."""
    if assessment.document.format not in MARKABLE or proposal.level is None:
        return ()
    with work_folder(default_root()) as work, make_worker(site, work) as worker:
        house = house_for(site.settings, site.keyring(), labels=False)
        return obstacles(worker, file.read_bytes(), assessment.document.format, proposal, house)


def acting_officer(site: Site, as_name: str | None) -> Approver:
    """Who decides: the account's person (on a demo site the name that stands in), officer or not."""
    actor = site.actor(as_name)
    return approver(site, actor.person)


def known_officer(site: Site, as_name: str | None) -> Approver:
    """As `acting_officer`, and in office today; `RefusedError` otherwise."""
    officer = acting_officer(site, as_name)
    ensure_may(person(site, officer.actor), Change(officer.officer, site.today()))
    return officer


def person(site: Site, actor: Actor) -> Person:
    """Who acts, with the roles that the settings give them."""
    return site.settings.person(actor.person) or Person(actor.person)


def _settled_by(site: Site, register: Register, matter: Matter, officer: Approver, *, settles: bool = True) -> None:
    """Let pass only an officer who may settle the proposal; a refused attempt is recorded."""
    with recording(site, register, matter, officer):
        context = bench(site, officer).context(register, matter.digest, matter)
        ensure_may(person(site, officer.actor), Settling(context, matter.proposal.handler, settles))


@contextmanager
def recording(site: Site, register: Register, matter: Matter, officer: Approver) -> Iterator[None]:
    """A refused attempt is an event of its own; one beyond the unit's authority also drafts the 申报表 (AUTH-1)."""
    try:
        yield
    except RefusedError as refusal:
        register.refuse(matter.id, refusal.rules, refusal.message, officer.actor, site.now())
        if "LVL-2" in refusal.rules:
            path = site.forms_folder() / no_authority_name(matter.id)
            settings = site.settings
            given = given_on(register, matter, offer_digest(matter.proposal))
            sheet = no_authority_form(matter.proposal, settings.agency, site.today(), settings.demo, matter.id, given)
            write_file(path, site.templates().make(sheet), replace=True)
            remedy = f"已起草无权定密事项定密申报表：{path}；签字盖章后立即报送，答复用 determination answered 登记"
            raise RefusedError(refusal.message, remedy, refusal.rules) from refusal
        raise


def read_level(text: str) -> Level:
    try:
        return Level.from_label(text)
    except ValueError as error:
        raise UsageError(f"--level：{error}") from error


def read_term(text: str | None) -> Term | None:
    try:
        return None if text is None else parse_term(text)
    except ValueError as error:
        raise UsageError(f"--term：{error}") from error


def show_matter(
    site: Site, matter: Matter, fmt: str, violations: tuple[Violation, ...] = (), past: tuple[Happened, ...] = ()
) -> None:
    if fmt == "json":
        told = {"history": [asdict(one) for one in past]} if past else {}
        site.answer({"schema": SHOW_SCHEMA, **matter_json(matter, violations), **told}, fmt)
    else:
        site.answer(matter_text(matter, violations, past, demo=site.settings.demo))
