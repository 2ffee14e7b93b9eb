"""Whether a carrier may go where somebody wants it: pure functions of the rows that matter.

::

    制作/收文/复制 ──▶ 在库 ──分发──▶ 待签收 ──签收──▶ 已签收 ─┐
                       │ ──传阅/借出/携带──▶ ……          ──归还──▶ 在库     every way leads back through the 保密员
                       │ ──归档/退制发机关──▶ end
                       └ 作废 ─▶ 列入销毁清册 ──两名监销人签字──▶ 已销毁          丢失 at any time: an incident

Each answers with events (none where the same was done before) or raises `RefusedError` with the rules, or `UsageError`
where a name names nothing.  Who is a 保密员 and what day it is, the caller says.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from markpipe.errors import RefusedError, UsageError
from markpipe.ledger.custody_events import (
    CarrierLost,
    CarriersMoved,
    CarriersReceived,
    CustodyEvent,
    Duplicated,
    HolderCleared,
    IncidentStep,
    RecallClosed,
    RecallOpened,
)
from markpipe.ledger.tables import Row
from markpipe.model.carrier import SERIAL_DIGITS
from markpipe.model.classification import Level
from markpipe.model.custody import OUT, Act, Carrier, CarrierState, Incoming, Reproduction, carrier_ref
from markpipe.text.entered import plain_name

CHANNELS = ("当面交接", "机要交通", "机要通信", "专人送达")
"""How carriers may travel; ordinary post and couriers may not have them (保密法第二十八条)."""

REPORT_HOURS = 24
Events = tuple[CustodyEvent, ...]
_IN = (CarrierState.IN_STORE,)
_FROM: dict[Act, tuple[CarrierState, ...]] = {
    Act.SEND: _IN,
    Act.SIGN: (CarrierState.SENT,),
    Act.CIRCULATE: _IN,
    Act.LEND: _IN,
    Act.CARRY: _IN,
    Act.RETURN: (*OUT, CarrierState.LOST),
    Act.ARCHIVE: _IN,
    Act.GIVE_BACK: _IN,
}
_TO = {
    Act.SEND: CarrierState.SENT,
    Act.SIGN: CarrierState.HELD,
    Act.CIRCULATE: CarrierState.CIRCULATING,
    Act.LEND: CarrierState.LENT,
    Act.CARRY: CarrierState.CARRIED,
    Act.RETURN: CarrierState.IN_STORE,
    Act.ARCHIVE: CarrierState.ARCHIVED,
    Act.GIVE_BACK: CarrierState.GIVEN_BACK,
}
_TO_SOMEBODY = (Act.SEND, Act.CIRCULATE, Act.LEND, Act.CARRY)
_APPROVED = (Act.LEND, Act.CARRY)
_SEPARATORS = re.compile(r"[、，,；;]")


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody asks for.

    `widened` is the approval by which a holder outside the 知悉范围 may have it, `longest` for how many days a carrier of
    a level may be away (levels that it leaves out: no limit).
    """

    act: Act
    on: dt.date
    holder: str = ""
    unit: str = ""
    due: dt.date | None = None
    approved_by: str = ""
    approval: str = ""
    channel: str = CHANNELS[0]
    widened: str = ""
    companion: str = ""
    note: str = ""
    longest: Mapping[Level, int] = field(default_factory=dict)


def move(wanted: Move, carriers: Sequence[Carrier]) -> Events:
    """Carry out one act on carriers, all or none of them."""
    if not carriers:
        raise UsageError("没有指明哪一份", "写出份的编号，如 D2026-0001/000003")
    _complete(wanted)
    fresh = [carrier for carrier in carriers if not _stands_so(wanted, carrier)]
    for carrier in fresh:
        _check_place(wanted.act, carrier)
        if wanted.act in _TO_SOMEBODY:
            _check_holder(wanted, carrier)
        if wanted.act is Act.SIGN and carrier.holder != wanted.holder:
            raise RefusedError(f"{carrier.ref} 是发给{carrier.holder}的，{wanted.holder}不能签收", "由接收人本人签收")
        if wanted.act is Act.GIVE_BACK and not carrier.issuer:
            raise RefusedError(f"{carrier.ref} 是本单位制发的，没有可退的制发机关", "收回用 copies return")
    if not fresh:
        return ()
    note = "；".join(part for part in (wanted.note, _with(wanted.companion), _widened(wanted.widened)) if part)
    moved = CarriersMoved(
        wanted.act,
        tuple(carrier.ref for carrier in fresh),
        _TO[wanted.act],
        _holder(wanted),
        wanted.unit,
        wanted.on,
        wanted.due,
        wanted.approved_by,
        wanted.approval,
        wanted.channel if wanted.act in (Act.SEND, Act.GIVE_BACK) else "",
        note,
    )
    if wanted.act is Act.SIGN:
        moved = replace(moved, unit=fresh[0].unit)
    return (moved,)


