"""Who may sign which step of a publication, and when everything is signed: 先审查、后公开 (PUB-1).

承办, 保密审查 and 负责人 sign in this order, three different people, each for one and the same digest.  A purpose may ask
for more (境外 also for 主要负责人) and for a named recipient.  Signs nothing and knows no account: `store` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markpipe.errors import RefusedError
from markpipe.model.publication import Purpose, Release, Step

HANDLING = Step("承办", ("承办人",))
SECRECY = Step("保密审查", ("保密员", "保密审查员"))
LEADING = Step("负责人", ("负责人", "分管负责人", "主要负责人"))
HEAD = Step("主要负责人", ("主要负责人",))
_ORDINARY = (HANDLING, SECRECY, LEADING)


@dataclass(frozen=True, slots=True)
class Procedure:
    """What one purpose asks for."""

    steps: tuple[Step, ...] = _ORDINARY
    recipient: bool = False


DEFAULTS: Mapping[Purpose, Procedure] = {
    Purpose.ONLINE: Procedure(),
    Purpose.PUBLICITY: Procedure(),
    Purpose.SUBMISSION: Procedure(recipient=True),
    Purpose.PROVISION: Procedure(recipient=True),
    Purpose.ABROAD: Procedure((*_ORDINARY, HEAD), recipient=True),
}
LEAST_STEPS = 3


@dataclass(frozen=True, slots=True)
class Procedures:
    """The site's procedures; purposes that it does not name follow `DEFAULTS`."""

    by_purpose: Mapping[Purpose, Procedure] = field(default_factory=dict)

    def of(self, purpose: Purpose) -> Procedure:
        """What a purpose asks for."""
        return self.by_purpose.get(purpose, DEFAULTS[purpose])


def ensure_recipient(procedure: Procedure, purpose: Purpose, recipient: str) -> None:
    """`RefusedError` where a purpose needs to know who receives the file and nobody said."""
    if procedure.recipient and not recipient.strip():
        raise RefusedError(f"用途“{purpose.value}”须写明接收方", "用 --recipient 写明单位或者个人", ("PUB-1",))


def step_to_sign(
    release: Release, person: str, roles: Sequence[str], steps: Sequence[Step], wanted: str | None = None
) -> Step:
    """The step that a person may sign now; `RefusedError` (PUB-1) where there is none.

    `steps` are those of the release's purpose as configured; `wanted` names one where somebody asks for it.
    """
    submission = release.submission
    if release.withdrawn:
        raise RefusedError(f"{submission.id} 已撤回（{release.withdrawn}）", "修改后重新送审", ("PUB-1",))
    if not release.missing:
        raise RefusedError(f"{submission.id} 各道签字已经齐全", "用 markpipe release show 查看", ("PUB-1",))
    signed = next((each for each in release.signatures if each.person == person), None)
    if signed is not None:
        raise RefusedError(
            f"{person}已在“{signed.step}”签字，一人不能签两道", f"下一道“{release.missing[0]}”请另一人签字", ("PUB-1",)
        )
    name = release.missing[0]
    if wanted is not None and wanted != name:
        raise RefusedError(f"现在应签的是“{name}”，还轮不到“{wanted}”", "按顺序签字", ("PUB-1",))
    step = next((each for each in steps if each.name == name), None)
    if step is None or not set(roles) & set(step.roles):
        allowed = "、".join(step.roles) if step else name
        raise RefusedError(
            f"{person}不能签“{name}”：须由{allowed}签字", "在站点配置 [[people]] 的 roles 中确定各人的职责", ("PUB-1",)
        )
    return step


def ensure_complete(release: Release) -> None:
    """`RefusedError` (PUB-1) while any signature is missing: nothing goes out."""
    if release.withdrawn:
        raise RefusedError(f"{release.submission.id} 已撤回（{release.withdrawn}）", "修改后重新送审", ("PUB-1",))
    if release.missing:
        have = len(release.signatures)
        raise RefusedError(
            f"{release.submission.id} 签字不齐（{have}/{len(release.submission.steps)}），不能放行",
            f"还缺：{'、'.join(release.missing)}",
            ("PUB-1",),
        )


def ensure_same(release: Release, digest: str) -> None:
    """`RefusedError` (PUB-1) where the copy is not the one that was put before the signers."""
    if digest != release.submission.digest:
        raise RefusedError(
            f"{release.submission.id} 待审件的内容与送审时不一致", "送审后不得改动；请重新审查、重新送审", ("PUB-1",)
        )
