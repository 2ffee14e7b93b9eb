"""A print shop for tests: a real cupsd with its own configuration and a real IPP printer, both on loopback only.

::

    lp ──▶ cupsd (127.0.0.1, temp tree, unprivileged) ──▶ backend markpipe ──▶ backend ipp ──▶ ippeveprinter ──▶ sheets/
                                                                                     needs a D-Bus of its own ┘

Every daemon is started and ended here by its process id.  As root they run as `nobody`, so that nothing depends on
what root may do; a `privileged` shop has cupsd as a system has it: started as root, with the policy that CUPS comes with.  `sheets` are the files that the printer "put on paper", one a job, in the order in which they came.
"""

from __future__ import annotations

import contextlib
import csv
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CUPSD = Path("/usr/sbin/cupsd")
SYSTEM_BIN = Path("/usr/lib/cups")
CUPS_DEFAULTS = Path("/usr/share/cups/cupsd.conf.default")
TOOLS = ("lp", "lpstat", "lpadmin", "ipptool", "ippeveprinter", "dbus-daemon", "setpriv")
QUEUE = "secret"
_WAIT = 60.0

_CUPSD_CONF = """\
Listen 127.0.0.1:{port}
Browsing No
BrowseLocalProtocols none
DefaultAuthType None
WebInterface No
LogLevel warn
MaxLogSize 0
PageLogFormat
ErrorPolicy retry-job
JobRetryInterval 1
JobKillDelay 2
DirtyCleanInterval 0
PreserveJobHistory No
PreserveJobFiles No
<Location />
Order allow,deny
Allow 127.0.0.1
</Location>
<Location /admin>
Order allow,deny
Allow 127.0.0.1
</Location>
<Policy default>
JobPrivateAccess default
JobPrivateValues none
<Limit All>
Order allow,deny
Allow 127.0.0.1
</Limit>
</Policy>
"""
_FILES_CONF = """\
ServerRoot {root}
ServerBin {root}/bin
DataDir /usr/share/cups
RequestRoot {root}/spool
CacheDir {root}/cache
StateDir {root}/state
TempDir {root}/scratch
AccessLog {root}/log/access_log
ErrorLog {root}/log/error_log
PageLog {root}/log/page_log
SystemGroup {system}
User {user}
Group {group}
SyncOnClose Yes
FileDevice Yes
"""
_BUS_CONF = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
</policy></busconfig>
"""
# What the printer does with a job: wait, jam if told so, else put the file on the pile.  Written as sh: it starts fast.
_PRINT_COMMAND = """\
#!/bin/sh
cd {printer} || exit 1
[ -e pace ] && sleep "$(cat pace)"
n=$(ls sheets | wc -l)
if [ -e jam ] && [ "$n" -ge "$(cat jam)" ]; then
    rm -f jam
    echo "STATE: +media-jam-error" >&2
    echo "ERROR: jam" >&2
    exit 1
