"""Roles apart: who may back the register up, who keeps its keys, who takes out its records.

Holds where a site names anybody for one of the three; a small office that names none is not held to it.
"""

from __future__ import annotations

from markpipe.cli.custodian import on_record
from markpipe.cli.site import Site
from markpipe.errors import RefusedError
from markpipe.model.agency import SEPARATE_ROLES

SYSTEM, SECURITY, AUDIT = SEPARATE_ROLES


def check_office(site: Site, as_name: str | None, role: str, what: str, *, record: bool = True) -> None:
    """Only the holder of the role may do it, where the three roles are given to anybody at all.

    A refused attempt goes on record, unless the register is what cannot be opened (`record`).
    """
    holders = {
        name: [person.name for person in site.settings.people if name in person.roles] for name in SEPARATE_ROLES
    }
    if not any(holders.values()):
        return
    actor = site.actor(as_name)
    if actor.person in holders[role]:
        return
    who = "、".join(holders[role]) or "配置中还没有"
    refusal = RefusedError(
        f"{actor.person}不是{role}，不能{what}", f"请{role}（{who}）本人办理；三员不得兼任", ("REC-1",)
    )
    if not record:
        raise refusal
    with site.open_register() as register, on_record(site, register, actor, "register"):
        raise refusal
