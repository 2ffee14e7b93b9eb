"""Looking through files without a desk: what `scan` does, for the command line and the Python API alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from markpipe.detect.dictionary import Catalogue
from markpipe.keys.keyring import Keyring
from markpipe.model.limits import Limits
from markpipe.model.outcome import Assessment
from markpipe.model.recognition import Mode
from markpipe.pipeline.assess import Detector, Examiner, Registered
from markpipe.pipeline.batch import Item, each
from markpipe.pipeline.sandbox import Worker
from markpipe.pipeline.sources import registered
from markpipe.pipeline.workfolder import default_root, work_folder
from markpipe.store.register import Register

FINDING_KEY = "finding"


def examiner_for(
    catalogues: Sequence[Catalogue],
    limits: Limits,
    register: Register | None = None,
    keyring: Keyring | None = None,
    more: Sequence[Detector] = (),
    scorer: Path | None = None,
) -> Examiner:
    """An examiner; with a register and its keys it also compares with the registered sources.

    `scorer` is the folder of a model that orders findings.
    """
    if register is None or keyring is None:
        return Examiner(catalogues, limits, more=more, scorer=scorer)
    known: Registered = registered(register, keyring)
    return Examiner(catalogues, limits, known, keyring.subkey(FINDING_KEY), more, scorer)


@contextmanager
def looked_through(
    items: Sequence[Item], examiner: Examiner, limits: Limits, jobs: int = 1, ocr: str = Mode.AUTO
) -> Iterator[Iterator[Assessment]]:
    """What the examiner says of every item, in order, as it comes; the workers end with the block."""
    with work_folder(default_root()) as work:
        found = each(items, lambda _: Worker(limits, work, ocr=ocr), jobs, examiner.look)
        try:
            yield found
        finally:
            found.close()
