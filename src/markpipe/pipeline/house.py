"""What marks of one unit have in common: its name, its layouts, and the key that seals its labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markpipe.config.settings import Settings
from markpipe.config.stamps import load_stamps
from markpipe.keys.keyring import Keyring, preferred_algorithm
from markpipe.keys.signing import signer
from markpipe.marking.label import Label, SealedBy, seal
from markpipe.marking.stamp import StampLayout
from markpipe.model.document import Format
from markpipe.pipeline.markwork import content_digest, set_label
from markpipe.pipeline.sandbox import Worker

UNNAMED = "本机关、单位"


@dataclass(frozen=True, slots=True)
class House:
    """`stamps` None: those of the program.  Without `sealer` carriers get no electronic label.

    `running` marks every page of every carrier, `scope` states the 知悉范围 on it.
    """

    unit: str = ""
    stamps: Mapping[str, StampLayout] | None = None
    sealer: SealedBy | None = None
    digest: str = "SM3"
    running: bool = False
    scope: bool = False

    @property
    def name(self) -> str:
        """The unit as stamps name it."""
        return self.unit or UNNAMED

    @property
    def layouts(self) -> Mapping[str, StampLayout]:
        """Every layout by id."""
        return load_stamps() if self.stamps is None else self.stamps

    def labelled(
        self, worker: Worker, data: bytes, fmt: Format, label: Callable[[str, str], Label]
    ) -> tuple[bytes, bytes]:
        """A marked file with its label, and the sealed label; `label` makes one for a unit and a content digest."""
        if self.sealer is None:
            return data, b""
        content = content_digest(worker, data, fmt, self.digest)
        sealed = seal(label(self.name, content), self.sealer).to_bytes()
        return set_label(worker, data, fmt, sealed), sealed


def house_for(settings: Settings, keyring: Keyring, *, labels: bool = True) -> House:
    """The house of a site; without `labels` its carriers get no electronic label."""
    sealer = signer(keyring, settings.labels.algorithm) if labels else None
    stamps = load_stamps(settings.stamps)
    return House(
        settings.agency.name, stamps, sealer, preferred_algorithm(), settings.stamps_running, settings.stamps_scope
    )