def _with(companion: str) -> str:
    return f"同行{companion}" if companion else ""


def _widened(approval: str) -> str:
    return f"扩大知悉范围：{approval}" if approval else ""


def _complete(wanted: Move) -> None:
    if wanted.act in _TO_SOMEBODY and not wanted.holder.strip():
        raise UsageError(f"{wanted.act.value}没有写明交给谁", "用 --to 给出姓名")
    if wanted.act in _APPROVED:
        if not (wanted.approved_by.strip() and wanted.due):
            raise UsageError(f"{wanted.act.value}须写明批准人和归还日期", "用 --approved-by 和 --days 给出")
        if wanted.due < wanted.on:
            raise UsageError("归还日期早于今天", "核对 --days")
        if wanted.approved_by == wanted.holder:
            raise RefusedError(f"{wanted.act.value}不能由本人批准", "请有权批准的人批准", ("REC-2",))
    if wanted.channel not in CHANNELS:
        raise RefusedError(
            f"不得用“{wanted.channel}”传递国家秘密载体", f"可用：{'、'.join(CHANNELS)}（保密法第二十八条）", ("REC-2",)
        )
    if wanted.unit and wanted.act is Act.SEND and wanted.channel == CHANNELS[0]:
        raise UsageError("发往外单位须写明传递渠道", f"用 --channel 给出：{'、'.join(CHANNELS[1:])}")


def _stands_so(wanted: Move, carrier: Carrier) -> bool:
    if wanted.act is Act.SEND and carrier.state is CarrierState.HELD:
        return carrier.holder == wanted.holder  # sent and signed for
    return (carrier.state, carrier.holder, carrier.due) == (_TO[wanted.act], _holder(wanted), wanted.due)


def _holder(wanted: Move) -> str:
    """Who has it afterwards; nobody where the act does not give it to a person."""
    return wanted.holder if wanted.act in (*_TO_SOMEBODY, Act.SIGN) else ""


def _check_place(act: Act, carrier: Carrier) -> None:
    if carrier.state in _FROM[act]:
        return
    if carrier.state in OUT and act in _TO_SOMEBODY:
        raise RefusedError(
            f"{carrier.ref} 在{carrier.holder}处（{carrier.state.value}），不得横传",
            "先退回保密员（copies return），再由保密员分发或传阅",
            ("REC-2",),
        )
    allowed = "、".join(state.value for state in _FROM[act])
    raise RefusedError(f"{carrier.ref} 现为“{carrier.state.value}”，不能{act.value}", f"须为：{allowed}", ("SER-1",))


def _check_holder(wanted: Move, carrier: Carrier) -> None:
    """LAW 21: nobody outside the 知悉范围, which can be compared only where it lists names; else a person decides."""
    listed = _SEPARATORS.split(carrier.access_scope)
    # 李　四 is one name spaced out, 李四 赵六 are two: both readings count
    scope = {name for part in listed for name in (plain_name(part), *part.split()) if name}
    if scope and not scope & {wanted.holder, wanted.unit} and not wanted.widened.strip():
        raise RefusedError(
            f"{wanted.holder}不在 {carrier.ref} 的知悉范围（{carrier.access_scope}）之内",
            "扩大知悉范围须经批准，用 --widened 写明批准人和文号",
            ("DRV-8",),
        )
    longest = wanted.longest.get(carrier.mark.level)
    if wanted.act in _APPROVED and longest and wanted.due and wanted.due > wanted.on + dt.timedelta(days=longest):
        raise RefusedError(
            f"{carrier.ref} 是{carrier.mark.level.label}级，{wanted.act.value}最多 {longest} 天",
            "到期先归还，再另行审批；天数在配置 [custody] 中规定",
            ("REC-2",),
        )
    if wanted.act is Act.CARRY and carrier.mark.level is Level.JUEMI and not wanted.companion.strip():
        raise RefusedError(
            f"{carrier.ref} 是绝密级，携带外出须两人以上同行",
            "用 --companion 写明同行人（实施条例第二十九条）",
            ("REC-2",),
        )


