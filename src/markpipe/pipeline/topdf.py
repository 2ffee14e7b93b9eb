"""DOCX to PDF through LibreOffice, in a process of its own: no network, an empty profile, ended when it takes too long.

What comes out is set by LibreOffice with the fonts of this machine; it is a document of its own, to be looked at.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from markpipe.errors import OutputError
from markpipe.model.limits import Limits
from markpipe.pipeline.process import package_root

_NAMES = ("soffice", "libreoffice")
_BOOT = "import sys; sys.path.append(sys.argv[1]); from markpipe.pipeline.jail import become; become(sys.argv[2:])"
_SECONDS = 180


def to_pdf(data: bytes, limits: Limits) -> bytes:
    """The PDF of a DOCX; `OutputError` where LibreOffice is not installed or does not manage."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        raise OutputError("本机没有 LibreOffice，不能转为 PDF", "安装 LibreOffice，或用 Word、WPS 另存为 PDF 后加盖")
    with tempfile.TemporaryDirectory(prefix="markpipe-pdf-") as folder:
        source = Path(folder) / "in.docx"
        source.write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        words = [program, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", folder, str(source)]
        _run([sys.executable, "-I", "-c", _BOOT, package_root(), *words], folder, max(_SECONDS, limits.wall_seconds))
        made = Path(folder) / "in.pdf"
        if not made.is_file():
            raise OutputError("LibreOffice 没有转出 PDF", "请用 Word、WPS 另存为 PDF 后加盖")
        return made.read_bytes()


def _run(words: list[str], folder: str, seconds: int) -> None:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise OutputError("LibreOffice 没有在时限内转完", "请用 Word、WPS 另存为 PDF 后加盖") from None
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