fi
cp "$1" "parts/$IPP_JOB_UUID.part"
name=$(printf '%05d' "$n")
printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$name" "$IPP_JOB_NAME" "${{IPP_COPIES:-1}}" "$IPP_SIDES" "$IPP_JOB_UUID" >> jobs.tsv
mv "parts/$IPP_JOB_UUID.part" "sheets/$name.pdf"
"""


def _policies() -> str:
    """Who may do what, as CUPS comes: everything from the first section on."""
    text = CUPS_DEFAULTS.read_text(encoding="utf-8")
    return text[text.index("<Location") :]


def missing() -> str:
    """Why the shop cannot open on this machine; empty where it can."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None and not Path("/usr/sbin", tool).exists()]
    if not CUPSD.exists():
        lacking.append("cupsd")
    if not (SYSTEM_BIN / "filter" / "pdftopdf").exists():
        lacking.append("cups-filters")
    if lacking:
        return f"没有 {'、'.join(lacking)}（make system）"
    twice = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', 'import markpipe']))"
    tried = subprocess.run([*as_user(), sys.executable, "-c", twice], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "无特权用户不能运行这里的 Python"


def as_user() -> list[str]:
    """The words before a command that make it unprivileged.

    `nobody` may look into folders (root's Python may lie in a home folder), and may do nothing else that root may.
    """
    if os.getuid() != 0:
        return []
    who = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    return ["setpriv", *who, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


def owner() -> tuple[int, int]:
    """User and group that the daemons run as."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def give(folder: Path) -> None:
    """Hand a tree over to the user that the daemons run as."""
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            if "work-0" not in path.parts:
                with contextlib.suppress(FileNotFoundError):  # a backend may just be done with it
                    os.chown(path, *owner(), follow_symlinks=False)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: object, what: str, seconds: float = _WAIT) -> None:
    """Wait for a condition (a callable); an `AssertionError` names what did not come."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} 没有等到"
        time.sleep(0.05)


@dataclass
class PrintShop:
    """One cupsd and one printer below a folder."""

    folder: Path
    privileged: bool = False
    port: int = 0
    printer_port: int = 0
    cupsd: subprocess.Popen[bytes] | None = None
    printer: subprocess.Popen[bytes] | None = None
    bus: subprocess.Popen[bytes] | None = None

    @property
    def root(self) -> Path:
        return self.folder / "cups"

    @property
    def paper(self) -> Path:
        return self.folder / "printer"

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def device(self) -> str:
        return f"ipp://127.0.0.1:{self.printer_port}/ipp/print"

    @property
    def environment(self) -> dict[str, str]:
        """What a client, and `markpipe printer install`, need to find this cupsd."""
        return {**os.environ, **self.settings}

    @property
    def settings(self) -> dict[str, str]:
        """Where CUPS' own commands, and markpipe, look for this cupsd."""
        return {
            "CUPS_SERVER": self.server,
            "CUPS_SERVERROOT": str(self.root),
            "CUPS_SERVERBIN": str(self.root / "bin"),
            "CUPS_STATEDIR": str(self.root / "state"),
        }

    # -- life ------------------------------------------------------------------------------------------------------

    def open(self) -> PrintShop:
        """Lay out the tree and start everything."""
        self.port, self.printer_port = free_port(), free_port()
        self._lay_out()
        give(self.paper if self.privileged else self.folder)
        os.chown(self.folder, *owner())
        self.start_bus()
        self.start_printer()
        self.start_cupsd()
        return self

    def close(self) -> None:
        """End everything that was started."""
        for process in (self.cupsd, self.printer, self.bus):
            end(process)

    def start_bus(self) -> None:
        self.bus = self._start("dbus-daemon", f"--config-file={self.folder / 'bus.conf'}", "--nofork", "--nopidfile")
        until((self.folder / "bus").exists, "D-Bus")

    def start_printer(self) -> None:
        words = ("-d", self.paper / "spool", "-c", self.paper / "command", "-f", "application/pdf", "-r", "off", "-2")
        self.printer = self._start(
            "ippeveprinter", *words, "-n", "localhost", "-p", self.printer_port, "double", DBUS=self.folder / "bus"
        )
        until(lambda: listening(self.printer_port), "打印机")

    def start_cupsd(self) -> None:
        conf = ("-c", self.root / "cupsd.conf", "-s", self.root / "cups-files.conf")
        self.cupsd = self._start(CUPSD, "-f", *conf, user=[] if self.privileged else as_user())
        until(lambda: listening(self.port), "cupsd")

    @contextlib.contextmanager
    def configured(self, **directives: str) -> Iterator[None]:
        """cupsd with other settings for a while; it is started anew before and after."""
        files = (self.root / "cupsd.conf", self.root / "cups-files.conf")
        before = [file.read_text() for file in files]
        for file, text in zip(files, before, strict=True):
            names = (line.partition(" ")[0] for line in text.splitlines())
            pairs = zip(names, text.splitlines(), strict=True)
            file.write_text(
                "".join(f"{name} {directives[name]}\n" if name in directives else f"{line}\n" for name, line in pairs)
            )
        try:
            self.restart_cupsd()
            yield
        finally:
            for file, text in zip(files, before, strict=True):
                file.write_text(text)
            self.restart_cupsd()

    def restart_cupsd(self, sign: int = signal.SIGTERM) -> None:
        """End cupsd and start it again."""
        end(self.cupsd, sign)
        self.start_cupsd()

    def _start(
        self,
        *words: object,
        DBUS: Path | None = None,  # noqa: N803
        user: list[str] | None = None,
    ) -> subprocess.Popen[bytes]:
        environment = {"PATH": "/usr/sbin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(self.folder)}
        if DBUS is not None:
            environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={DBUS}"
        log = (self.folder / "daemons.log").open("ab")
        with log:
            return subprocess.Popen(
                [*(as_user() if user is None else user), *map(str, words)],
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _lay_out(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        for name in ("spool/scratch", "cache", "state/certs", "log", "scratch", "ppd", "ssl", "bin/backend"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name in ("filter", "daemon", "cgi-bin", "monitor", "notifier", "driver"):
            (self.root / "bin" / name).symlink_to(SYSTEM_BIN / name)
        for backend in (SYSTEM_BIN / "backend").iterdir():
            if backend.name in ("ipp", "socket", "http"):
                shutil.copy(backend, self.root / "bin" / "backend" / backend.name)
                (self.root / "bin" / "backend" / backend.name).chmod(0o755)
        for name in ("sheets", "spool", "parts"):
            (self.paper / name).mkdir(parents=True)
        user = "nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        group = "nogroup" if os.getuid() == 0 else str(os.getgid())
        names = {"root": self.root, "port": self.port, "user": user, "group": group}
        names["system"] = "root" if self.privileged else group
        conf = _CUPSD_CONF.format(**names)
        if self.privileged:
            conf = conf[: conf.index("<Location")].replace("AuthType None", "AuthType Basic") + _policies()
        (self.root / "cupsd.conf").write_text(conf)
        (self.root / "cups-files.conf").write_text(_FILES_CONF.format(**names))
        (self.folder / "bus.conf").write_text(_BUS_CONF.format(socket=self.folder / "bus"))
        command = self.paper / "command"
        command.write_text(_PRINT_COMMAND.format(printer=self.paper))
        command.chmod(0o755)

    # -- looking ---------------------------------------------------------------------------------------------------

    def sheets(self) -> list[Path]:
        """What came out of the printer, first to last."""
        return sorted((self.paper / "sheets").glob("*.pdf"))

    def jobs_seen(self) -> list[list[str]]:
        """What the printer was told: number, job name, copies, sides, job uuid."""
        file = self.paper / "jobs.tsv"
        return [line.split("\t") for line in file.read_text().splitlines()] if file.exists() else []

    def jam_after(self, copies: int) -> None:
        """The next job after so many sheets jams, once."""
        (self.paper / "jam").write_text(str(copies))
        give(self.paper / "jam")

    def pace(self, seconds: float) -> None:
        """How long a job takes."""
        (self.paper / "pace").write_text(str(seconds))
        give(self.paper / "pace")

    def clear(self) -> None:
        """An empty pile, and no job left in cupsd."""
        subprocess.run(["cancel", "-a", "-x"], env=self.environment, capture_output=True, check=False)
        for path in (
            *(self.paper / "sheets").iterdir(),
            self.paper / "jobs.tsv",
            self.paper / "jam",
            self.paper / "pace",
        ):
            path.unlink(missing_ok=True)

    def call(self, *words: object) -> subprocess.CompletedProcess[str]:
        """A client's command (lp, lpstat …) as the unprivileged user."""
        return subprocess.run(
            [*as_user(), *map(str, words)], env=self.environment, capture_output=True, text=True, check=False, cwd="/"
        )

    def start_client(self, *words: object) -> subprocess.Popen[str]:
        """The same, not waited for."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [*as_user(), *map(str, words)], env=self.environment, stdout=quiet, stderr=quiet, text=True, cwd="/"
        )

    def jobs(self) -> list[dict[str, str]]:
        """The jobs that cupsd has not done with."""
        test = self.folder / "jobs.test"
        if not test.exists():
            test.write_text(_GET_JOBS)
        done = self.call("ipptool", "-c", f"ipp://{self.server}/", test)
        assert done.returncode == 0, done.stdout + done.stderr
        return list(csv.DictReader(done.stdout.splitlines()))


_GET_JOBS = """{
OPERATION Get-Jobs
GROUP operation-attributes-tag
ATTR charset attributes-charset utf-8
ATTR language attributes-natural-language en
ATTR uri printer-uri $uri
ATTR name requesting-user-name nobody
ATTR keyword which-jobs not-completed
ATTR keyword requested-attributes job-id,job-name,job-state,job-printer-state-message,job-uuid
DISPLAY job-id
DISPLAY job-name
DISPLAY job-state
DISPLAY job-printer-state-message
DISPLAY job-uuid
}
"""


def listening(port: int) -> bool:
    """Whether somebody answers on a port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(process: subprocess.Popen[bytes] | None, sign: int = signal.SIGTERM) -> None:
    """End a daemon and what it started."""
    if process is None or process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, sign)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@contextlib.contextmanager
def open_shop(folder: Path) -> Iterator[PrintShop]:
    """A shop that is closed afterwards."""
    shop = PrintShop(folder)
    try:
        yield shop.open()
    finally:
        shop.close()
