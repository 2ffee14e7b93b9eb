"""`[publication]` of `markpipe.toml`: who signs for which purpose, and the policy by which personal data are masked.

::

    [publication]                         masking.toml
    policy = "masking.toml"               schema = 1
    [[publication.steps]]                 [mask]
    name = "保密审查"                      personal-identity = "遮中间"
    roles = ["保密员"]                     personal-address = "删去"
    [[publication.purposes]]
    name = "境外"
    steps = ["承办", "保密审查", "负责人", "主要负责人"]
    recipient = true

What is not named keeps the defaults of `classify.signing` and `detect.masking`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from markpipe.classify.signing import DEFAULTS, HANDLING, HEAD, LEADING, LEAST_STEPS, SECRECY, Procedure, Procedures
from markpipe.config.reader import Table, read_table
from markpipe.detect.masking import Policy, Treatment
from markpipe.detect.personal import ENTRIES
from markpipe.model.publication import Purpose, Step

SCHEMA = 1
_STEPS = {step.name: step for step in (HANDLING, SECRECY, LEADING, HEAD)}


@dataclass(frozen=True, slots=True)
class Publication:
    """What a site sets for publishing."""

    procedures: Procedures = field(default_factory=Procedures)
    policy: Policy = field(default_factory=Policy)
    policy_file: Path | None = None


def read_publication(table: Table, base: Path) -> Publication:
    """The table; `ConfigurationError` names file and line of what is wrong."""
    steps = dict(_STEPS)
    for item in table.tables("steps"):
        step = Step(item.text("name", required=True), item.texts("roles"))
        if not step.roles:
            item.fail("roles", "没有填写", '写明由谁签字，如 roles = ["保密员"]')
        steps[step.name] = step
        item.finish()
    defaults = {
        purpose: Procedure(tuple(steps[step.name] for step in default.steps), default.recipient)
        for purpose, default in DEFAULTS.items()
    }
    for item in table.tables("purposes"):
        purpose = Purpose(item.choice("name", tuple(Purpose), Purpose.ONLINE))
        defaults[purpose] = _procedure(item, steps, defaults[purpose])
    written = table.text("policy")
    path = base / written if written else None
    policy = Policy() if path is None else read_policy(path)
    table.finish()
    return Publication(Procedures(defaults), policy, path)


def _procedure(table: Table, steps: dict[str, Step], default: Procedure) -> Procedure:
    names = table.texts("steps")
    for name in names:
        if name not in steps:
            table.fail("steps", f"“{name}”没有定义", f"先写 [[publication.steps]]；现有：{'、'.join(steps)}")
    if names and (len(set(names)) < LEAST_STEPS or len(set(names)) != len(names)):
        table.fail(
            "steps", f"至少要 {LEAST_STEPS} 道不同的签字", "承办、保密审查、负责人缺一不可（保密法实施条例第四十二条）"
        )
    chosen = tuple(steps[name] for name in names) or default.steps
    procedure = Procedure(chosen, table.boolean("recipient", default.recipient))
    table.finish()
    return procedure


def read_policy(path: Path) -> Policy:
    """A policy file."""
    root = read_table(path)
    if root.positive("schema", SCHEMA) != SCHEMA:
        root.fail("schema", f"应是 {SCHEMA}")
    mask = root.table("mask")
    treatments = {
        entry: Treatment(mask.choice(entry, tuple(Treatment), Treatment.REMOVE)) for entry in ENTRIES if entry in mask
    }
    mask.finish(*ENTRIES)
    root.finish()
    return Policy(treatments)
