#!/bin/sh
# system-packages.sh demo|test: the Debian packages that the program calls.  Says nothing when all are there.
# demo goes on without the optional ones; test needs every one.
set -eu
purpose=${1:-test}

has() { command -v "$1" >/dev/null 2>&1; }
has_font() { [ -e /usr/share/fonts/truetype/wqy/wqy-zenhei.ttc ] || { has fc-list && [ -n "$(fc-list :lang=zh 2>/dev/null)" ]; }; }

required='' optional=''
has pdftotext || required="$required poppler-utils"
has qpdf || optional="$optional qpdf"
has tesseract || optional="$optional tesseract-ocr"
{ has tesseract && tesseract --list-langs 2>/dev/null | grep -qx chi_sim; } || optional="$optional tesseract-ocr-chi-sim"
has_font || optional="$optional fonts-wqy-zenhei"
missing="$required$optional"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "安装系统软件包：$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    if { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null; then
        exit 0
    fi
    echo "错误：系统软件包没有装上（见上面的信息）" >&2
fi
echo "缺少系统软件包：$missing" >&2
if has apt-get; then
    echo "处理：请有管理权限的人员运行  apt-get install$missing" >&2
else
    echo "处理：请用本系统的软件包管理工具安装上述软件（名称为 Debian 的叫法）" >&2
fi
[ "$purpose" = demo ] && [ -z "$required" ] && exit 0
exit 3
