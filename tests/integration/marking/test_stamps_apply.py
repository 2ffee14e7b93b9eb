"""Marks that no 定密 decides, by the command: 工作秘密, 商业秘密, and the 复制, 作废 and 销毁 stamps of a carrier."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from desk import Desk
from office import PLAIN, SECRET, make_office


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office with drafts in both formats."""
    desk = Desk(make_office(tmp_path_factory.mktemp("apply") / "site").folder)
    desk.add_source("--scope", "甲处、乙站")
    desk.write_pdf(desk.folder / "方案.pdf", "值班安排", PLAIN)
    desk.write_docx(desk.folder / "方案.docx", "值班安排", PLAIN)
    return desk


def words(file: Path) -> str:
    if file.suffix == ".pdf":
        done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)
        return "".join(done.stdout.split())
    with zipfile.ZipFile(file) as package:
        texts = (package.read(n).decode() for n in package.namelist() if n.endswith(".xml"))
        return "".join(re.sub(r"<[^>]+>", "", text) for text in texts)


def applied(desk: Desk, layout: str, file: Path, *more: object, code: int = 0) -> tuple[Path, str]:
    out = desk.folder / f"{layout}-{len(list(desk.folder.iterdir()))}{file.suffix}"
    done = desk.call("stamps", "apply", layout, file, "-o", out, *more)
    assert done.returncode == code, done.stderr
    assert out.exists() is (code == 0)
    return out, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["方案.pdf", "方案.docx"])
def test_work_and_trade_secrets_are_marked_without_a_star(desk: Desk, name: str) -> None:
    draft = desk.folder / name
    for layout, shown in (("work-secret", "内部"), ("work-secret-keep", "内部事项注意保管")):
        out, _ = applied(desk, layout, draft)
        assert shown in "".join(words(out).split())
        assert "★" not in words(out)
        assert desk.call("verify", out).returncode == 0
    given = ("--field", "owner=示例集团", "--field", "term=5年")
    out, _ = applied(desk, "trade-secret", draft, *given, "--field", "grade=核心商密")
    assert "示例集团核心商密5年" in re.sub(r"\s", "", words(out))
    _, said = applied(desk, "trade-secret", draft, *given, "--field", "grade=绝密", code=2)
    assert "核心商密或普通商密" in said


def test_what_is_a_state_secret_is_marked_by_decision_only(desk: Desk) -> None:
    draft = desk.folder / "方案.pdf"
    for layout, remedy in (("head-mark", "stamp"), ("label-file", "stamps label"), ("premark", "run")):
        _, said = applied(desk, layout, draft, code=2)
        assert remedy in said
    _, said = applied(desk, "copy", draft, code=2)
    assert "--carrier" in said
    _, said = applied(desk, "work-secret", draft, "--carrier", "D2026-0001/000001", code=2)
    assert "不用于" in said
    _, said = applied(desk, "nothing", draft, code=2)
    assert "stamps list" in said
    plain = desk.folder / "说明.txt"
    plain.write_text("说明", encoding="utf-8")
    _, said = applied(desk, "work-secret", plain, code=4)
    assert "PDF 或 DOCX" in said
    assert desk.call("stamps", "apply", "work-secret", draft, "-o", draft).returncode == 2


def test_a_carrier_gets_the_stamps_of_what_happened_to_it(desk: Desk) -> None:
    draft = desk.write_pdf(desk.drafts / "观测.pdf", "关于观测的通知", SECRET, PLAIN)
    matter = desk.json("determination", "propose", draft)["id"]
    desk.json("determination", "approve", matter, "--as", "李四")
    folder = desk.folder / "份"
    assert desk.call("copies", "issue", matter, "--copies", 3, "--file", draft, "-o", folder).returncode == 0
    first, second, third = (folder / f"观测-00000{number}.pdf" for number in (1, 2, 3))
    _, said = applied(desk, "work-secret", first, code=5)
    assert "机密★" in said

    asked = (
        "copies",
        "duplicate",
        f"{matter}/1",
        "--copies",
        2,
        "--approved-by",
        "李四",
        "--approval",
        "复〔2026〕1号",
    )
    assert desk.call(*asked, "--as", "王五").returncode == 0
    out, _ = applied(desk, "copy", first, "--carrier", f"{matter}/000001/000002", "--as", "王五")
    text = words(out)
    assert all(
        one in text for one in ("000001", "复制件", "复制单位：江北市水文测站", "日期：2026年5月10日", "共2份第2号")
    )
    assert desk.call("verify", out).returncode == 0, desk.call("verify", out).stdout
    _, said = applied(desk, "copy", second, "--carrier", f"{matter}/000001/000002", code=2)
    assert "不是" in said
    _, said = applied(desk, "copy", first, "--carrier", f"{matter}/000001", code=2)
    assert "copies duplicate" in said

    _, said = applied(desk, "voided", second, "--carrier", f"{matter}/000002", code=2)
    assert "copies void" in said
    voided = desk.call("copies", "void", f"{matter}/2", "--reason", "卡纸", "--as", "王五")
    assert voided.returncode == 0, voided.stderr
    text = words(applied(desk, "voided", second, "--carrier", f"{matter}/000002")[0])
    assert all(one in text for one in ("作废", "份号：000002", "原因：卡纸"))

    _, said = applied(desk, "destroyed", third, "--carrier", f"{matter}/000003", code=2)
    assert "copies destroy" in said
    listed = desk.call(
        *(
            "copies",
            "destroy",
            f"{matter}/000003",
            "--approved-by",
            "赵局长",
            "--approval",
            "销〔2026〕1号",
            "--place",
            "销毁室",
        ),
        *("--witness", "李四", "--witness", "张三", "--as", "王五"),
    )
    assert listed.returncode == 0, listed.stderr
    text = words(applied(desk, "destroyed", third, "--carrier", f"{matter}/000003")[0])
    assert all(one in text for one in ("已列入销毁", "清册编号：", "监销人：李四、张三"))
