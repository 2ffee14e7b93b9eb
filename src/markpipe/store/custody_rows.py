"""Rows of the custody tables as the register asks for them, and the next numbers.  Reads; changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from markpipe.errors import RegisterError, UsageError
from markpipe.ledger.codec import DETERMINATION, from_text
from markpipe.ledger.custody_fold import CARRIERS, INCOMINGS
from markpipe.ledger.custody_views import Facts, carrier_view, facts_of, incoming_view
from markpipe.ledger.fold import MATTERS, Row, Table, Value
from markpipe.model.custody import Carrier, CarrierState, Incoming, carrier_ref, split_ref
from markpipe.store import projection

_CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
STRETCH = 500
"""How many keys one query names at most."""


def split(ref: str) -> tuple[str, int]:
    """The series and serial of a reference; `UsageError` where it is none."""
    try:
        series, serial = split_ref(ref)
        carrier_ref(series, serial)
    except ValueError as error:
        raise UsageError(str(error), "用 copies status 查看各份的编号") from None
    if "/" in series:  # a duplicate: its series is a carrier, whose own zeros may have been left out
        series = carrier_ref(*split(series))
    return series, serial


def carrier_at(connection: sa.Connection, ref: str) -> Carrier:
    """One carrier; `UsageError` where there is none."""
    series, serial = split(ref)
    row = projection.row(connection, CARRIERS, (series, serial))
    if row is None:
        raise UsageError(f"台账里没有这一份：{ref}", "用 copies status 查看各份；已编号而没有制作的还不是载体")
    return views(connection, [row])[0]


def views(connection: sa.Connection, rows: Sequence[Row]) -> tuple[Carrier, ...]:
    """Rows of carriers with what their documents say; a duplicate's are those of the first original."""
    roots = [str(row["series"]).partition("/")[0] for row in rows]
    facts = _facts(connection, sorted(set(roots)))
    return tuple(carrier_view(row, facts[root]) for row, root in zip(rows, roots, strict=True))


def _facts(connection: sa.Connection, roots: Sequence[str]) -> dict[str, Facts]:
    """What documents say of their carriers, read in stretches."""
    incoming, matter = projection.projections[INCOMINGS.name], projection.projections[MATTERS.name]
    facts: dict[str, Facts] = {}
    for start in range(0, len(roots), STRETCH):
        some = roots[start : start + STRETCH]
        for row in connection.execute(sa.select(incoming).where(incoming.c.id.in_(some))).mappings():
            facts[str(row["id"])] = facts_of(incoming_view(dict(row)))
        decided = sa.select(matter.c.id, matter.c.determination).where(matter.c.id.in_(some))
        for id_, text in connection.execute(decided.where(matter.c.determination != "")):
            determination = from_text(DETERMINATION, str(text))
            facts[str(id_)] = Facts(determination.mark, determination.name, "", determination.access_scope)
    for root in roots:
        if root not in facts:
            raise RegisterError(f"载体 {root} 没有对应的定密事项或收文", "请停止使用，运行 register verify 核验")
    return facts


def open_before(table: Table, closed: str, due: str, before: str) -> sa.Select[tuple[object, ...]]:
    """Rows that are not closed and whose time has come."""
    target = projection.projections[table.name]
    return sa.select(target).where(target.c[closed] == "", target.c[due] < before).order_by(target.c[due], target.c.id)


def select_rows(
    connection: sa.Connection, series: str | None, holder: str | None, states: Sequence[CarrierState]
) -> list[Row]:
    """Rows of carriers of a document (its duplicates included), of a holder, in some states; None and () leave out none.

    A document and a holder have few carriers and a state has many, so where one is named the states are told apart
    here: a database may prefer its index of states, and read what half the register has in common.
    """
    wanted = {state.name for state in states}
    target = projection.projections[CARRIERS.name]
    query = sa.select(target).order_by(target.c.series, target.c.serial)
    if series is not None:
        # its own copies and their duplicates (D2026-0001/000001 …): a range, for "0" comes right after "/"
        below = sa.and_(target.c.series > f"{series}/", target.c.series < f"{series}0")
        query = query.where(sa.or_(target.c.series == series, below))
    if holder is not None:
        query = query.where(target.c.holder == holder)
    if wanted and series is None and holder is None:
        query = query.where(target.c.state.in_(sorted(wanted)))
    return [dict(row) for row in connection.execute(query).mappings() if not wanted or row["state"] in wanted]


def known(connection: sa.Connection, table: Table, key: str, what: str) -> Mapping[str, Value]:
    """The row of a number; `UsageError` where there is none."""
    row = projection.row(connection, table, (key,))
    if row is None:
        raise UsageError(f"台账里没有{what} {key}", "请核对编号")
    return row


def next_id(connection: sa.Connection, table: Table, letter: str, at: dt.datetime) -> str:
    """The next running number of the year, as B2026-0001."""
    prefix = f"{letter}{at.astimezone(_CHINA).year}-"
    return f"{prefix}{projection.count_of_year(connection, table, prefix) + 1:04d}"


def next_incoming(connection: sa.Connection, at: dt.datetime) -> str:
    """The next 收文编号 of the year."""
    year = at.astimezone(_CHINA).year
    return f"R{year}-{projection.highest(connection, INCOMINGS, 'number', year=year) + 1:04d}"


def same_document(connection: sa.Connection, incoming: Incoming) -> Incoming | None:
    """The document of this issuer with the same number; without a number, the one with the same title and day."""
    known = {"issuer": incoming.issuer, "document_number": incoming.document_number}
    for row in projection.rows(connection, INCOMINGS, **known):
        view = incoming_view(row)
        if incoming.document_number or (view.title, view.received_on) == (incoming.title, incoming.received_on):
            return view
    return None
