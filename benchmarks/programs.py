"""Files that hide nothing, as other programs write them: LibreOffice and Chromium where installed, Word and Quartz from the
cache of foreign files (`soak_foreign.py`) where it is there."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from pathlib import Path

import docx

from honest import sentence
from soak_foreign import files

_FOREIGN = {"pypdf-": ("GeoBase_NHNC1_Data_Model_UML_EN.pdf", "Word"), "tabula": ("campaign_donors.pdf", "Quartz")}
_CACHE = Path.home() / ".cache" / "markpipe-soak"
_STYLE = "<style>table{border-collapse:collapse}td{border:1px solid #333;padding:4px}th{background:#eee}</style>"


def made() -> dict[str, bytes]:
    """Prose and tables by each program that is there, by name; a program that fails is left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {**_libreoffice(folder), **_chromium(folder), **_foreign()}


def _libreoffice(folder: Path) -> dict[str, bytes]:
    program = shutil.which("soffice")
    if program is None:
        return {}
    chance = random.Random(4)
    prose, tables = docx.Document(), docx.Document()
    for number in range(40):
        prose.add_heading(f"第{number + 1}部分 工作安排", 2)
        for _ in range(5):
            prose.add_paragraph("".join(sentence(chance) for _ in range(9)))
    for number in range(12):
        tables.add_paragraph(f"表{number + 1} 情况统计")
        table = tables.add_table(rows=40, cols=5)
        table.style = "Table Grid"
        for row in table.rows:
            for cell in row.cells:
                cell.text = sentence(chance)[:6]
    prose.save(str(folder / "LibreOffice prose.docx"))
    tables.save(str(folder / "LibreOffice tables.docx"))
    own = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    sources = sorted(folder.glob("*.docx"))
    command = [program, own, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, capture_output=True, check=False, timeout=300)
    return {file.stem: file.read_bytes() for file in sorted(folder.glob("LibreOffice*.pdf"))}


def _chromium(folder: Path) -> dict[str, bytes]:
    program = shutil.which("chromium")
    if program is None:
        return {}
    chance = random.Random(5)
    paragraphs = ("".join(sentence(chance) for _ in range(9)) for _ in range(200))
    rows = ("".join(f"<td>{sentence(chance)[:6]}</td>" for _ in range(5)) for _ in range(360))
    bodies = {
        "Chromium prose": "".join(f"<p>{text}</p>" for text in paragraphs),
        "Chromium tables": f"{_STYLE}<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>",
    }
    for name, body in bodies.items():
        source = folder / f"{name}.html"
        source.write_text(f"<html><meta charset=utf-8><body>{body}</body></html>", encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        out = f"--print-to-pdf={folder / name}.pdf"
        subprocess.run([program, *options, out, source.as_uri()], capture_output=True, check=False, timeout=120)
    return {file.stem: file.read_bytes() for file in sorted(folder.glob("Chromium*.pdf"))}


def _foreign() -> dict[str, bytes]:
    if not (_CACHE / "sdist").is_dir():
        return {}
    found = {}
    for name, data in files(_CACHE):
        for start, (ending, program) in _FOREIGN.items():
            if name.startswith(start) and name.endswith(ending):
                found[f"{program} {ending}"] = data
    return found
