"""Exit codes and the exceptions that carry them.

A message is for an office: it names the file or the setting, says what is wrong and what to do next.  Violations
of a rule that a person can still mend are values (`model.decision.Violation`), not exceptions.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process answers; a contract with the programs that call it."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    CONFIGURATION = 3
    INCOMPLETE = 4
    REFUSED = 5
    REGISTER = 6
    OUTPUT = 7
    INTERNAL = 70
    INTERRUPTED = 130

    @property
    def label(self) -> str:
        """The meaning in Chinese, as the documentation prints it."""
        return _LABELS[self]


_LABELS = {
    ExitCode.OK: "正常，没有需要处理的事项",
    ExitCode.FINDINGS: "有疑似事项、规则问题或须人工处理的事项",
    ExitCode.USAGE: "命令用法不对",
    ExitCode.CONFIGURATION: "配置、词典或印章文件有错",
    ExitCode.INCOMPLETE: "有内容没有读到，结论不完整",
    ExitCode.REFUSED: "规则不允许，已拒绝",
    ExitCode.REGISTER: "台账或密钥损坏",
    ExitCode.OUTPUT: "结果写不出去，或写出后核对不通过",
    ExitCode.INTERNAL: "程序内部错误",
    ExitCode.INTERRUPTED: "被中断",
}

_PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.INTERNAL,
    ExitCode.CONFIGURATION,
    ExitCode.REGISTER,
    ExitCode.OUTPUT,
    ExitCode.INCOMPLETE,
    ExitCode.REFUSED,
    ExitCode.FINDINGS,
)


def worst(*codes: ExitCode) -> ExitCode:
    """The code that a run ends with when several apply (usage errors never meet others)."""
    return next((code for code in _PRECEDENCE if code in codes), ExitCode.OK)


class MarkpipeError(Exception):
    """Anything the program says to a person and stops at.

    `message` names the thing and what is wrong with it; `remedy` says what to do.
    """

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}。{self.remedy}" if self.remedy else self.message

    def __reduce__(self) -> tuple[type[MarkpipeError], tuple[str, str]]:
        return type(self), (self.message, self.remedy)


class UsageError(MarkpipeError):
    """An argument is wrong; the message names the part."""

    exit_code = ExitCode.USAGE


class ConfigurationError(MarkpipeError):
    """A configuration, dictionary or stamp file is wrong; the message names file and line."""

    exit_code = ExitCode.CONFIGURATION


class IncompleteError(MarkpipeError):
    """Something had to be read in full for this step and could not be."""

    exit_code = ExitCode.INCOMPLETE


class RefusedError(MarkpipeError):
    """A rule forbids it; `rules` are the ids of `law.md` §12."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, remedy: str = "", rules: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.rules = rules

    def __reduce__(self) -> tuple[type[MarkpipeError], tuple[str, str, tuple[str, ...]]]:  # type: ignore[override]
        return type(self), (self.message, self.remedy, self.rules)


class RegisterError(MarkpipeError):
    """The register or a key is damaged, missing or not where it may be."""

    exit_code = ExitCode.REGISTER


class OutputError(MarkpipeError):
    """An output could not be written, or failed the check that follows; nothing was left under its name."""

    exit_code = ExitCode.OUTPUT
