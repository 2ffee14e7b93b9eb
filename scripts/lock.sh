#!/bin/sh
# lock.sh PYTHON: resolve the newest allowed versions into the three requirements*.lock, with hashes
# and without index addresses.  The resolver lives in an environment of its own: it is not a dependency.
set -eu
python=$1 tool=build/lock-venv

[ -x "$tool/bin/uv" ] || { "$python" -m venv "$tool" && "$tool/bin/python" -m pip install --quiet uv; }
compile() { "$tool/bin/uv" pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --no-header \
    --no-annotate --no-emit-index-url --no-emit-find-links "$@"; }
compile pyproject.toml requirements-build.in -o requirements.lock
compile pyproject.toml requirements-build.in --group dev -o requirements-dev.lock
compile pyproject.toml requirements-build.in --group training -o requirements-training.lock
