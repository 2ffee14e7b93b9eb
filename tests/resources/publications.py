"""Sixty invented publications of five purposes, each with the one verdict and the reasons that a review must give.

Built by code, in the words of an office; nothing in them exists.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docx
import openpyxl
from office import SECRET, Office
from PIL import Image

AGENCY = "江北市水文测站"
CALM = "请各有关单位按时参加，会议时间另行通知，现场不设停车位。"
IDENTITY = "330102199003071230"
CARD = "6222021000112233449"
PHONE = "13812345678"


@dataclass(frozen=True)
class Publication:
    """One file: its name, how it is built, and what the review must answer (codes that must all be there)."""

    name: str
    purpose: str
    build: Callable[[Office, Path], object]
    verdict: str
    codes: frozenset[str] = frozenset()


def text(*lines: str) -> Callable[[Office, Path], object]:
    return lambda office, path: office.write_text(path, "\n\n".join(lines) + "\n")


def word(*lines: str) -> Callable[[Office, Path], object]:
    return lambda office, path: office.write_docx(path, *lines)


def pdf(*lines: str) -> Callable[[Office, Path], object]:
    return lambda office, path: office.write_pdf(path, *lines)


def page(body: str, head: str = "") -> Callable[[Office, Path], object]:
    return text(f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>")


def rewrite(path: Path, member: str, change: Callable[[str], str]) -> None:
    """Change one member of a package."""
    with zipfile.ZipFile(path) as package:
        members = {name: package.read(name) for name in package.namelist()}
    members[member] = change(members[member].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)


def tracked(words: str, *lines: str) -> Callable[[Office, Path], object]:
    """A DOCX with a tracked deletion behind its text."""
    deletion = (
        '<w:p><w:del w:id="9" w:author="a" w:date="2026-01-01T00:00:00Z"><w:r><w:delText>'
        f"{words}</w:delText></w:r></w:del></w:p><w:sectPr"
    )

    def build(office: Office, path: Path) -> None:
        office.write_docx(path, *lines)
        rewrite(path, "word/document.xml", lambda body: body.replace("<w:sectPr", deletion, 1))

    return build


def vanished(words: str, *lines: str) -> Callable[[Office, Path], object]:
    """A DOCX with a run that is formatted as hidden."""

    def build(office: Office, path: Path) -> None:
        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        document.add_paragraph().add_run(words).font.hidden = True
        path.parent.mkdir(parents=True, exist_ok=True)
        document.save(str(path))

    return build


def with_property(value: str, *lines: str) -> Callable[[Office, Path], object]:
    """A DOCX whose category says something."""

    def build(office: Office, path: Path) -> None:
        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        document.core_properties.category = value
        path.parent.mkdir(parents=True, exist_ok=True)
        document.save(str(path))

    return build


def with_workbook(words: str, *lines: str) -> Callable[[Office, Path], object]:
    """A DOCX with an embedded workbook whose second sheet is hidden."""

    def build(office: Office, path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.create_sheet("底表")
        sheet["A1"] = words
        sheet.sheet_state = "hidden"
        data = io.BytesIO()
        book.save(data)
        office.write_docx(path, *lines)
        with zipfile.ZipFile(path) as package:
            members = {name: package.read(name) for name in package.namelist()}
        members["word/embeddings/book.xlsx"] = data.getvalue()
        rels = members["word/_rels/document.xml.rels"].decode()
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package"
        rels = rels.replace(
            "</Relationships>",
            f'<Relationship Id="rId99" Type="{kind}" Target="embeddings/book.xlsx"/></Relationships>',
        )
        members["word/_rels/document.xml.rels"] = rels.encode()
        types = members["[Content_Types].xml"].decode()
        types = types.replace(
            "<Default ",
            '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/><Default ',
            1,
        )
        members["[Content_Types].xml"] = types.encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data_ in members.items():
                package.writestr(name, data_)

    return build


def photo(office: Office, path: Path) -> None:
    """A DOCX with a photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (30.0, 16.0, 26.94), 3: "E", 4: (120.0, 9.0, 18.55)}
    data = io.BytesIO()
    Image.new("RGB", (64, 48), (180, 200, 210)).save(data, "JPEG", exif=exif)
    document = docx.Document()
    document.add_paragraph("活动掠影")
    document.add_picture(io.BytesIO(data.getvalue()))
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(path))


def dated(mark: str, issuer: str, day: str = "2016年3月2日") -> Callable[[Office, Path], object]:
    return text(mark, issuer, "关于汛期值班安排的通知", CALM, f"{issuer}\n{day}")


