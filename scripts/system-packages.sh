#!/bin/sh
# system-packages.sh demo|test: the Debian packages that the program calls.  Says nothing when all are there.
# demo wants what reads and marks, and goes on without the optional ones.  test wants every one of those, and tries
# to get the large ones (printing, a second database, other renderers): where they cannot be had, the tests that
# need them are skipped and say so.
set -eu
purpose=${1:-test}

has() { command -v "$1" >/dev/null 2>&1; }
has_font() { [ -e /usr/share/fonts/truetype/wqy/wqy-zenhei.ttc ] || { has fc-list && [ -n "$(fc-list :lang=zh 2>/dev/null)" ]; }; }
has_postgres() { has initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

required='' optional='' large=''
has pdftotext || required="$required poppler-utils"
has qpdf || optional="$optional qpdf"
has tesseract || optional="$optional tesseract-ocr"
{ has tesseract && tesseract --list-langs 2>/dev/null | grep -qx chi_sim; } || optional="$optional tesseract-ocr-chi-sim"
has_font || optional="$optional fonts-wqy-zenhei"
if [ "$purpose" = test ]; then
    has gs || large="$large ghostscript"
    has soffice || large="$large libreoffice-writer-nogui libreoffice-calc-nogui"
    { has chromium || has google-chrome; } || large="$large chromium"
    { has ippeveprinter && [ -x /usr/sbin/cupsd ]; } || large="$large cups cups-client cups-filters cups-ipp-utils dbus"
    has_postgres || large="$large postgresql"
fi
missing="$required$optional"
[ -n "$missing$large" ] || exit 0

install() {
    echo "安装系统软件包：$1"
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $1 >/dev/null
}
if [ "$(id -u)" = 0 ] && has apt-get; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null || echo "警告：软件包目录没有更新" >&2
    if [ -z "$missing" ] || install "$missing"; then
        [ -z "$large" ] || install "$large" || echo "警告：没有装上$large，用到它们的测试将跳过" >&2
        exit 0
    fi
    echo "错误：系统软件包没有装上（见上面的信息）" >&2
fi
[ -z "$large" ] || echo "缺少$large，用到它们的测试将跳过" >&2
[ -n "$missing" ] || exit 0
echo "缺少系统软件包：$missing" >&2
if has apt-get; then
    echo "处理：请有管理权限的人员运行  apt-get install$missing" >&2
else
    echo "处理：请用本系统的软件包管理工具安装上述软件（名称为 Debian 的叫法）" >&2
fi
[ "$purpose" = demo ] && [ -z "$required" ] && exit 0
exit 3