def voidable(determination: str, serial: int, carrier: Row | None) -> None:
    """Only what nobody else has, and what is not gone, can be voided."""
    if carrier is None or carrier["state"] in (CarrierState.IN_STORE.name, CarrierState.VOIDED.name):
        return
    state = CarrierState[str(carrier["state"])].value
    raise RefusedError(
        f"{determination} 的份号 {serial:0{SERIAL_DIGITS}d} 现为“{state}”，不能作废", "先退回保密员", ("SER-1",)
    )


def receive(
    incoming: Incoming, serials: Sequence[str], known: Incoming | None, there: Set[int] = frozenset()
) -> Events:
    """收文: enter what another unit sent, under the numbers that it bears.

    `known` is the same document where it was received before, with the serials that are `there`; further ones join
    them on their own day.
    """
    if not serials:
        raise UsageError("没有写明份号", "用 --serial 写出文件上的份号；文件上没有份号的用 --count 写收到几份")
    for serial in serials:
        if not serial.isascii() or not serial.isdecimal() or len(serial) > SERIAL_DIGITS or int(serial) == 0:
            raise UsageError(f"份号“{serial}”不是六位以内的数字", "照文件左上角的份号填写，不另编")
    if len({int(serial) for serial in serials}) < len(serials):
        raise UsageError("有重复的份号", "逐份核对文件上的份号")
    if known is None:
        return (CarriersReceived(incoming, tuple(serials)),)
    if not known.numbered or not there.isdisjoint(int(serial) for serial in serials):
        raise RefusedError(
            f"{incoming.issuer}的《{incoming.title}》（{incoming.document_number}）已登记为 {known.id}",
            "同一文件后到的份，只写后到的份号；不是同一文件的，核对文号",
            ("SER-1",),
        )
    if (known.title, known.mark) != (incoming.title, incoming.mark):
        raise RefusedError(
            f"{known.id} 是同一文号，登记的是《{known.title}》（{known.mark.text}），与这次的标题、标志不同",
            "核对文号；原登记有误的先更正，变更了密级的按通知办理",
            ("SER-1",),
        )
    return (CarriersReceived(known, tuple(serials), incoming.received_on),)


def taken_over(incoming: Incoming, serials: Sequence[str], holder: str, on: dt.date) -> Events:
    """Who had the carriers of a document when its paper register was taken over: signed for there, on paper."""
    refs = tuple(carrier_ref(incoming.id, int(serial)) for serial in serials)
    note = f"自原登记簿转入{f'（{incoming.paper_number}）' if incoming.paper_number else ''}"
    return (CarriersMoved(Act.SIGN, refs, CarrierState.HELD, holder, "", on, note=note),)


@dataclass(frozen=True, slots=True)
class Reproduce:
    """A request for duplicates."""

    count: int
    approved_by: str
    approval: str
    issuer_consent: str
    stamp: str
    on: dt.date


def duplicate(wanted: Reproduce, carrier: Carrier, done: Row | None, highest: int) -> Events:
    """CPY-1, CPY-2: duplicates of a carrier, under an approval; the same approval again names the same duplicates."""
    if wanted.count < 1 or not (wanted.approved_by.strip() and wanted.approval.strip()):
        raise UsageError("复制须写明份数、批准人和批准文号", "用 --copies、--approved-by、--approval 给出")
    if carrier.telegram:
        raise RefusedError(f"{carrier.ref} 是密电，不得复制", "需要增加份数的向发电机关申请", ("CPY-1",))
    if carrier.reproduction is Reproduction.FORBIDDEN:
        raise RefusedError(f"{carrier.ref} 制发机关注明禁止复制", "需要增加份数的向制发机关申请", ("CPY-1",))
    if carrier.mark.level is Level.JUEMI and not wanted.issuer_consent.strip():
        raise RefusedError(
            f"{carrier.ref} 是绝密级，未经原定密机关或其上级同意不得复制",
            "取得同意后用 --issuer-consent 写明文号",
            ("CPY-2",),
        )
    if carrier.reproduction is Reproduction.BY_ISSUER and not wanted.issuer_consent.strip():
        raise RefusedError(
            f"{carrier.ref} 须经制发机关批准才能复制", "取得批准后用 --issuer-consent 写明文号", ("CPY-1",)
        )
    if done is not None:
        if int(done["count"]) >= wanted.count:
            return ()
        raise RefusedError(
            f"批准 {wanted.approval} 已复制 {done['count']} 份，不能增加到 {wanted.count} 份", "请另行报批", ("CPY-1",)
        )
    _require_store(carrier, "复制")
    return (
        Duplicated(
            carrier.ref,
            highest + 1,
            wanted.count,
            wanted.approved_by,
            wanted.approval,
            wanted.issuer_consent,
            wanted.stamp,
            wanted.on,
        ),
    )


