"""`markpipe.copies/1`: where each numbered copy stands, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markpipe.model.carrier import Copy, serial_label
from markpipe.model.custody import Carrier, carrier_ref
from markpipe.model.decision import Determination
from markpipe.model.outcome import Output
from markpipe.report.carriers import carrier_json, carrier_line
from markpipe.text.printable import one_line

SCHEMA = "markpipe.copies/1"


def copies_json(
    copies: Sequence[Copy],
    determinations: Mapping[str, Determination],
    carriers: Mapping[str, Carrier],
    standing: Sequence[tuple[str, int]] | None = None,
) -> dict[str, Any]:
    """The copies with the mark that they bear, their duplicates, and how many stand where (`standing`: of all)."""
    numbered = [carrier_ref(copy.determination, copy.serial) for copy in copies]
    return {
        "schema": SCHEMA,
        "copies": [
            _copy_json(copy, determinations[copy.determination], carriers.get(ref))
            for copy, ref in zip(copies, numbered, strict=True)
        ],
        "duplicates": [carrier_json(carrier) for ref, carrier in carriers.items() if ref not in numbered],
        "summary": dict(_counted(copies, carriers)) if standing is None else dict(standing),
    }


def _counted(copies: Sequence[Copy], carriers: Mapping[str, Carrier]) -> Counter[str]:
    """Every number once, by where it stands, and every duplicate."""
    standing = {ref: carrier.state.value for ref, carrier in carriers.items()}
    for copy in copies:
        standing.setdefault(carrier_ref(copy.determination, copy.serial), copy.state.value)
    return Counter(standing.values())


def issued_json(determination: Determination, outputs: Sequence[Output]) -> dict[str, Any]:
    """The files that an issue made or found; `path` is relative to the folder that was named."""
    return {
        "schema": SCHEMA,
        "determination": determination.id,
        "mark": determination.mark.text,
        "demo": determination.demo,
        "outputs": [
            {
                "serial": None if output.serial is None else serial_label(output.serial),
                "path": output.path,
                "sha256": output.sha256,
                "notes": list(output.notes),
            }
            for output in outputs
        ],
    }


def copies_text(
    copies: Sequence[Copy],
    determinations: Mapping[str, Determination],
    carriers: Mapping[str, Carrier],
    standing: Sequence[tuple[str, int]] | None = None,
) -> str:
    """One line a copy under a line for each document, then its duplicates, then the count (`standing`: of all)."""
    lines: list[str] = []
    shown = ""
    numbered = set()
    for copy in copies:
        if copy.determination != shown:
            shown = copy.determination
            lines.append(one_line(_heading(determinations[shown])))
        ref = carrier_ref(copy.determination, copy.serial)
        numbered.add(ref)
        carrier = carriers.get(ref)
        state = copy.state.value if carrier is None else carrier.state.value
        holder = f"  {carrier.holder}" if carrier is not None and carrier.holder else ""
        where = f"  {copy.path}" if copy.path else ""
        lines.append(one_line(f"  {serial_label(copy.serial)}  {state}{holder}{where}"))
    lines += [f"  复制件 {carrier_line(carrier)}" for ref, carrier in carriers.items() if ref not in numbered]
    counted = _counted(copies, carriers) if standing is None else Counter(dict(standing))
    if copies and sum(counted.values()) > len(copies) + len(carriers.keys() - numbered):
        lines.append(f"以上是最近编号的 {len(copies)} 份；一件的各份：copies status 编号；更多：--limit")
    total = f"共 {sum(counted.values())} 份：" + "，".join(f"{state} {count}" for state, count in counted.items())
    return "\n".join([*lines, total])


def issued_text(determination: Determination, outputs: Sequence[Output]) -> str:
    """What was issued, for a person."""
    lines = [_heading(determination)]
    for output in outputs:
        lines.append(f"  {'------' if output.serial is None else serial_label(output.serial)}  {output.path}")
        lines.extend(f"          {note}" for note in output.notes)
    return "\n".join(one_line(line) for line in lines)


def _heading(determination: Determination) -> str:
    shown = "【演示】" if determination.demo else ""
    return f"{shown}{determination.id}  {determination.mark.text}  {determination.name}"


def _copy_json(copy: Copy, determination: Determination, carrier: Carrier | None) -> dict[str, Any]:
    return {
        "determination": copy.determination,
        "name": determination.name,
        "mark": determination.mark.text,
        "demo": determination.demo,
        "serial": serial_label(copy.serial),
        "carrier": carrier_ref(copy.determination, copy.serial),
        "state": copy.state.value if carrier is None else carrier.state.value,
        "holder": "" if carrier is None else carrier.holder,
        "unit": "" if carrier is None else carrier.unit,
        "due": None if carrier is None or carrier.due is None else carrier.due.isoformat(),
        "path": copy.path,
        "sha256": copy.sha256,
    }
