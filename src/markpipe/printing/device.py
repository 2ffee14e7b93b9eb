"""A copy to the printer itself, through the backend that CUPS has for its address: ipp, socket, lpd, usb …

The ipp backend ends with 0 whether the printer printed or gave up, so what counts is the state that the printer told
it last: completed, and nothing else, is paper.  A printer that takes one job at a time is waited for before the copy
is handed over, never after.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from markpipe.printing import ipp
from markpipe.printing.hand import PASSED_ON, NotReadyError, Outcome, Sent

_JOB = re.compile(r"^DEBUG: job-id integer (\d+)$")
_STATE = re.compile(r"^DEBUG: job-state enum ([a-z-]+)$")
_PAUSE = 0.5
_UNREACHABLE_SECONDS = 5.0
_LAST_WORD_SECONDS = 5.0
_DUPLEX = {"DuplexNoTumble": "two-sided-long-edge", "DuplexTumble": "two-sided-short-edge", "None": "one-sided"}


@dataclass(frozen=True, slots=True)
class Device:
    """A printer by its address.  `options` are those of the job, `user` who prints, `stopping` says to give up waiting.

    `tell` is given lines that CUPS reads from a backend: what the printer reports of itself.
    """

    uri: str
    user: str
    options: Mapping[str, str]
    stopping: Callable[[], bool] = lambda: False
    tell: Callable[[str], None] = lambda _line: None

    @property
    def _speaks_ipp(self) -> bool:
        return self.uri.partition(":")[0] in ("ipp", "ipps", "http", "https")

    def ready(self) -> None:
        """Wait until an IPP printer is idle; any other says nothing of itself."""
        silent_since = None
        while self._speaks_ipp:
            if self.stopping():
                raise NotReadyError("任务已被取消")
            stands = ipp.standing(self.uri)
            if stands is not None and stands.idle and stands.accepting:
                return
            if stands is None:
                silent_since = silent_since or time.monotonic()
                if time.monotonic() - silent_since > _UNREACHABLE_SECONDS:
                    raise NotReadyError("打印机没有应答")
            else:
                silent_since = None
                self.tell("INFO: 打印机正忙或已暂停，等待中")
            time.sleep(_PAUSE)

    def send(self, file: Path, name: str, lock: int) -> Sent:
        """One copy, through the backend; it goes on by itself, holding `lock`, should this process be killed."""
        job, state = "", ""
        with subprocess.Popen(
            [str(_backend(self.uri)), "1", self.user, name, "1", _words(self.options), str(file)],
            env=_environment(self.uri),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=(lock,),
        ) as child:
            threading.Thread(target=self._end_when_told, args=(child,), daemon=True).start()
            for line in child.stderr or ():
                if found := _JOB.match(line):
                    job = found[1]
                elif found := _STATE.match(line):
                    state = found[1]
                elif line.startswith("STATE:"):
                    self.tell(line.rstrip("\n"))
        return self._outcome(child.returncode, job, state)

    def _end_when_told(self, child: subprocess.Popen[str]) -> None:
        """A backend waits for a printer that went away as long as nobody ends it; what became of the copy is unknown."""
        while child.poll() is None:
            if self.stopping():
                child.terminate()
                return
            time.sleep(_PAUSE)

    def _outcome(self, code: int, job: str, state: str) -> Sent:
        if not self._speaks_ipp:
            return Sent(Outcome.DONE) if code == 0 else Sent(Outcome.UNKNOWN, why=f"打印机接口退出码 {code}")
        known = self._settled(int(job)) if job else None
        where = f"{self.uri}#{job} {known.uuid if known else ''}".strip() if job else ""
        printed = known.state is ipp.JobState.COMPLETED if known else code == 0 and state == "completed"
        if printed:
            return Sent(Outcome.DONE, where)
        state = known.state.name.lower() if known else state
        return Sent(Outcome.UNKNOWN, where, f"打印机的回答：{state or '没有回答'}（退出码 {code}）")

    def _settled(self, number: int) -> ipp.Job | None:
        """The printer's own last word on a job, once there is one."""
        end = time.monotonic() + _LAST_WORD_SECONDS
        while (known := ipp.job(self.uri, number)) is not None and known.state.open and time.monotonic() < end:
            time.sleep(_PAUSE)
        return known

    def remembered(self, name: str) -> Sent | None:
        """Whether the printer says that it completed the copy; anything else it may say leaves the paper in doubt."""
        known = ipp.job_named(self.uri, name) if self._speaks_ipp else None
        if known is None or known.state is not ipp.JobState.COMPLETED:
            return None
        return Sent(Outcome.DONE, f"{self.uri}#{known.id} {known.uuid}".strip())


def _backend(uri: str) -> Path:
    return Path(os.environ.get("CUPS_SERVERBIN", "/usr/lib/cups"), "backend", uri.partition(":")[0])


def _words(options: Mapping[str, str]) -> str:
    told = {name: options[name] for name in PASSED_ON if name in options}
    if "sides" not in told and (duplex := _DUPLEX.get(options.get("Duplex", ""))):
        told["sides"] = duplex
    return " ".join(f"{name}={value}" for name, value in told.items())


def _environment(uri: str) -> dict[str, str]:
    """Without the queue's PPD: what it asked for was done before the copy was stamped."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PPD", "AUTH_INFO_REQUIRED")}
    pdf = "application/pdf"
    return {**kept, "DEVICE_URI": uri, "CONTENT_TYPE": pdf, "FINAL_CONTENT_TYPE": pdf, "LC_ALL": "C"}
