#!/bin/sh
# venv.sh PYTHON VENV LOCK: a virtual environment that holds exactly what the lock names, and the program itself.
set -eu
python=$1 venv=$2 lock=$3

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "错误：需要 Python 3.11 或更新的版本（当前：${python:-没有找到 Python}）" >&2
    echo "处理：装好后用 make PYTHON=python3.11 … 指明" >&2
    exit 3
fi
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv "$venv" || {
        echo "错误：不能建立虚拟环境" >&2
        echo "处理：Debian 上请先安装 python3-venv" >&2
        exit 3
    }
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