def of(*codes: str) -> frozenset[str]:
    return frozenset(codes)


PRICES = "水位计 单价 3200 元，客户折扣 8 折，成本 510 元"
QUESTIONS = "\n".join(f"{n}. 下列说法正确的是（ ）\nA. 甲\nB. 乙\nC. 丙" for n in range(1, 6))
PEOPLE = "\n".join(f"1{35 + n % 5}{n:04d}{7000 + n}　登记人" for n in range(25))

PUBLICATIONS = (
    # 上网
    Publication("会议通知.txt", "上网", text("关于召开协调会的通知", CALM), "publish"),
    Publication("会议通知.docx", "上网", word("关于召开协调会的通知", CALM), "publish"),
    Publication("会议通知.pdf", "上网", pdf("关于召开协调会的通知", CALM), "publish"),
    Publication("会议通知.html", "上网", page(f"<h1>通知</h1><p>{CALM}</p><script>var n=1;</script>"), "publish"),
    Publication("咨询电话.txt", "上网", text("办事指南", f"咨询电话：0571-87654321。{CALM}"), "publish"),
    Publication("身份证.txt", "上网", text("公示", f"张某，身份证号{IDENTITY}"), "hold", of("personal-identity")),
    Publication("手机.docx", "上网", word("公告", f"联系人手机{PHONE}"), "hold", of("personal-mobile")),
    Publication("银行卡.txt", "上网", text("发放表", f"卡号：{CARD}"), "hold", of("personal-bank-card")),
    Publication("名单.txt", "上网", text("登记名单", PEOPLE), "hold", of("personal-mobile", "aggregation")),
    Publication("隐藏电话.html", "上网", page(f"<p>{CALM}</p><p style='display:none'>手机{PHONE}</p>"), "hold", of("personal-mobile")),
    Publication("注释摘录.html", "上网", page(f"<p>{CALM}</p><!-- {SECRET} -->"), "refuse", of("excerpt")),
    Publication("脚本摘录.html", "上网", page(f"<p>{CALM}</p><script>var t='{SECRET}'</script>"), "refuse", of("excerpt")),
    Publication("摘录.txt", "上网", text("情况简报", SECRET), "refuse", of("excerpt")),
    Publication("标志.txt", "上网", text("机密★10年", "关于点位的通知", CALM), "refuse", of("mark-in-force")),
    # 宣传
    Publication("活动报道.docx", "宣传", word("本站举办开放日", CALM), "publish"),
    Publication("活动报道.txt", "宣传", text("本站举办开放日", "参观从上午九点开始。"), "publish"),
    Publication("普法讲义.txt", "宣传", text("保密普法讲义", "国家秘密分为三级，由法定程序确定。"), "publish"),
    Publication("修订摘录.docx", "宣传", tracked(SECRET, "本站举办开放日", CALM), "refuse", of("excerpt")),
    Publication("修订闲话.docx", "宣传", tracked("此句删去，换个说法。", "本站举办开放日", CALM), "hold", of("unseen-content")),
    Publication("隐藏文字.docx", "宣传", vanished("这一段先不发。", "本站举办开放日", CALM), "hold", of("unseen-content")),
    Publication("隐藏摘录.docx", "宣传", vanished(SECRET, "本站举办开放日", CALM), "refuse", of("excerpt")),
    Publication("照片位置.docx", "宣传", photo, "hold", of("personal-position")),
    Publication("举报人.txt", "宣传", text("典型案例", "举报人：王小明反映情况属实。"), "hold", of("personal-name")),
    Publication("患者.txt", "宣传", text("救助纪实", "患者：李四，确诊为肺结核。"), "hold", of("personal-name", "personal-illness")),
    Publication("未成年人.docx", "宣传", word("关爱行动", "未成年人：陈小雨领取了书包。"), "hold", of("personal-name")),
    Publication("车牌.pdf", "宣传", pdf("文明停车", "车牌号浙A12345占用通道。"), "hold", of("personal-plate")),
    Publication("属性密级.docx", "宣传", with_property("机密", "本站举办开放日", CALM), "refuse", of("label-in-force")),
    Publication("元数据密级.html", "宣传", page(f"<p>{CALM}</p>", "<meta name='密级' content='秘密★10年'>"), "refuse", of("label-in-force")),
    # 投稿
    Publication("论文.txt", "投稿", text("水位观测误差分析", "摘要：本文比较两种算法。", "关键词：水位；误差"), "publish"),
    Publication("论文.docx", "投稿", word("水位观测误差分析", "本文比较两种算法。"), "publish"),
    Publication("作者邮箱.txt", "投稿", text("水位观测误差分析", "作者邮箱 zhang_san88@qq.com"), "hold", of("personal-email")),
    Publication("作者手机.pdf", "投稿", pdf("水位观测误差分析", f"作者手机{PHONE}"), "hold", of("personal-mobile")),
    Publication("标志举例.txt", "投稿", text("保密测试题", QUESTIONS, "6. 标注“秘密★1年”的文件，期限从（ ）起算。"), "hold", of("mark-quoted")),
    Publication("引用文号.txt", "投稿", text("综述", "参见《移交办法》(韶密局〔2010〕6号，秘密级)的有关要求。"), "hold", of("citation")),
    Publication("论文摘录.pdf", "投稿", pdf("水位观测误差分析", SECRET[:60]), "refuse", of("excerpt")),
    Publication("内部资料.txt", "投稿", text("内部资料 注意保存", "工作研究", CALM), "hold", of("work-secret")),
    Publication("护照.txt", "投稿", text("出访报告", "持护照E12345678出境"), "hold", of("personal-passport")),
    Publication("旧文己.txt", "投稿", dated("秘密★5年", AGENCY), "hold", of("mark-expired")),
    Publication("旧文他.txt", "投稿", dated("秘密★5年", "江南市防汛指挥部"), "hold", of("mark-expired")),
    Publication("近文.txt", "投稿", dated("秘密★5年", AGENCY, "2025年3月2日"), "refuse", of("mark-in-force")),
    # 对外提供
    Publication("设备清单.txt", "对外提供", text("设备清单", "水位计 3 台"), "publish"),
    Publication("设备清单.docx", "对外提供", word("设备清单", "水位计 3 台"), "publish"),
    Publication("价格表.txt", "对外提供", text("绝密", "江北市恒达仪器有限公司", "产品价格表", PRICES), "hold", of("mark-misused")),
    Publication("内部星.txt", "对外提供", text("内部★5年", "工作方案", CALM), "hold", of("mark-misused")),
    Publication("嵌入底表.docx", "对外提供", with_workbook(SECRET, "汇总说明", CALM), "refuse", of("excerpt")),
    Publication("嵌入电话.docx", "对外提供", with_workbook(f"联系手机{PHONE}", "汇总说明", CALM), "hold", of("personal-mobile")),
    Publication("住址.txt", "对外提供", text("走访安排", "家庭住址：杭州市西湖区文三路100号3幢201室"), "hold", of("personal-address")),
    Publication("机构代码.txt", "对外提供", text("单位信息", "咨询电话：0571-87654321，邮箱 office@jiangbei.gov.cn"), "publish"),
    Publication("标志过期.txt", "对外提供", dated("机密★2020年1月1日", AGENCY), "hold", of("mark-expired")),
    Publication("条件标志.txt", "对外提供", text("秘密★启用前", "试卷", CALM), "refuse", of("mark-in-force")),
    Publication("空格标志.txt", "对外提供", text("机 密 ★ 10 年", "关于点位的通知", CALM), "refuse", of("mark-in-force")),
    # 境外
    Publication("合作意向.txt", "境外", text("合作意向书", "双方交换公开的观测方法。"), "publish"),
    Publication("合作意向.docx", "境外", word("合作意向书", "双方交换公开的观测方法。"), "publish"),
    Publication("合作意向.html", "境外", page("<p>双方交换公开的观测方法。</p>"), "publish"),
    Publication("合作摘录.docx", "境外", word("合作意向书", SECRET), "refuse", of("excerpt")),
    Publication("绝密长期.txt", "境外", text("绝密★长期", "技术说明", CALM), "refuse", of("mark-in-force")),
    Publication("联系人.txt", "境外", text("联系人表", f"举报人：王小明，电话{PHONE}"), "hold", of("personal-name", "personal-mobile")),
    Publication("替代文字.html", "境外", page(f"<p>{CALM}</p><img src='#' alt='手机{PHONE}'>"), "hold", of("personal-mobile")),
    Publication("全角身份证.txt", "境外", text("名单", "身份证" + "".join(chr(ord(c) + 0xFEE0) for c in IDENTITY)), "hold", of("personal-identity")),
    Publication("断行身份证.txt", "境外", text("名单", f"身份证号{IDENTITY[:7]}\n{IDENTITY[7:]}"), "hold", of("personal-identity")),
)  # fmt: skip
