"""`markpipe.carriers/1`: carriers, batches, lists and losses, for people and for programs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from markpipe.ledger.custody_views import Listing, Loss, Moved, Recall
from markpipe.model.custody import Carrier, Incoming
from markpipe.text.printable import one_line

_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
SCHEMA = "markpipe.carriers/1"
LISTING_SCHEMA = "markpipe.destruction/1"
LOSS_SCHEMA = "markpipe.loss/1"
RECALL_SCHEMA = "markpipe.recall/1"


def carrier_json(carrier: Carrier) -> dict[str, Any]:
    """One carrier."""
    return {
        "carrier": carrier.ref,
        "title": carrier.title,
        "mark": carrier.mark.text,
        "issuer": carrier.issuer,
        "access_scope": carrier.access_scope,
        "reproduction": carrier.reproduction.value,
        "telegram": carrier.telegram,
        "state": carrier.state.value,
        "holder": carrier.holder,
        "unit": carrier.unit,
        "due": None if carrier.due is None else carrier.due.isoformat(),
    }


def carriers_json(carriers: Sequence[Carrier], **more: Any) -> dict[str, Any]:
    """Several, and how many stand where."""
    summary = dict(Counter(carrier.state.value for carrier in carriers))
    return {"schema": SCHEMA, "carriers": [carrier_json(each) for each in carriers], "summary": summary, **more}


def carrier_line(carrier: Carrier) -> str:
    """One line for a list."""
    holder = "".join(
        (
            f"  {carrier.holder}" if carrier.holder else "",
            f"（{carrier.unit}）" if carrier.unit else "",
            f"  应于 {carrier.due.isoformat()} 前归还" if carrier.due else "",
        )
    )
    return one_line(f"{carrier.ref}  {carrier.mark.text}  {carrier.state.value}{holder}  {carrier.title}")


def carriers_text(carriers: Sequence[Carrier], nothing: str) -> str:
    """A line each, then the count."""
    if not carriers:
        return nothing
    counted = Counter(carrier.state.value for carrier in carriers)
    total = f"共 {len(carriers)} 份：" + "，".join(f"{state} {count}" for state, count in counted.items())
    return "\n".join([*(carrier_line(carrier) for carrier in carriers), total])


def history_json(carrier: Carrier, history: Sequence[Moved], knowers: Sequence[str]) -> dict[str, Any]:
    """A carrier with its history and 知悉记录."""
    lines = [{**asdict(moved), "act": moved.act.value} for moved in history]
    return {"schema": SCHEMA, **carrier_json(carrier), "history": lines, "knowers": list(knowers)}


def history_text(carrier: Carrier, history: Sequence[Moved], knowers: Sequence[str]) -> str:
    """The same for a person."""
    lines = [carrier_line(carrier)]
    for moved in history:
        words = [moved.day, moved.act.value, moved.holder, moved.unit and f"（{moved.unit}）", moved.channel]
        words += [moved.approved_by and f"{moved.approved_by}批准", moved.approval, moved.note, f"经办 {moved.person}"]
        lines.append(one_line("  " + "  ".join(word for word in words if word)))
    lines.append(one_line("知悉人员：" + ("、".join(knowers) or "无")))
    return "\n".join(lines)


def recall_json(recall: Recall, missing: Sequence[Carrier]) -> dict[str, Any]:
    """A 清退 batch and what is missing."""
    named = [carrier_json(carrier) for carrier in missing]
    return {"schema": RECALL_SCHEMA, **asdict(recall), "refs": list(recall.refs), "missing": named}


def recall_text(recall: Recall, missing: Sequence[Carrier]) -> str:
    """The same for a person."""
    stands = f"已于 {recall.closed_on} 结清" if recall.closed_on else f"未结，应于 {recall.due} 前退清"
    lines = [f"清退批次 {recall.id}：应退 {len(recall.refs)} 份，未退 {len(missing)} 份，{stands}"]
    return "\n".join([*lines, *(f"  {carrier_line(carrier)}" for carrier in missing)])


def listing_json(listing: Listing) -> dict[str, Any]:
    """A 销毁清册."""
    held = asdict(listing) | {"refs": list(listing.refs)}
    return {"schema": LISTING_SCHEMA, **held, "witnesses": list(listing.witnesses), "signed": list(listing.signed)}


def listing_text(listing: Listing) -> str:
    """The same for a person."""
    lines = [f"销毁清册 {listing.id}：{len(listing.refs)} 份，{listing.approved_by}批准（{listing.approval}）"]
    receipt = f"，回执 {listing.receipt}" if listing.receipt else ""
    lines.append(f"  {listing.method}，{listing.place}{receipt}，经办 {listing.operator}")
    for witness, signed in zip(listing.witnesses, listing.signed, strict=True):
        lines.append(f"  监销人 {witness}：{f'已于 {signed} 签字' if signed else '未签字'}")
    lines.append(f"  已于 {listing.destroyed_on} 销毁" if listing.destroyed_on else "  两名监销人都签字后才算销毁")
    return "\n".join(one_line(line) for line in [*lines, *(f"  {ref}" for ref in listing.refs)])


def loss_json(loss: Loss) -> dict[str, Any]:
    """A lost carrier."""
    return {"schema": LOSS_SCHEMA, **asdict(loss)}


def loss_text(loss: Loss) -> str:
    """The same for a person."""
    if loss.reported_at:
        stands = f"已于 {_clock(loss.reported_at)}（北京时间）报告"
    else:
        stands = f"须于 {_clock(loss.report_by)}（北京时间）前报告，自发现起 24 小时"
    lines = [f"{loss.id}  {loss.ref} 丢失待查，最后在{loss.last_holder}处", f"  {loss.circumstances}", f"  {stands}"]
    if loss.closed_on:
        lines.append(f"  已于 {loss.closed_on} 结案")
    return "\n".join(one_line(line) for line in lines)


def _clock(at: str) -> str:
    """An instant of the register on the clocks of the office."""
    return f"{dt.datetime.fromisoformat(at).astimezone(_CHINA):%Y-%m-%d %H:%M}"


def incoming_line(incoming: Incoming) -> str:
    """One line of the 收文登记簿."""
    telegram = "  密电" if incoming.telegram else ""
    unnumbered = "" if incoming.numbered else "  文件上没有份号"
    back = f"  应于 {incoming.return_by.isoformat()} 前退还" if incoming.return_by else ""
    number = incoming.id.removeprefix("R")
    words = f"收文 {number}（{incoming.id}）  {incoming.received_on.isoformat()}  {incoming.issuer}"
    words += f"  原登记 {incoming.paper_number}" if incoming.paper_number else ""
    said = f"{incoming.document_number}  {incoming.mark.text}  {incoming.title}  {incoming.reproduction.value}"
    return one_line(f"{words}  {said}{telegram}{unnumbered}{back}")


def incoming_json(incoming: Incoming, carriers: Sequence[Carrier]) -> dict[str, Any]:
    """A received document with its carriers."""
    return {
        "id": incoming.id,
        "number": incoming.id.removeprefix("R"),
        "paper_number": incoming.paper_number,
        "numbered": incoming.numbered,
        "issuer": incoming.issuer,
        "document_number": incoming.document_number,
        "title": incoming.title,
        "mark": incoming.mark.text,
        "received_on": incoming.received_on.isoformat(),
        "channel": incoming.channel,
        "reproduction": incoming.reproduction.value,
        "telegram": incoming.telegram,
        "access_scope": incoming.access_scope,
        "return_by": None if incoming.return_by is None else incoming.return_by.isoformat(),
        "carriers": [carrier_json(carrier) for carrier in carriers],
    }
