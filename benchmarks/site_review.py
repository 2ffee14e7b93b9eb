"""How long the review of a saved web site takes, and what memory it needs: `python benchmarks/site_review.py [PAGES …]`.

Builds sites of invented pages (each with a menu, a script, a comment and a hidden element; every fifth links to a DOCX of
its own), reviews each in one command with a report, and prints time and the largest resident memory of program and reading
process.  Memory is flat when it does not grow with the number of pages.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import docx

WORDS = "请各有关单位按时参加，会议时间另行通知，现场不设停车位。办理情况每季度通报一次，经验做法及时报送。"
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>工作动态第{n}期</title><style>.m{{display:none}}</style></head>
<body><ul><li><a href="index.html">首页</a></li></ul><div class="m">更多栏目</div><!-- 模板 3 -->
<h1>工作动态第{n}期</h1>{body}{link}<script>var page = {n};</script></body></html>"""
MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.write(str(usage.ru_maxrss))
sys.stdout.buffer.write(done.stdout)
"""


def build(folder: Path, pages: int) -> int:
    """The site; answers how many files it has."""
    files = pages
    (folder / "fj").mkdir(parents=True)
    for n in range(pages):
        link = ""
        if n % 5 == 0:
            document = docx.Document()
            document.add_paragraph(f"附件第{n}号")
            document.add_paragraph(WORDS)
            document.save(str(folder / "fj" / f"{n}.docx"))
            link = f'<a href="fj/{n}.docx">附件</a>'
            files += 1
        phone = "<p>联系人手机13812345678</p>" if n % 50 == 0 else ""
        body = "".join(f"<p>第{n}期第{m}段。{WORDS * 3}</p>" for m in range(12)) + phone
        (folder / f"p{n:04d}.html").write_text(PAGE.format(n=n, body=body, link=link), encoding="utf-8")
    return files


def main(sizes: list[int]) -> None:
    """One line a site."""
    for pages in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            files = build(folder / "site", pages)
            (folder / "markpipe.toml").write_text("schema = 1\n[demo]\nenabled = true\n", encoding="utf-8")
            command = [sys.executable, "-m", "markpipe.cli.main", "--config", str(folder / "markpipe.toml"), "review"]
            command += [str(folder / "site"), "--report", str(folder / "report"), "--format", "json"]
            people = '[[people]]\nname = "张三"\nroles = ["承办人"]\n'
            (folder / "markpipe.toml").write_text(f"schema = 1\n[demo]\nenabled = true\n{people}", encoding="utf-8")
            begin = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, check=True)
            seconds = time.perf_counter() - begin
            summary = json.loads(done.stdout)["summary"]
            written = sum(path.stat().st_size for path in (folder / "report").rglob("*"))
            print(
                f"{pages} pages, {files} files: {seconds:.1f} s, {1000 * seconds / files:.0f} ms a file, "
                f"{int(done.stderr.split()[-1]) / 1024:.0f} MiB at most in one process, verdicts {summary['verdicts']}, "
                f"report {written / 1024:.0f} KiB"
            )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100, 500, 1000])
