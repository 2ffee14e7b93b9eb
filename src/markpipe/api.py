"""The Python API: what the commands call, with the same answers as their `--format json`.

    >>> import markpipe
    >>> markpipe.derive("机密★20年@2015-03-02")["mark"]        # doctest: +SKIP
    '机密★2035年3月2日'

Nothing here decides on a secret: that needs an officer's account (`markpipe determination approve`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markpipe.config.dictionaries import load_catalogues
from markpipe.config.settings import Settings, load
from markpipe.keys.keyring import Keyring
from markpipe.pipeline.assess import Examiner
from markpipe.pipeline.batch import list_inputs
from markpipe.pipeline.looking import examiner_for, looked_through
from markpipe.report.json import scan_json
from markpipe.report.places import ExcerptMode
from markpipe.store.register import Register


def scan(
    *paths: str | Path, config: str | Path | None = None, excerpt: str = "context", jobs: int = 1
) -> dict[str, Any]:
    """Flag likely secret points, marks, excerpts and citations in files and folders; changes nothing.

    `config` names the site's `markpipe.toml` (default: the nearest one upward of the working folder, else none);
    `excerpt` is none, match or context.  Answers `markpipe.scan/1`; files that cannot be read are in it as unread.
    Errors: `ConfigurationError`, `RegisterError`.
    """
    settings = load(None if config is None else Path(config), Path.cwd())
    items = list_inputs([Path(path) for path in paths])
    with looked_through(items, _examiner(settings), settings.limits, jobs) as found:
        return scan_json(tuple(found), excerpt=ExcerptMode(excerpt))


def _examiner(settings: Settings) -> Examiner:
    catalogues = load_catalogues(settings.dictionaries)
    path = settings.register_path
    if settings.path is None or not settings.key_file.exists() or (path is not None and not path.exists()):
        return examiner_for(catalogues, settings.limits)
    keyring = Keyring.load(settings.key_file)
    with Register.open(settings.register_url, keyring) as register:
        return examiner_for(catalogues, settings.limits, register, keyring)