def open_recall(recall: str, carriers: Sequence[Carrier], due: dt.date, reason: str) -> Events:
    """清退: name everything that somebody has, to be back by a day."""
    refs = tuple(carrier.ref for carrier in carriers if carrier.state in OUT)
    if not refs:
        raise UsageError("没有需要清退的份", "各份都在库或已了结")
    return (RecallOpened(recall, refs, due, reason),)


def missing_of(carriers: Sequence[Carrier]) -> tuple[Carrier, ...]:
    """Those of a recall that are not back and not otherwise accounted for."""
    return tuple(carrier for carrier in carriers if carrier.state in (*OUT, CarrierState.LOST))


def close_recall(recall: Row, carriers: Sequence[Carrier], on: dt.date) -> Events:
    """Close a recall; refused with the names of what is missing and of who had it last."""
    if recall["closed_on"]:
        return ()
    if missing := missing_of(carriers):
        named = "；".join(f"{carrier.ref}（{carrier.state.value}，最后在{carrier.holder}处）" for carrier in missing)
        raise RefusedError(
            f"清退批次 {recall['id']} 应退 {len(carriers)} 份，缺 {len(missing)} 份：{named}",
            "追回后再结清；找不到的用 copies lost 报失",
            ("REC-2",),
        )
    return (RecallClosed(str(recall["id"]), on),)


def lose(incident: str, carrier: Carrier, circumstances: str, at: dt.datetime, on: dt.date) -> Events:
    """INC-1: a carrier cannot be found; the clock of 24 hours starts."""
    if carrier.state is CarrierState.LOST:
        return ()
    if carrier.state in (CarrierState.DESTROYED, CarrierState.GIVEN_BACK):
        raise RefusedError(f"{carrier.ref} {carrier.state.value}，不能报失", "请核对编号", ("INC-1",))
    if not circumstances.strip():
        raise UsageError("报失须写明情况", "用 --circumstances 给出")
    report_by = (at.astimezone(dt.UTC) + dt.timedelta(hours=REPORT_HOURS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (CarrierLost(incident, carrier.ref, carrier.holder or "保密员", circumstances, report_by, on),)


def incident_step(row: Row, words: str, on: dt.date, *, reported: bool, closes: bool) -> Events:
    """Something was done about an incident; it closes only after it was reported."""
    if row["closed_on"]:
        raise RefusedError(f"{row['id']} 已结", "另有情况的重新报失", ("INC-1",))
    if not words.strip():
        raise UsageError("须写明做了什么", "用 --step 给出")
    if closes and not (reported or row["reported_at"]):
        raise RefusedError(f"{row['id']} 还没有报告，不能结案", "先用 --reported 记录向谁报告", ("INC-1",))
    return (IncidentStep(str(row["id"]), words, reported, closes, on),)


def clear(holder: str, carriers: Sequence[Carrier], power: str, on: dt.date) -> Events:
    """Who leaves has nothing any more: no carrier, and no power as 定密责任人 (`power` says which, empty for none)."""
    left = [f"{carrier.ref}（{carrier.state.value}）" for carrier in carriers]
    if power:
        left.append(power)
    if left:
        raise RefusedError(f"{holder}还有 {len(left)} 项没有交清：{'；'.join(left)}", "交清后再办结", ("REC-2",))
    return (HolderCleared(holder, on),)


def _require_store(carrier: Carrier, what: str) -> None:
    if carrier.state is not CarrierState.IN_STORE:
        raise RefusedError(f"{carrier.ref} 现为“{carrier.state.value}”，不能{what}", "先退回保密员", ("SER-1",))
