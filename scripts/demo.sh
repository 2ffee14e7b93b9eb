#!/bin/sh
# demo.sh MARKPIPE OUT: the whole pipeline over the samples, from an empty register.
set -eu
markpipe=$1 out=$2

rm -rf "$out" samples/state
mkdir -p "$(dirname "$out")"
code=0
"$markpipe" --config samples/markpipe.toml run samples/drafts "$out" \
    --approve-as 李明远 --decisions samples/decisions.csv --copies 2 || code=$?
case $code in
0 | 1) ;; # 1: there are findings, which is what the samples are for
*)
    echo "演示没有跑通（退出码 $code）" >&2
    exit "$code"
    ;;
esac
"$markpipe" --config samples/markpipe.toml register verify
cat <<EOM

演示完成，结果在 $out：
  $out/report.html   报告（用浏览器打开）
  $out/proposals/    拟定稿，尚未审核批准
  $out/marked/       已定密、加标志的文件
  $out/copies/       编了份号的各份
各样例应当得出什么，见 samples/README.md。
EOM
