"""Which form about carriers is asked for, and the facts of the register that fill it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from markpipe.errors import UsageError
from markpipe.forms import copies
from markpipe.forms.copies import Desk
from markpipe.forms.filled import Filled
from markpipe.forms.ledgers import Ledger
from markpipe.forms.words import INTERNAL
from markpipe.ledger.custody import missing_of
from markpipe.model.carrier import serial_label
from markpipe.model.classification import Level
from markpipe.model.custody import Act, Carrier, CarrierState
from markpipe.model.printing import PrintCopy, PrintOrder, PrintState
from markpipe.model.wording import handling_words
from markpipe.store.register import Register

Maker = Callable[[Register, Desk, str], Filled]
LedgerMaker = Callable[[Register, Desk], Ledger]
_STOCK = (CarrierState.IN_STORE, CarrierState.VOIDED)
_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


def make_copy_form(kind: str, register: Register, desk: Desk, about: str) -> Filled:
    """A DOCX form; `about` is the number that the kind is about (see `ABOUT`)."""
    if ABOUT[kind] and not about:
        raise UsageError(f"{kind}须写明{ABOUT[kind]}", f"如 copies form {kind} {_EXAMPLES[ABOUT[kind]]}")
    return _FORMS[kind](register, desk, about)


def make_ledger(kind: str, register: Register, desk: Desk) -> Ledger:
    """An XLSX 登记簿."""
    return _LEDGERS[kind](register, desk)


def _distribution(register: Register, desk: Desk, series: str) -> Filled:
    carriers = register.carriers(series=series)
    if not carriers:
        raise UsageError(f"台账里没有 {series} 的份", "写定密编号或收文编号，如 D2026-0001")
    return copies.distribution_form(desk, series, carriers, [register.history(carrier.ref) for carrier in carriers])


def _circulation(register: Register, desk: Desk, ref: str) -> Filled:
    return copies.circulation_form(desk, register.carrier(ref), register.history(ref), register.knowers(ref))


def _duplication(register: Register, desk: Desk, about: str) -> Filled:
    ref, _, approval = about.partition("@")
    done = register.copyings(ref)
    chosen = next((each for each in reversed(done) if approval in ("", each.approval)), None)
    if chosen is None:
        raise UsageError(f"{ref} 没有经批准的复制", "先用 copies duplicate 登记；几次复制的写作 份@批准文号")
    return copies.duplication_form(desk, register.carrier(ref), chosen)


def _carrying(register: Register, desk: Desk, ref: str) -> Filled:
    made = copies.carrying_form(desk, register.carrier(ref), register.history(ref))
    if made is None:
        raise UsageError(f"{ref} 没有外出携带的记录", "先用 copies carry 登记")
    return made


def _recall(register: Register, desk: Desk, batch: str) -> Filled:
    recall, carriers = register.recall(batch)
    return copies.recall_form(desk, recall, carriers, missing_of(carriers))


def _destruction(register: Register, desk: Desk, listing_id: str) -> Filled:
    listing = register.listing(listing_id)
    return copies.destruction_form(desk, listing, [register.carrier(ref) for ref in listing.refs])


def _handover(register: Register, desk: Desk, _: str) -> Filled:
    return copies.handover_form(desk, register.keeper(), register.carriers(states=_STOCK))


def _loss(register: Register, desk: Desk, loss_id: str) -> Filled:
    loss = register.loss(loss_id)
    facts = register.carrier(loss.ref), register.history(loss.ref), register.knowers(loss.ref)
    return copies.loss_form(desk, loss, *facts)


def _received(register: Register, desk: Desk) -> Ledger:
    incoming = register.incoming()
    columns = (
        *(("收文编号", 14), ("收文日期", 12), ("来文单位", 18), ("发文字号", 20), ("标题", 34), ("密级和期限", 16)),
        *(("份数", 6), ("份号", 20), ("复制权限", 14), ("应退日期", 12), ("签收", 10)),
    )

    def lines() -> Iterator[Sequence[str]]:
        for one in incoming:
            own = [each for each in register.carriers(series=one.id) if each.ref.count("/") == 1]
            serials = "、".join(each.ref.rpartition("/")[2] for each in own) if one.numbered else "无份号"
            back = "" if one.return_by is None else one.return_by.isoformat()
            right = "密电，不得复制" if one.telegram else one.reproduction.value
            told = (one.id.removeprefix("R"), one.received_on.isoformat(), one.issuer, one.document_number, one.title)
            yield (*told, one.mark.text, str(len(own)), serials, right, back, "")

    return _ledger("收文登记簿", desk, columns, lines(), [one.mark.level for one in incoming])


def _issued(register: Register, desk: Desk) -> Ledger:
    matters = {matter.id: matter.determination for matter in register.matters() if matter.determination is not None}
    columns = (
        *(("发文编号", 14), ("发文日期", 12), ("收文单位（人）", 24), ("标题", 34), ("密级和期限", 18)),
        *(("制作份数", 9), ("发出份数", 9), ("渠道", 12), ("知悉范围", 20), ("签收", 10)),
    )

    def lines() -> Iterator[Sequence[str]]:
        for id_, one in matters.items():
            made = [each for each in register.carriers(series=id_) if each.ref.count("/") == 1]
            sent = [moved for each in made for moved in register.history(each.ref) if moved.act is Act.SEND]
            if made:
                names = "、".join(dict.fromkeys(moved.unit or moved.holder for moved in sent))
                channels = "、".join(dict.fromkeys(moved.channel for moved in sent if moved.channel))
                day = min((moved.day for moved in sent), default="")
                told = (id_, day, names, one.name, one.mark.text, str(len(made)))
                yield (*told, str(len(sent)), channels, one.access_scope, "")

    return _ledger("发文登记簿", desk, columns, lines(), [one.mark.level for one in matters.values()])


def _printed(register: Register, desk: Desk) -> Ledger:
    orders = register.print_orders()
    columns = (
        *(("登记编号", 14), ("日期", 12), ("名称", 30), ("密级和期限", 16), ("每份页数", 8), ("份数", 6)),
        *(("份号", 18), ("去向或用途", 18), ("打印人", 10), ("批准人", 10), ("批准文号", 14), ("打印时间", 10)),
        *(("结果", 22), ("领取人", 10), ("签字", 10)),
    )
    decided = {
        id_: register.matter(id_).determination for id_ in {one.determination for one in orders if one.determination}
    }
    copies: dict[str, list[PrintCopy]] = {one.id: [] for one in orders}
    for copy in register.printed_copies():
        copies[copy.order].append(copy)

    def line(one: PrintOrder) -> Sequence[str]:
        determination = decided.get(one.determination)
        at = dt.datetime.fromisoformat(one.at).astimezone(_CHINA)
        serials = _ranges(one.serials) if determination else ""
        name, mark = (determination.name, determination.mark.text) if determination else (one.source, "")
        what = (one.id, f"{at:%Y-%m-%d}", name, mark, str(one.pages), str(len(one.serials)), serials)
        who = (one.purpose, one.printed_by, one.approved_by, one.approval, f"{at:%H:%M}")
        return (*what, *who, _outcome(copies[one.id]), one.recipient, "")

    levels = [each.mark.level for each in decided.values() if each is not None]
    return _ledger("打印输出登记表", desk, columns, (line(one) for one in orders), levels)


def _ranges(serials: Sequence[int]) -> str:
    """`000001–000003、000007`."""
    runs: list[list[int]] = []
    for serial in sorted(serials):
        if runs and serial == runs[-1][-1] + 1:
            runs[-1].append(serial)
        else:
            runs.append([serial])
    return "、".join("–".join(map(serial_label, dict.fromkeys((run[0], run[-1])))) for run in runs)


def _outcome(copies: Sequence[PrintCopy]) -> str:
    """How many are on paper, and of the others which."""
    by_state: dict[PrintState, list[int]] = {}
    for copy in sorted(copies, key=lambda copy: copy.serial):
        state = PrintState.PRINTED if copy.state is PrintState.CONFIRMED else copy.state
        by_state.setdefault(state, []).append(copy.serial)
    printed = by_state.pop(PrintState.PRINTED, [])
    told = [f"已打印 {len(printed)} 份"] if printed else []
    return "；".join((*told, *(f"{state.value} {_ranges(serials)}" for state, serials in by_state.items())))


def _inventory(register: Register, desk: Desk) -> Ledger:
    carriers = register.carriers()
    columns = (
        *(("序号", 7), ("份的编号", 24), ("名称", 34), ("制发单位", 18), ("密级和期限", 18), ("状态", 12)),
        *(("持有人", 12), ("单位", 16), ("应还日期", 12), ("知悉范围", 20), ("备注", 12)),
    )

    def line(number: int, one: Carrier) -> Sequence[str]:
        due = "" if one.due is None else one.due.isoformat()
        what = (str(number), one.ref, one.title, one.issuer or "本单位", one.mark.text, one.state.value)
        return (*what, one.holder or "保密员", one.unit, due, one.access_scope, "")

    lines = (line(number, one) for number, one in enumerate(carriers, 1))
    return _ledger("涉密载体台账", desk, columns, lines, [one.mark.level for one in carriers])


def _ledger(
    title: str,
    desk: Desk,
    columns: Sequence[tuple[str, int]],
    lines: Iterator[Sequence[str]],
    levels: Sequence[Level],
) -> Ledger:
    keeping = handling_words(max(levels), None) if levels else INTERNAL
    return Ledger(title, keeping, desk.unit, columns, lines, desk.on, desk.demo)


_SERIES, _REF, _NOTHING = "定密编号或收文编号", "份的编号", ""
_EXAMPLES = {_SERIES: "D2026-0001", _REF: "D2026-0001/3", "清退批次": "B2026-0001", "清册编号": "X2026-0001"}
_EXAMPLES["报失编号"] = "L2026-0001"
ABOUT: Mapping[str, str] = {
    "分发签收单": _SERIES,
    "文件传阅单": _REF,
    "复制审批单": _REF,
    "外出携带审批表": _REF,
    "清退登记表": "清退批次",
    "销毁审批表": "清册编号",
    "交接清单": _NOTHING,
    "泄密报告": "报失编号",
}
"""The DOCX forms, and the number that each is about (empty: none)."""

_FORMS: Mapping[str, Maker] = {
    "分发签收单": _distribution,
    "文件传阅单": _circulation,
    "复制审批单": _duplication,
    "外出携带审批表": _carrying,
    "清退登记表": _recall,
    "销毁审批表": _destruction,
    "交接清单": _handover,
    "泄密报告": _loss,
}
_LEDGERS: Mapping[str, LedgerMaker] = {
    "收文登记簿": _received,
    "发文登记簿": _issued,
    "打印输出登记表": _printed,
    "台账": _inventory,
}
LEDGERS = tuple(_LEDGERS)
"""The XLSX registers."""
