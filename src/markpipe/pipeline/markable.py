"""Whether a draft could bear the marks that an approval would ask for: tried before anybody approves.

Nothing is written.  What stands in the way (a password, a signature, no room on the first page) is named with its remedy,
so that it is mended while the matter is still 拟定 and not found out when the decision has to be carried out.
"""

from __future__ import annotations

from markpipe.errors import OutputError
from markpipe.marking.layout import determined
from markpipe.model.decision import Determination, Proposal
from markpipe.model.document import Format
from markpipe.pipeline.house import House
from markpipe.pipeline.press import MARKABLE
from markpipe.pipeline.sandbox import Worker

_SOMEBODY = "某某某"
_NUMBER = "D0000-0000"


def obstacles(worker: Worker, data: bytes, fmt: Format, proposal: Proposal, house: House) -> tuple[str, ...]:
    """What keeps a draft from being marked as proposed, in Chinese; empty where nothing does or nothing is to be marked."""
    mark = proposal.mark
    if mark is None or mark.term is None or fmt not in MARKABLE:
        return ()
    day = proposal.issued_on
    trial = Determination(
        _NUMBER, proposal.digest, proposal.name, mark, proposal.origin, proposal.handler, _SOMEBODY, day, day
    )
    try:
        worker.mark(data, fmt, determined(trial, 1, house.layouts["stamp"]))
    except OutputError as error:
        return (f"这份文件现在加不了标志：{error.message}。{error.remedy}",)
    return ()
