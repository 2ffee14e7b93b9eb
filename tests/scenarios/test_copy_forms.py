"""Every form about carriers, filled from a register that an office kept, read back, and opened by LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from desk import Desk
from office import SECRET, Office, make_office

from markpipe.pipeline.copyforms import ABOUT, LEDGERS

NAME = "关于<甲>&{{ 乙 }}的报告"
PEOPLE = "".join(f'[[people]]\nname = "{name}"\n' for name in ("赵六", "孙七", "周八", "吴九"))
APPROVED = ("--approved-by", "吴九", "--approval", "审〔2026〕7号")
ID = "D2026-0001"
NUMBERS = {
    "分发签收单": ID,
    "文件传阅单": f"{ID}/1",
    "复制审批单": "R2026-0001/117",
    "外出携带审批表": f"{ID}/2",
    "清退登记表": "B2026-0001",
    "销毁审批表": "X2026-0001",
    "交接清单": "",
    "泄密报告": "L2026-0001",
}


def kept(folder: Path) -> Office:
    """An office that made, sent, lent, copied, called back, destroyed and lost carriers."""
    office = Desk(make_office(folder, extra=PEOPLE).folder)
    office.add_source()
    draft = office.write_docx(office.drafts / f"{NAME}.docx", "关于检查的报告", SECRET)

    def done(*words: object, code: int = 0) -> None:
        answer = office.call(*words)
        assert answer.returncode == code, (words, answer.stderr)

    done("determination", "propose", draft, "--handler", "张三")
    done("determination", "approve", ID, "--as", "李四")
    done("copies", "approve", ID, "--copies", 6, *APPROVED, "--as", "王五")
    done("copies", "issue", ID, "--copies", 6, "--file", draft, "-o", office.folder / "份", "--as", "王五")
    received = ("--issuer", "省<水利>厅", "--number", "=1+1", "--title", NAME, "--mark", "机密★20年", "--serial", "117")
    done("carriers", "receive", *received, "--reproduction", "可复制", "--as", "王五")
    by = ("--as", "王五")
    done("copies", "circulate", f"{ID}/1", "--to", "赵六", "--days", 2, *by)
    done("copies", "return", f"{ID}/1", *by)
    done("copies", "circulate", f"{ID}/1", "--to", "孙七", *by)
    done("copies", "carry", f"{ID}/2", "--to", "赵六", "--days", 3, "--companion", "孙七", *APPROVED, *by)
    done("copies", "transfer", f"{ID}/3", "--to", "周八", *by)
    done("copies", "receive", f"{ID}/3", "--as", "周八")
    done("copies", "transfer", f"{ID}/4", "--to", "郑十", "--unit", "市水务局", "--channel", "机要通信", *by)
    done("copies", "duplicate", "R2026-0001/117", "--copies", 2, *APPROVED, *by)
    done("copies", "recall", ID, "--due", "2026-06-01", "--reason", "会议结束", *by)
    done("copies", "return", f"{ID}/3", *by)
    done("copies", "void", f"{ID}/5", "--reason", "卡纸", *by)
    burn = ("--place", "机要室", "--witness", "孙七", "--witness", "周八")
    done("copies", "destroy", f"{ID}/5", f"{ID}/3", *burn, *APPROVED, *by)
    done("copies", "sign", "X2026-0001", "--as", "孙七")
    done("copies", "lost", f"{ID}/4", "--circumstances", f"途中不见：{NAME}", *by)
    return office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return kept(tmp_path_factory.mktemp("kept") / "office")


@pytest.fixture(scope="module")
def forms(office: Office) -> Path:
    folder = office.folder / "表"
    for kind, about in (*NUMBERS.items(), *((kind, "") for kind in LEDGERS)):
        suffix = "xlsx" if kind in LEDGERS else "docx"
        words = ("copies", "form", kind, *([about] if about else []), "-o", folder / f"{kind}.{suffix}")
        done = office.call(*words)
        assert done.returncode == 0, (kind, done.stderr)
    return folder


def words(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("分发签收单", ["周八", "市水务局", "机要通信", "未签收", "000003"]),
        ("文件传阅单", ["赵六", "孙七", "2026-05-12", "未退", "赵六、孙七"]),
        ("复制审批单", ["R2026-0001/000117/000002", "审〔2026〕7号", "江北市水文测站复制", "省<水利>厅"]),
        ("外出携带审批表", ["赵六", "孙七", "2026-05-13", "未归还"]),
        ("清退登记表", ["B2026-0001", "会议结束", "未退（传阅中）", "已退"]),
        ("销毁审批表", ["X2026-0001", "机要室", "孙七", "2026-05-10", "未签字", "机密 2 份", "尚未销毁"]),
        ("交接清单", [f"{ID}/000006", "R2026-0001/000117", "在库 4 份"]),
        ("泄密报告", ["L2026-0001", "郑十", "以前", "未报告", f"途中不见：{NAME}"]),
    ],
)
def test_a_form_says_what_the_register_holds(forms: Path, kind: str, says: list[str]) -> None:
    text = words(forms / f"{kind}.docx")
    missing = [each for each in (*says, "按机密级管理", "【演示】", "江北市水文测站", NAME) if each not in text]
    assert missing == []


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("收文登记簿", ["2026-0001", "省<水利>厅", "=1+1", NAME, "机密★20年", "000117", "可复制"]),
        ("发文登记簿", [ID, "周八、市水务局", "6", "2", "当面交接、机要通信"]),
        ("打印输出登记表", []),
        ("台账", [f"{ID}/000001", "孙七", "传阅中", "R2026-0001/000117/000001", "丢失待查"]),
    ],
)
def test_a_ledger_says_what_the_register_holds(forms: Path, kind: str, says: list[str]) -> None:
    sheet = openpyxl.load_workbook(forms / f"{kind}.xlsx").worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    text = {str(cell.value) for cell in cells}
    assert [each for each in says if each not in text] == []
    assert any("【演示】" in each for each in text)


def test_the_same_register_gives_the_same_bytes(office: Office, forms: Path) -> None:
    for kind, about in (("台账", ""), ("分发签收单", ID)):
        path = forms / f"{kind}.{'xlsx' if kind in LEDGERS else 'docx'}"
        again = office.folder / path.name
        assert office.call("copies", "form", kind, *([about] if about else []), "-o", again).returncode == 0
        assert again.read_bytes() == path.read_bytes()
        with zipfile.ZipFile(again) as package:
            assert b"openpyxl" not in package.read("docProps/core.xml")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("文件传阅单",), "须写明份的编号"),
        (("台账", ID), "不写编号"),
        (("台账", "-o", "a.docx"), "用 .xlsx 结尾"),
        (("外出携带审批表", f"{ID}/1"), "没有外出携带的记录"),
        (("复制审批单", f"{ID}/1"), "没有经批准的复制"),
        (("分发签收单", "D2026-0009"), "没有 D2026-0009 的份"),
        (("泄密报告", "L2026-0009"), "没有报失 L2026-0009"),
    ],
)
def test_a_form_that_cannot_be_made_says_why(office: Office, arguments: tuple[str, ...], says: str) -> None:
    done = office.call("copies", "form", *arguments)
    assert (done.returncode, says in done.stderr) == (2, True), done.stderr


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_every_form(forms: Path, tmp_path: Path) -> None:
    paths = [str(path) for path in sorted(forms.iterdir())]
    assert len(paths) == len(ABOUT) + len(LEDGERS)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    call = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *paths]
    subprocess.run(call, check=True, capture_output=True)
    for path in paths:
        pdf = tmp_path / f"{Path(path).stem}.pdf"
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
        ).stdout
        assert "管理" in text, path
