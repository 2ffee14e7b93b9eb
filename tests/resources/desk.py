"""An office whose commands run in the test's own process: for tests that call dozens of whole command lines."""

from __future__ import annotations

import contextlib
import io
import subprocess

from office import Office

from markpipe.cli.main import cli


class Desk(Office):
    """The same `Office`; only `call` differs."""

    def call(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        words = ["--config", str(self.folder / "markpipe.toml"), *map(str, arguments)]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                cli.main(words, prog_name="markpipe")
            except SystemExit as left:
                code = left.code
        assert isinstance(code, int)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
