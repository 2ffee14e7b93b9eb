"""An officer's days, job 2: what is to be made public (D11 to D17), through the command line."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from office import PLAIN, SECRET, Office, make_office

IDENTITY = "330102199003071230"
PHONE = "13812345678"
SIGNERS = """
[[people]]
name = "赵六"
roles = ["负责人"]
[[people]]
name = "钱七"
roles = ["主要负责人"]
"""
NOTICE = f"""关于开展困难家庭走访的公告

请符合条件的家庭于月底前联系综合科登记，登记人员：周某，电话{PHONE}，身份证号{IDENTITY}。

{PLAIN}

江北市水文测站
2026年4月30日
"""


def desk(folder: Path, extra: str = "") -> Desk:
    """A demo site with people for every signature; its commands run in this process."""
    return Desk(make_office(folder, extra=SIGNERS + extra).folder)


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    return desk(tmp_path / "office")


def review(office: Office, *arguments: object, code: int) -> dict[str, Any]:
    report = office.json("review", *arguments, code=code)
    documents = {document["path"]: document for document in report["documents"]}
    return documents | {"": report}


def codes(document: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in document["reasons"]}


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def submitted(office: Office, *arguments: object, code: int = 1) -> str:
    """Review with `--release`; answers the number under which the copy waits."""
    draft = office.write_text(office.folder / "公告.txt", NOTICE)
    document = review(office, draft, "--release", office.out, *arguments, code=code)["公告.txt"]
    return str(document["released"]["id"])


def test_d11_personal_data_hold_a_notice_until_they_are_masked(office: Office) -> None:
    draft = office.write_text(office.folder / "公告.txt", NOTICE)
    document = review(office, draft, code=1)["公告.txt"]
    assert (document["verdict"], document["label"]) == ("hold", "须人工复核")
    assert {"personal-identity", "personal-mobile"} <= codes(document)
    assert "须人工复核" in office.call("review", draft).stdout


def test_d11_the_masked_copy_waits_for_signatures(office: Office) -> None:
    submitted(office)
    assert below(office.out / "待审") == ["公告.txt"]
    copy = (office.out / "待审" / "公告.txt").read_text(encoding="utf-8")
    assert PHONE not in copy
    assert IDENTITY not in copy
    assert "330102********1230" in copy
    assert PLAIN in copy
    assert review(office, office.out / "待审" / "公告.txt", code=0)["公告.txt"]["label"] == "未发现问题，可报批"


def test_d11_two_signatures_release_nothing_and_three_release_with_the_form(office: Office) -> None:
    number = submitted(office)
    assert office.json("release", "approve", number, "--as", "张三")["missing"] == ["保密审查", "负责人"]
    assert office.json("release", "approve", number, "--as", "王五")["missing"] == ["负责人"]
    done = office.call("release", "issue", number, "--as", "王五")
    assert done.returncode == 5
    assert "PUB-1" in " ".join(refusals(office)) or "签字不齐" in done.stderr
    assert not (office.out / "放行").exists() or below(office.out / "放行") == []
    final = office.json("release", "approve", number, "--as", "赵六")
    assert final["released_at"]
    assert below(office.out / "放行") == ["公告.txt", "公告.txt.一事一审表.docx", "公告.txt.放行清单.json"]
    assert below(office.out / "待审") == []
    manifest = json.loads((office.out / "放行" / "公告.txt.放行清单.json").read_text(encoding="utf-8"))
    assert [each["step"] for each in manifest["signatures"]] == ["承办", "保密审查", "负责人"]
    assert [each["person"] for each in manifest["signatures"]] == ["张三", "王五", "赵六"]
    assert {"kind": "手机号码", "count": 1} in manifest["removed"]
    assert manifest["checkers"]
    with zipfile.ZipFile(office.out / "放行" / "公告.txt.一事一审表.docx") as package:
        words = package.read("word/document.xml").decode()
    assert all(word in words for word in ("信息公开保密审查表", "张三", "王五", "赵六", number))
    assert PHONE not in words
    assert office.call("register", "verify").returncode == 0
    assert [name for name in office.events() if name.startswith("publication")] == [
        "publication-submitted",
        *["publication-signed"] * 3,
        "publication-released",
    ]


def refusals(office: Office) -> list[str]:
    with sqlite3.connect(office.folder / "state" / "register.sqlite3") as connection:
        return [row[0] for row in connection.execute("SELECT rules FROM refusal ORDER BY seq")]


def test_d11_signatures_come_from_three_people_in_order_for_one_digest(office: Office) -> None:
    number = submitted(office)
    assert office.call("release", "approve", number, "--as", "赵六").returncode == 5
    assert office.call("release", "approve", number, "--as", "张三").returncode == 0
    assert office.call("release", "approve", number, "--as", "张三").returncode == 5
    (office.out / "待审" / "公告.txt").write_text("改动过的内容", encoding="utf-8")
    done = office.call("release", "approve", number, "--as", "王五")
    assert done.returncode == 5
    assert "不一致" in done.stderr
    assert refusals(office) == ["PUB-1"] * 3
    assert not (office.out / "放行").exists()


def test_d11_a_real_site_goes_by_accounts(real_office: Office) -> None:
    real_office = Desk(real_office.folder)
    assert real_office.call("init", real_office.folder).returncode == 0
    number = submitted(real_office)
    assert real_office.json("release", "approve", number)["missing"] == ["保密审查", "负责人"]
    for arguments in ((), ("--as", "王五")):
        done = real_office.call("release", "approve", number, *arguments)
        assert done.returncode == 5
    assert real_office.call("release", "issue", number).returncode == 5
    assert not (real_office.out / "放行").exists()
    manifest = real_office.json("release", "show", number)
    assert [(each["person"], each["demo"]) for each in manifest["signatures"]] == [("张三", False)]


def test_d12_a_mark_quoted_in_teaching_material_is_looked_at_not_refused(office: Office) -> None:
    questions = "".join(f"{n}. 下列说法正确的是（ ）\nA. 甲\nB. 乙\nC. 丙\n" for n in range(1, 6))
    text = f"保密知识测试题\n\n{questions}\n6. 标注为“秘密★1年”的文件，保密期限从（ ）起算。\nA. 制发日\nB. 收文日\n"
    draft = office.write_text(office.folder / "试题.txt", text)
    document = review(office, draft, code=1)["试题.txt"]
    assert document["verdict"] == "hold"
    (reason,) = [reason for reason in document["reasons"] if reason["code"] == "mark-quoted"]
    assert "标志样例" in reason["message"]
    assert "试题集" in reason["message"]
    assert "refuse" not in {each["verdict"] for each in document["reasons"]}


def test_d13_a_registered_sentence_in_a_tracked_deletion_refuses(office: Office) -> None:
    source = office.add_source()
    draft = office.write_docx(
        office.folder / "简讯.docx", "本站举办开放日", "欢迎市民前来参观。", "参观从上午九点开始。"
    )
    delete_last_paragraph(draft, SECRET)
    document = review(office, draft, code=5)["简讯.docx"]
    assert (document["verdict"], document["label"]) == ("refuse", "不得公开")
    (reason,) = [reason for reason in document["reasons"] if reason["code"] == "excerpt"]
    assert reason["rule"] == "DRV-1"
    assert "修订删除" in reason["place"]
    assert source
    done = office.call("review", draft, "--release", office.out)
    assert done.returncode == 5
    assert not (office.out / "待审").exists()


def delete_last_paragraph(path: Path, words: str) -> None:
    """Put a tracked deletion of `words` behind the text."""
    deletion = (
        '<w:p><w:del w:id="9" w:author="a" w:date="2026-01-01T00:00:00Z"><w:r><w:delText>'
        f"{words}</w:delText></w:r></w:del></w:p><w:sectPr"
    )
    with zipfile.ZipFile(path) as package:
        members = {name: package.read(name) for name in package.namelist()}
    body = members["word/document.xml"].decode()
    members["word/document.xml"] = body.replace("<w:sectPr", deletion, 1).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)


OLD = "秘密★5年\n\n{issuer}\n\n关于汛期值班安排的通知\n\n{plain}\n\n{issuer}\n2016年3月2日\n"


def test_d14_an_expired_document_of_one_s_own_waits_for_the_decision(office: Office) -> None:
    draft = office.write_text(office.folder / "旧文.txt", OLD.format(issuer="江北市水文测站", plain=PLAIN))
    document = review(office, draft, code=1)["旧文.txt"]
    assert codes(document) == {"mark-expired"}
    assert document["reasons"][0]["rule"] == "PUB-3"
    settled = (
        "release",
        "settle",
        draft,
        "--kind",
        "解密决定",
        "--by",
        "江北市水文测站",
        "--document",
        "江水密〔2026〕1号",
    )
    assert office.call(*settled, "--as", "张三").returncode == 5
    assert office.call(*settled, "--as", "李四").returncode == 0
    document = review(office, draft, "--release", office.out, code=0)["旧文.txt"]
    assert document["released"]["removed"] == [{"count": 1, "kind": "原国家秘密标志"}]
    copy = (office.out / "待审" / "旧文.txt").read_text(encoding="utf-8")
    assert "★" not in copy
    assert "秘密" not in copy
    assert PLAIN in copy


def test_d14_somebody_else_s_waits_for_consent_as_well(office: Office) -> None:
    draft = office.write_text(office.folder / "旧文.txt", OLD.format(issuer="江南市防汛指挥部", plain=PLAIN))
    assert codes(review(office, draft, code=1)["旧文.txt"]) == {"mark-expired"}
    settle = ("release", "settle", draft, "--as", "李四", "--by", "江南市防汛指挥部")
    assert office.call(*settle, "--kind", "解密决定", "--document", "南汛〔2021〕9号").returncode == 0
    assert codes(review(office, draft, "--release", office.out, code=1)["旧文.txt"]) == {"consent-missing"}
    assert not (office.out / "待审").exists()
    assert office.call(*settle, "--kind", "同意公开", "--document", "南汛函〔2026〕3号").returncode == 0
    assert review(office, draft, "--release", office.out, code=0)["旧文.txt"]["released"]
    assert office.events().count("clearance-recorded") == 2


def test_d15_a_firm_s_own_juemi_is_not_a_state_secret_mark(office: Office) -> None:
    text = "绝密\n\n江北市恒达仪器有限公司\n二〇二六年产品价格表\n\n水位计 单价 3200 元，客户折扣 8 折\n雨量筒 单价 860 元，成本 510 元\n"
    draft = office.write_text(office.folder / "价格表.txt", text)
    document = review(office, draft, code=1)["价格表.txt"]
    (reason,) = [reason for reason in document["reasons"] if reason["code"] == "mark-misused"]
    assert "非国家秘密不得使用国家秘密标志" in reason["message"]
    assert "核心商密" in reason["message"]
    assert document["verdict"] == "hold"


def test_d16_what_goes_abroad_needs_the_head_and_a_recipient(office: Office) -> None:
    draft = office.write_text(office.folder / "清单.txt", f"设备清单\n\n水位计 3 台\n{PLAIN}\n")
    assert office.call("review", draft, "--release", office.out, "--purpose", "境外").returncode == 5
    assert not office.out.exists() or "待审" not in below(office.out)
    online = review(office, draft, "--release", office.out, code=0)["清单.txt"]["released"]["id"]
    for name in ("张三", "王五", "赵六"):
        assert office.call("release", "approve", online, "--as", name).returncode == 0
    abroad = review(
        office, draft, "--release", office.out, "--purpose", "境外", "--recipient", "某国水文研究所", code=0
    )["清单.txt"]["released"]
    assert abroad["id"] != online
    assert abroad["missing"] == ["承办", "保密审查", "负责人", "主要负责人"]
    for name in ("张三", "王五", "赵六"):
        office.json("release", "approve", abroad["id"], "--as", name)
    assert office.call("release", "issue", abroad["id"], "--as", "赵六").returncode == 5
    shown = office.json("release", "show", abroad["id"])
    assert shown["missing"] == ["主要负责人"]
    assert shown["released_at"] == ""
    assert office.json("release", "approve", abroad["id"], "--as", "钱七")["released_at"]


def test_d17_content_above_the_system_stops_everything(tmp_path: Path) -> None:
    office = desk(tmp_path / "office", '[system]\nlevel = "非密"\n')
    text = f"机密★10年\n\n江北市水文测站文件\n\n关于隐蔽点位的通知\n\n{SECRET}\n"
    draft = office.write_text(office.drafts / "通知.txt", text)
    done = office.call("review", draft, "--release", office.out, "--report", office.folder / "report")
    assert done.returncode == 5
    said = done.stdout + done.stderr
    assert "隔离" in said
    assert "二十四小时" in said
    assert "I2026-0001" in said
    assert SECRET[:10] not in said
    written = [path for path in office.folder.rglob("*") if path.is_file() and path != draft]
    assert all(SECRET[:10].encode() not in path.read_bytes() for path in written)
    assert not office.out.exists() or below(office.out) == []
    assert office.events().count("incident-opened") == 1
    (incident,) = office.json("release", "incidents")["incidents"]
    assert (incident["level"], incident["system"], incident["overdue"]) == ("机密", "非密", False)
    office.call("review", draft)
    assert office.events().count("incident-opened") == 1


def test_d17_what_was_judged_before_it_does_not_reach_out_either(tmp_path: Path) -> None:
    office = desk(tmp_path / "office", '[system]\nlevel = "秘密"\n')
    office.write_text(office.drafts / "a.txt", NOTICE)
    office.write_text(office.drafts / "b.txt", f"机密★10年\n\n关于点位的通知\n\n{PLAIN}\n")
    done = office.call("review", office.drafts, "--release", office.out)
    assert done.returncode == 5
    assert "SYS-1" in done.stderr or "隔离" in done.stderr
    assert not office.out.exists()
    assert "publication-submitted" not in office.events()


def test_d17_within_the_level_of_the_system_it_is_only_refused(tmp_path: Path) -> None:
    office = desk(tmp_path / "office", '[system]\nlevel = "机密"\n')
    draft = office.write_text(office.drafts / "通知.txt", f"机密★10年\n\n关于点位的通知\n\n{PLAIN}\n")
    document = review(office, draft, code=5)["通知.txt"]
    assert document["verdict"] == "refuse"
    assert codes(document) == {"mark-in-force"}


def test_a_saved_site_is_reviewed_with_what_it_links_to(office: Office) -> None:
    site = office.folder / "site"
    office.write_text(
        site / "index.html",
        f"<html><head><meta charset=utf-8><title>通知</title></head><body><p>{PLAIN}</p>"
        "<a href='fj/a.docx'>附件</a><a href='fj/%E7%BC%BA.docx'>缺的附件</a></body></html>",
    )
    office.write_docx(site / "fj" / "a.docx", "名单", f"举报人：王小明，电话{PHONE}")
    documents = review(office, site / "index.html", code=1)
    assert codes(documents["index.html"]) == {"attachment-missing"}
    assert {"personal-name", "personal-mobile"} <= codes(documents["fj/a.docx"])
    assert set(review(office, site, code=1)) == {"", "index.html", "fj/a.docx"}


def test_hidden_words_of_a_page_do_not_get_into_the_clean_copy(office: Office) -> None:
    page = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><meta name=author content='王小明'></head><body><p>{PLAIN}</p>"
        f"<p>联系人电话{PHONE}</p><p style='display:none'>内部讨论稿第三版</p><!-- 处长批示 --><script>var x='草稿'</script></body></html>"
    )
    draft = office.write_text(office.folder / "页.html", page)
    document = review(office, draft, "--release", office.out, code=1)["页.html"]
    assert document["released"], document["failed"]
    copy = (office.out / "待审" / "页.html").read_text(encoding="utf-8")
    assert PLAIN in copy
    assert not any(words in copy for words in (PHONE, "讨论稿", "批示", "草稿", "王小明"))


def test_standard_input_and_what_cannot_be_read(office: Office) -> None:
    words = [*office_words(office), "review", "-", "--format", "json"]
    done = subprocess.run(words, input=NOTICE, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["documents"][0]["path"] == "标准输入"
    office.write_text(office.drafts / "好.txt", PLAIN)
    (office.drafts / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    report = review(office, office.drafts, code=4)
    assert report["坏.pdf"]["verdict"] != "publish"
    assert "没有读全" in report[""]["summary"]["headline"]


def office_words(office: Office) -> list[str]:
    import sys

    return [sys.executable, "-m", "markpipe.cli.main", "--config", str(office.folder / "markpipe.toml")]


def test_a_false_alarm_is_settled_by_a_person_on_record(office: Office) -> None:
    draft = office.write_text(
        office.folder / "例.txt", f"培训讲义\n\n例如文件上标有“秘密★1年”的，应当登记。\n\n{PLAIN}\n"
    )
    assert codes(review(office, draft, code=1)["例.txt"]) == {"mark-quoted"}
    settle = ("release", "settle", draft, "--kind", "复核认定", "--as", "王五")
    assert office.call(*settle).returncode == 2
    assert office.call(*settle, "--reason", "mark-quoted", "--why", "只是举例").returncode == 0
    assert review(office, draft, code=0)["例.txt"]["verdict"] == "publish"


def test_d17_a_run_stops_as_well_before_anything_reaches_out(tmp_path: Path) -> None:
    office = desk(tmp_path / "office", '[system]\nlevel = "非密"\n')
    office.write_text(office.drafts / "通知.txt", f"机密★10年\n\n关于隐蔽点位的通知\n\n{SECRET}\n")
    done = office.call("run", office.drafts, office.out)
    assert done.returncode == 5
    assert "隔离" in done.stderr
    assert office.events().count("incident-opened") == 1
    assert all(SECRET[:10].encode() not in path.read_bytes() for path in office.out.rglob("*") if path.is_file())


def test_what_this_unit_has_determined_is_known_by_its_bytes(office: Office) -> None:
    office.add_source()
    draft = office.write_docx(office.drafts / "报告.docx", "关于准备情况的报告", SECRET[:60])
    matter = office.json("determination", "propose", draft)["id"]
    office.json("determination", "approve", matter, "--as", "李四")
    stamped = office.folder / "盖章.docx"
    assert office.call("stamp", draft, "--determination", matter, "-o", stamped).returncode == 0
    for file in (draft, stamped):
        assert "determination" in codes(review(office, file, code=5)[file.name])
