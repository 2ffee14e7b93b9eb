"""Queues of CUPS that mark what they print: made, looked at, paused, let go on; with CUPS' own commands."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from markpipe.config.printing import Printer
from markpipe.errors import OutputError
from markpipe.pipeline.process import package_root
from markpipe.printing import ipp, ppd, server
from markpipe.printing.arrivals import PREFIX
from markpipe.printing.job import ORIGINAL, ORIGINALS
from markpipe.printing.spool import SCHEME, device_of

_SHIM = """\
#!/bin/sh
# The marking backend of CUPS: everything is done by markpipe itself.  Written by `markpipe printer install`.
# CUPS runs it as root (mode 0700), which is needed to give the job another name and to open what the user sent;
# everything else is done as user {uid}, who owns the site's keys.
if [ $# -ge 5 ]; then
    lp -i "$1" -o "job-name=markpipe-$1" </dev/null >/dev/null 2>&1
    {originals}=0
    for file in "$CUPS_REQUESTROOT/d$(printf %05d "$1")"-[0-9][0-9][0-9]; do
        [ -r "$file" ] || continue
        {originals}=$(({originals} + 1))
        [ ${originals} -gt 1 ] || exec {original}<"$file"
    done
    export {originals}
fi
become=
[ "$(id -u)" != 0 ] || become="setpriv --reuid={uid} --regid={gid} --init-groups"
exec $become sh -c {body} "$0" "$@"
"""
_BODY = """\
# CUPS takes a backend that was killed for one that is done, and drops the job: so this one only waits, and asks for
# another try (6) when the other was killed.
# The file says that a job came, for the case that both are killed before it is entered anywhere.
exec 3<&0
if [ $# -ge 5 ]; then
    uuid=${{5##*job-uuid=}}
    arrived={folder}/{prefix}$1-$$
    umask 022
    mkdir -p {folder} && exec 9>"$arrived" && flock 9 && printf '%s\n%s\n%s\n' "$1" "$2" "${{uuid%% *}}" >&9
fi
{python} -I -c {boot} --config {config} printer backend "$@" <&3 3<&- &
child=$!
trap 'kill -TERM $child' TERM
wait $child
code=$?
while kill -0 $child 2>/dev/null; do
    wait $child
    code=$?
done
[ $code -lt 128 ] || code=6
[ -z "$arrived" ] || rm -f "$arrived"
exit $code
"""
_BOOT = "import sys; sys.path.insert(0, {root!r}); from markpipe.cli.main import main; main()"
_SECONDS = 60
_NOT_ALLOWED = ("CUPS 没有允许这个操作", "用 CUPS 管理员的账户（SystemGroup，如 lpadmin 组的成员）办理")
_REFUSALS = {
    "Unauthorized": _NOT_ALLOWED,
    "Forbidden": _NOT_ALLOWED,
    "not authorized": _NOT_ALLOWED,
    "does not exist": ("CUPS 没有这个任务", "用 markpipe printer status 查看任务号"),
    "not-found": ("CUPS 没有这个打印队列", "用 markpipe printer install 建立"),
}
"""What CUPS' commands say, and what it means here."""


def backend_file() -> Path:
    """Where CUPS looks for the backend."""
    return server.binaries() / "backend" / SCHEME


@dataclass(frozen=True, slots=True)
class Place:
    """What a backend works for: the site's configuration, the folder of its locks, and who owns its keys."""

    config: Path
    folder: Path
    uid: int
    gid: int


def shim(place: Place) -> str:
    """The backend: it passes its arguments on, and notes in a folder that a job came."""
    boot = _BOOT.format(root=package_root())
    body = _BODY.format(
        python=shlex.quote(sys.executable),
        boot=shlex.quote(boot),
        config=shlex.quote(str(place.config.absolute())),
        folder=shlex.quote(str(place.folder.absolute())),
        prefix=PREFIX,
    )
    who = {"uid": place.uid, "gid": place.gid}
    return _SHIM.format(**who, originals=ORIGINALS, original=ORIGINAL, body=shlex.quote(body))


def write_backend(place: Place) -> Path:
    """Write the backend.  As root it is 0700, so that CUPS runs it as root and it can become the site's owner.

    `OutputError` where it cannot be written, and where root would parse documents because the keys are root's.
    """
    path, root = backend_file(), os.geteuid() == 0
    if root and place.uid == 0:
        raise OutputError(
            "密钥文件归 root 所有，打印后端会以 root 身份处理文件",
            "把站点文件夹交给一个专用的普通账户（chown）后重新运行",
        )
    try:
        path.unlink(missing_ok=True)
        path.write_text(shim(place), encoding="utf-8")
        path.chmod(0o700 if root else 0o755)
    except OSError as error:
        raise OutputError(
            f"{path} 写不进去（{error.strerror}）", "请以管理员身份运行 markpipe printer install"
        ) from None
    return path


def make_queue(printer: Printer) -> None:
    """Make the queue, or set it right again; `OutputError` where CUPS refuses."""
    with tempfile.NamedTemporaryFile("w", suffix=".ppd", prefix="markpipe-") as file:
        file.write(ppd.ppd(printer.name))
        file.flush()
        words = ("-v", f"{SCHEME}:/{printer.name}", "-P", file.name, "-D", printer.name, "-L", printer.place)
        options = ("-o", "printer-error-policy=retry-job", "-o", "printer-is-shared=false")
        _run("lpadmin", "-p", printer.name, *words, *options, "-E")


def fits(printer: Printer) -> tuple[str, ...]:
    """What is wrong with the queue, its backend and its PPD, in Chinese."""
    problems = []
    try:
        device = device_of(printer.name)
        if device != f"{SCHEME}:/{printer.name}":
            problems.append(f"队列的地址是 {device}，不经过本程序")
    except OutputError:
        problems.append("CUPS 没有应答，或没有这个队列（markpipe printer install）")
    if not backend_file().exists():
        problems.append(f"后端 {backend_file()} 没有安装")
    file = server.root() / "ppd" / f"{printer.name}.ppd"
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return (*problems, f"读不到 {file}，不能检查队列的设置")
    problems += [f"队列的 PPD {lack}" for lack in ppd.lacking(text)]
    return tuple(problems)


def pause(name: str, reason: str) -> None:
    """The queue takes jobs and prints none."""
    _run("cupsdisable", "-r", reason, name)


def go_on(name: str) -> None:
    """The queue prints again."""
    _run("cupsenable", name)


def hold_job(number: int) -> None:
    """One job waits."""
    _run("lp", "-i", str(number), "-H", "hold")


def release_job(number: int) -> None:
    """One job goes on."""
    _run("lp", "-i", str(number), "-H", "resume")


def drop_job(number: int) -> None:
    """One job goes, and its file with it."""
    _run("cancel", "-x", str(number))


def jobs_of(order: str, name: str) -> tuple[ipp.Job, ...]:
    """The jobs in a queue that print copies of an order."""
    return tuple(job for job in ipp.jobs(ipp.queue_uri(name)) or () if job.name.startswith(order))


def _run(*words: str) -> None:
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise OutputError(f"没有 {words[0]} 命令", "请安装 CUPS（make system）") from None
    except subprocess.TimeoutExpired:
        raise OutputError(f"打印服务器没有应答（{words[0]}）", "检查 cupsd 是否在运行") from None
    if done.returncode != 0:
        told = (done.stderr.strip().splitlines() or [str(done.returncode)])[-1]
        for sign, (why, remedy) in _REFUSALS.items():
            if sign in told:
                raise OutputError(why, remedy)
        raise OutputError(f"{words[0]} 没有成功：{told}", "核对名称和权限")
