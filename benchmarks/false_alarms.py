"""How many texts of a folder of public texts get a finding: `python benchmarks/false_alarms.py FOLDER [--why]`.

Every finding there is a false alarm.  Reads `*.txt` as UTF-8; counts with the built-in dictionaries alone, and beside
them the plainest rule there is: does a level word occur?
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from markpipe.config.dictionaries import load_catalogues
from markpipe.detect.likeness import lessons
from markpipe.detect.marks import find_citations, find_marks
from markpipe.detect.match import Matcher
from markpipe.formats.plain import text_map
from markpipe.model.finding import Finding, Kind
from markpipe.text.fold import fold


def main(folder: Path, *, why: bool) -> None:
    """Print one figure a kind, and the findings themselves when asked."""
    matcher = Matcher(load_catalogues(), learned=lessons())
    texts: Counter[str] = Counter()
    total = bare = 0
    for path in sorted(folder.glob("*.txt")):
        mapped = text_map(path.read_text(encoding="utf-8"))
        folded = fold(mapped)
        findings = matcher.find(mapped, folded)
        total += 1
        bare += any(word in folded.text for word in ("绝密", "机密", "秘密"))
        texts.update({finding.kind.value for finding in findings})
        texts["标志"] += bool(find_marks(mapped, folded))
        texts["引用涉密文号"] += bool(find_citations(mapped, folded))
        if why:
            _tell(path, findings)
    print(f"texts: {total}; with a level word: {bare}")
    for kind in (*(kind.value for kind in Kind if kind is not Kind.MARK), "标志", "引用涉密文号"):
        print(f"{kind}: {texts[kind]}")


def _tell(path: Path, findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        print(f"{path.name}: {finding.entry} {finding.kind.value} {finding.confidence:.2f} {finding.text!r}")
        print(*(f"    {line}" for line in finding.why), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), why="--why" in sys.argv)
